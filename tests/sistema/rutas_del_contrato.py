"""The routes that the contract names, and those of records and money that it leaves to us: each with its methods."""

RUTAS = """
/auth/health                              GET
/auth/login                               POST
/auth/logout                              POST
/auth/menu                                GET
/auth/perfil                              GET PUT
/auth/permisos                            GET
/auth/refresh                             POST
/auth/registro                            POST
/auth/roles                               GET POST
/auth/roles/{id}/permisos                 PUT
/auth/usuarios                            GET POST
/auth/usuarios/{id}                       GET PUT DELETE
/auth/usuarios/{id}/permisos              GET PUT
/admin/aseguradoras                       GET POST
/admin/centros                            GET POST
/admin/centros/carga                      POST
/admin/centros/{id}                       GET PUT DELETE
/admin/configuracion                      GET PUT
/admin/configuracion/{clave}              GET PUT
/admin/doctores                           GET POST
/admin/doctores/carga                     POST
/admin/doctores/{id}                      GET PUT DELETE
/admin/doctores/{id}/servicios            GET PUT
/admin/especialidades                     GET POST
/admin/fuentes                            GET POST
/admin/health                             GET
/admin/lineas-negocio                     GET POST
/admin/pacientes                          GET POST
/admin/pacientes/buscar                   GET
/admin/pacientes/carga                    POST
/admin/pacientes/{id}                     GET PUT DELETE
/admin/reportes/pacientes                 GET
/citas                                    GET POST
/citas/disponibilidad                     GET
/citas/doctores/{id}/agenda               GET
/citas/doctores/{id}/bloqueos             GET POST
/citas/doctores/{id}/bloqueos/{bloqueo_id} DELETE
/citas/doctores/{id}/horarios             GET POST
/citas/doctores/{id}/horarios/{horario_id} PUT DELETE
/citas/doctores/{id}/productividad        GET
/citas/extras/{linea_id}                  PUT DELETE
/citas/health                             GET
/citas/historial                          GET
/citas/lista-espera                       GET POST
/citas/reportes/citas                     GET
/citas/reportes/productividad             GET
/citas/tratamientos/{linea_id}            PUT DELETE
/citas/verificar-disponibilidad           POST
/citas/{id}                               GET PUT DELETE
/citas/{id}/estado                        PATCH
/citas/{id}/extras                        GET POST
/citas/{id}/recordatorio                  POST
/citas/{id}/tratamientos                  GET POST
/comunicaciones/eventos                   GET
/comunicaciones/eventos/catalogo          GET
/comunicaciones/health                    GET
/comunicaciones/webhooks                  GET POST
/comunicaciones/webhooks/{id}             GET PUT DELETE
/comunicaciones/webhooks/{id}/entregas    GET
/comunicaciones/webhooks/{id}/estado      PATCH
/comunicaciones/webhooks/{id}/prueba      POST
/comunicaciones/webhooks/{id}/reenvio     POST
/comunicaciones/webhooks/{id}/secreto     POST
/facturacion/anticipos                    POST
/facturacion/cajas                        GET POST
/facturacion/cajas/{id}                   GET
/facturacion/cajas/{id}/cierre            POST
/facturacion/cajas/{id}/conteo            POST
/facturacion/cajas/{id}/estado            PATCH
/facturacion/cajas/{id}/reporte           GET
/facturacion/cajas/{id}/reporte/pdf       GET
/facturacion/categorias-gasto             GET POST
/facturacion/categorias-gasto/{id}        GET PUT DELETE
/facturacion/citas-por-revisar            GET
/facturacion/cotizaciones                 GET POST
/facturacion/cotizaciones/{id}            GET PUT DELETE
/facturacion/cotizaciones/{id}/estado     PATCH
/facturacion/cotizaciones/{id}/factura    POST
/facturacion/cotizaciones/{id}/pdf        GET
/facturacion/estadisticas/clinica         GET
/facturacion/estadisticas/doctores/{id}   GET
/facturacion/facturas                     GET POST
/facturacion/facturas/totales             GET
/facturacion/facturas/{id}                GET PUT DELETE
/facturacion/facturas/{id}/cobertura      PUT DELETE
/facturacion/facturas/{id}/estado         PATCH
/facturacion/facturas/{id}/notas-credito  POST
/facturacion/facturas/{id}/pagos          GET POST
/facturacion/facturas/{id}/plan-cuotas    GET PUT DELETE
/facturacion/gastos                       GET POST
/facturacion/gastos-recurrentes           GET POST
/facturacion/gastos-recurrentes/{id}      GET PUT DELETE
/facturacion/gastos/totales               GET
/facturacion/gastos/{id}                  GET PUT DELETE
/facturacion/gastos/{id}/adjuntos         GET POST
/facturacion/gastos/{id}/adjuntos/{adjunto_id} DELETE
/facturacion/gastos/{id}/adjuntos/{adjunto_id}/contenido GET
/facturacion/health                       GET
/facturacion/honorarios                   GET
/facturacion/honorarios/pendientes        GET
/facturacion/liquidaciones                GET POST
/facturacion/liquidaciones/{id}           GET
/facturacion/liquidaciones/{id}/estado    PATCH
/facturacion/liquidaciones/{id}/reporte   GET
/facturacion/notas-credito                GET
/facturacion/notas-credito/{id}           GET
/facturacion/pacientes/{id}/estado-cuenta GET
/facturacion/pacientes/{id}/estado-cuenta/pdf GET
/facturacion/pagos                        GET POST
/facturacion/pagos/{id}                   GET
/facturacion/pagos/{id}/aplicaciones      POST
/facturacion/pagos/{id}/recibo            GET
/facturacion/pagos/{id}/reembolsos        POST
/facturacion/puntos-emision               GET POST
/facturacion/puntos-emision/{id}          GET PUT DELETE
/facturacion/reportes/cartera             GET
/facturacion/reportes/financiero          GET
/facturacion/reportes/tablero             GET
/facturacion/tarifas-honorarios           GET POST
/facturacion/tarifas-honorarios/{id}      GET PUT DELETE
/facturacion/transacciones                GET POST
/facturacion/transacciones/archivo        GET
/facturacion/transacciones/reporte-diario GET
/facturacion/transacciones/reporte-mensual GET
/facturacion/transacciones/resumen        GET
/facturacion/transacciones/{id}           GET PUT DELETE
/facturacion/transacciones/{id}/estado    PATCH
/historia-clinica/adjuntos/{id}           GET DELETE
/historia-clinica/adjuntos/{id}/contenido GET
/historia-clinica/adjuntos/{id}/miniatura GET
/historia-clinica/alergias/{id}           GET PUT DELETE
/historia-clinica/alergias/{id}/estado    PATCH
/historia-clinica/bitacora                GET
/historia-clinica/cie10                   GET
/historia-clinica/citas/{id}/notas        GET POST
/historia-clinica/consentimientos/textos  GET POST
/historia-clinica/consentimientos/textos/{id} GET
/historia-clinica/consentimientos/textos/{id}/estado PATCH
/historia-clinica/consentimientos/{id}    GET
/historia-clinica/consentimientos/{id}/pdf GET
/historia-clinica/consentimientos/{id}/revocacion POST
/historia-clinica/emergencias             GET
/historia-clinica/emergencias/{id}        GET
/historia-clinica/emergencias/{id}/revision PATCH
/historia-clinica/estadisticas/exportacion GET
/historia-clinica/examenes-oftalmologicos/{id} GET PUT DELETE
/historia-clinica/examenes-oftalmologicos/{id}/firma POST
/historia-clinica/examenes-oftalmologicos/{id}/pdf GET
/historia-clinica/examenes-oftalmologicos/{id}/recetas-opticas POST
/historia-clinica/hallazgos/{id}          GET
/historia-clinica/hallazgos/{id}/estado   PATCH
/historia-clinica/health                  GET
/historia-clinica/notas/{id}              GET PUT DELETE
/historia-clinica/notas/{id}/enmiendas    POST
/historia-clinica/notas/{id}/firma        POST
/historia-clinica/notas/{id}/formulario-033 PUT
/historia-clinica/notas/{id}/formulario-033/pdf GET
/historia-clinica/notas/{id}/recetas      POST
/historia-clinica/odontograma/catalogo    GET
/historia-clinica/pacientes/{id}/accesos  GET
/historia-clinica/pacientes/{id}/adjuntos GET POST
/historia-clinica/pacientes/{id}/alergias GET POST
/historia-clinica/pacientes/{id}/antecedentes GET POST
/historia-clinica/pacientes/{id}/antecedentes/versiones GET
/historia-clinica/pacientes/{id}/consentimientos GET POST
/historia-clinica/pacientes/{id}/consentimientos/hoja GET
/historia-clinica/pacientes/{id}/emergencias POST
/historia-clinica/pacientes/{id}/examenes-oftalmologicos GET POST
/historia-clinica/pacientes/{id}/expediente GET
/historia-clinica/pacientes/{id}/expediente/fhir GET
/historia-clinica/pacientes/{id}/expediente/pdf GET
/historia-clinica/pacientes/{id}/notas    GET
/historia-clinica/pacientes/{id}/odontograma GET
/historia-clinica/pacientes/{id}/odontograma/diferencias GET
/historia-clinica/pacientes/{id}/odontograma/hallazgos GET POST
/historia-clinica/pacientes/{id}/odontograma/imagen GET
/historia-clinica/pacientes/{id}/oftalmologia/evolucion GET
/historia-clinica/pacientes/{id}/oftalmologia/evolucion/imagen GET
/historia-clinica/pacientes/{id}/periodontogramas GET POST
/historia-clinica/pacientes/{id}/planes   GET POST
/historia-clinica/pacientes/{id}/recetas-opticas GET
/historia-clinica/pacientes/{id}/retencion GET PUT
/historia-clinica/pacientes/{id}/signos-vitales GET POST
/historia-clinica/periodontogramas/{id}   GET PUT DELETE
/historia-clinica/periodontogramas/{id}/estado PATCH
/historia-clinica/periodontogramas/{id}/imagen GET
/historia-clinica/planes/{id}             GET PUT
/historia-clinica/planes/{id}/estado      PATCH
/historia-clinica/planes/{id}/items/{item_id}/estado PATCH
/historia-clinica/recetas-opticas/{id}    GET
/historia-clinica/recetas-opticas/{id}/estado PATCH
/historia-clinica/recetas-opticas/{id}/pdf GET
/historia-clinica/recetas/{id}            GET PUT DELETE
/historia-clinica/recetas/{id}/pdf        GET
/historia-clinica/signos-vitales/{id}     GET
/historia-clinica/signos-vitales/{id}/estado PATCH
/inventario/health                        GET
/inventario/movimientos                   GET
/inventario/productos                     GET POST
/inventario/productos/stock-bajo          GET
/inventario/productos/{id}                GET PUT DELETE
/inventario/productos/{id}/movimientos    GET POST
/inventario/productos/{id}/stock          PATCH
/inventario/proveedores                   GET POST
/inventario/reportes/inventario           GET
/inventario/tratamientos                  GET POST
/inventario/tratamientos/categorias       GET
/inventario/tratamientos/{id}             GET PUT
/inventario/tratamientos/{id}/receta      GET POST
/inventario/tratamientos/{id}/receta/{producto_id} DELETE
/inventario/tratamientos/{id}/verificar-stock GET
"""
