"""The table of rights of money, with a body that does each thing.

A secretary works in her centres; a doctor sees his own fees and figures, a patient what he himself was charged and
paid; what a business earns is the administrator's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from . import mundo_facturacion as mundo
from .mundo_facturacion import LINEA, TRANSFERENCIA

if TYPE_CHECKING:
    from .mundo import Mundo

TABLA = """
#                                                                     admin secretaria medico paciente
GET    /facturacion/puntos-emision                      -               200  200  403  403
POST   /facturacion/puntos-emision                      punto           201  403  403  403
GET    /facturacion/puntos-emision/{punto}              -               200  200  403  403
GET    /facturacion/puntos-emision/{punto_ajeno}        -               200  404  403  403
PUT    /facturacion/puntos-emision/{nuevo_punto}        nombre          200  403  403  403
DELETE /facturacion/puntos-emision/{nuevo_punto}        -               204  403  403  403

GET    /facturacion/facturas                            -               200  200  403  200
GET    /facturacion/facturas/totales                    -               200  200  403  200
POST   /facturacion/facturas                            borrador        201  201  403  403
POST   /facturacion/facturas                            borrador_ajeno  201  403  403  403
GET    /facturacion/facturas/{factura}                  -               200  200  403  200
GET    /facturacion/facturas/{factura_ajena}            -               200  404  403  404
GET    /facturacion/facturas/{borrador}                 -               200  200  403  404
PUT    /facturacion/facturas/{nuevo_borrador}           observa         200  200  403  403
PUT    /facturacion/facturas/{nuevo_borrador_ajeno}     observa         200  404  403  403
DELETE /facturacion/facturas/{nuevo_borrador}           -               204  204  403  403
DELETE /facturacion/facturas/{nuevo_borrador_ajeno}     -               204  404  403  403
PATCH  /facturacion/facturas/{nuevo_borrador}/estado    emite           200  200  403  403
PATCH  /facturacion/facturas/{nuevo_borrador_ajeno}/estado emite        200  404  403  403
PATCH  /facturacion/facturas/{nueva_factura}/estado     anula_factura   200  200  403  403
PATCH  /facturacion/facturas/{nueva_factura_ajena}/estado anula_factura 200  404  403  403
PUT    /facturacion/facturas/{nuevo_borrador}/cobertura cobertura       200  200  403  403
PUT    /facturacion/facturas/{nuevo_borrador_ajeno}/cobertura cobertura 200  404  403  403
DELETE /facturacion/facturas/{nuevo_borrador_cubierto}/cobertura -      204  204  403  403
DELETE /facturacion/facturas/{borrador_ajeno}/cobertura -               .    404  403  403
GET    /facturacion/facturas/{factura_en_cuotas}/plan-cuotas -          200  200  403  200
GET    /facturacion/facturas/{factura_ajena}/plan-cuotas -              .    404  403  404
PUT    /facturacion/facturas/{nueva_factura}/plan-cuotas cuotas         200  200  403  403
PUT    /facturacion/facturas/{nueva_factura_ajena}/plan-cuotas cuotas   200  404  403  403
DELETE /facturacion/facturas/{nueva_factura_en_cuotas}/plan-cuotas -    204  204  403  403
POST   /facturacion/facturas/{nueva_factura}/notas-credito motivo       201  201  403  403
POST   /facturacion/facturas/{nueva_factura_ajena}/notas-credito motivo 201  404  403  403
GET    /facturacion/notas-credito                       -               200  200  403  200
GET    /facturacion/notas-credito/{nota_credito}        -               200  200  403  200
GET    /facturacion/notas-credito/{nota_credito_ajena}  -               200  404  403  404
GET    /facturacion/citas-por-revisar                   -               200  200  403  403
PATCH  /facturacion/citas-por-revisar/{nueva_cita_reabierta} conserva       200  200  403  403
PATCH  /facturacion/citas-por-revisar/{nueva_cita_reabierta_ajena} conserva 200  404  403  403

GET    /facturacion/cotizaciones                        -               200  200  403  200
POST   /facturacion/cotizaciones                        cotizacion      201  201  403  403
POST   /facturacion/cotizaciones                        cotizacion_ajena 201 403  403  403
GET    /facturacion/cotizaciones/{cotizacion_enviada}   -               200  200  403  200
GET    /facturacion/cotizaciones/{cotizacion_ajena}     -               200  404  403  404
PUT    /facturacion/cotizaciones/{nueva_cotizacion}     observa         200  200  403  403
PUT    /facturacion/cotizaciones/{nueva_cotizacion_ajena} observa       200  404  403  403
DELETE /facturacion/cotizaciones/{nueva_cotizacion}     -               204  204  403  403
DELETE /facturacion/cotizaciones/{nueva_cotizacion_ajena} -             204  404  403  403
PATCH  /facturacion/cotizaciones/{nueva_cotizacion}/estado enviada      200  200  403  403
PATCH  /facturacion/cotizaciones/{nueva_cotizacion_ajena}/estado enviada 200 404  403  403
POST   /facturacion/cotizaciones/{nueva_cotizacion_aceptada}/factura - 201  201  403  403
POST   /facturacion/cotizaciones/{nueva_cotizacion_ajena}/factura -     201  404  403  403
GET    /facturacion/cotizaciones/{cotizacion_enviada}/pdf -             200  200  403  200
GET    /facturacion/cotizaciones/{cotizacion_ajena}/pdf -               200  404  403  404

GET    /facturacion/pagos                               -               200  200  403  200
POST   /facturacion/pagos                               paga_varias     201  201  403  403
GET    /facturacion/pagos/{pago}                        -               200  200  403  200
GET    /facturacion/pagos/{pago_ajeno}                  -               200  404  403  404
GET    /facturacion/pagos/{pago}/recibo                 -               200  200  403  200
GET    /facturacion/pagos/{pago_ajeno}/recibo           -               200  404  403  404
GET    /facturacion/facturas/{factura}/pagos            -               200  200  403  200
GET    /facturacion/facturas/{factura_ajena}/pagos      -               200  404  403  404
POST   /facturacion/facturas/{nueva_factura}/pagos      paga            201  201  403  403
POST   /facturacion/facturas/{nueva_factura_ajena}/pagos paga           201  404  403  403
POST   /facturacion/anticipos                           anticipo        201  201  403  403
POST   /facturacion/anticipos                           anticipo_ajeno  201  403  403  403
POST   /facturacion/pagos/{nuevo_anticipo}/aplicaciones aplica          201  201  403  403
POST   /facturacion/pagos/{nuevo_anticipo_ajeno}/aplicaciones aplica_ajena 201 404 403 403
POST   /facturacion/pagos/{nuevo_anticipo}/reembolsos   reembolsa       201  201  403  403
POST   /facturacion/pagos/{nuevo_anticipo_ajeno}/reembolsos reembolsa   201  404  403  403
GET    /facturacion/pacientes/{paciente}/estado-cuenta  -               200  200  403  200
GET    /facturacion/pacientes/{paciente_ajeno}/estado-cuenta -          200  404  403  404
GET    /facturacion/pacientes/{paciente}/estado-cuenta/pdf -            200  200  403  200
GET    /facturacion/pacientes/{paciente_ajeno}/estado-cuenta/pdf -      200  404  403  404

GET    /facturacion/cajas                               -               200  200  403  403
POST   /facturacion/cajas                               caja            201  .    403  403
POST   /facturacion/cajas                               caja_suya       .    201  403  403
POST   /facturacion/cajas                               caja_ajena      201  403  403  403
GET    /facturacion/cajas/{caja}                        -               200  200  403  403
GET    /facturacion/cajas/{caja_ajena}                  -               200  404  403  403
POST   /facturacion/cajas/{nueva_caja}/conteo           arqueo          200  200  403  403
POST   /facturacion/cajas/{caja_ajena}/conteo           arqueo          .    404  403  403
PATCH  /facturacion/cajas/{nueva_caja_contada}/estado   reabre                 200  403  403  403
POST   /facturacion/cajas/{nueva_caja_contada}/cierre  vacio                    200  200  403  403
POST   /facturacion/cajas/{caja_ajena}/cierre           vacio           .    404  403  403
GET    /facturacion/cajas/{caja_contada}/reporte        -               200  200  403  403
GET    /facturacion/cajas/{caja_ajena}/reporte          -               200  404  403  403
GET    /facturacion/cajas/{caja_contada}/reporte/pdf    -               200  200  403  403
GET    /facturacion/cajas/{caja_ajena}/reporte/pdf      -               200  404  403  403

GET    /facturacion/transacciones                       -               200  200  403  403
GET    /facturacion/transacciones/archivo               -               200  200  403  403
GET    /facturacion/transacciones/resumen               -               200  200  403  403
GET    /facturacion/transacciones/reporte-diario        -               200  200  403  403
GET    /facturacion/transacciones/reporte-mensual       -               200  200  403  403
POST   /facturacion/transacciones                       transaccion     201  201  403  403
POST   /facturacion/transacciones                       transaccion_ajena 201 403 403  403
GET    /facturacion/transacciones/{transaccion}         -               200  200  403  403
GET    /facturacion/transacciones/{transaccion_ajena}   -               200  404  403  403
PUT    /facturacion/transacciones/{nueva_transaccion}   comenta         200  200  403  403
PUT    /facturacion/transacciones/{nueva_transaccion_ajena} comenta     200  404  403  403
PATCH  /facturacion/transacciones/{nueva_transaccion}/estado anula      200  200  403  403
PATCH  /facturacion/transacciones/{nueva_transaccion_ajena}/estado anula 200 404  403  403
DELETE /facturacion/transacciones/{nueva_transaccion}   -               204  204  403  403
DELETE /facturacion/transacciones/{nueva_transaccion_ajena} -           204  404  403  403

GET    /facturacion/categorias-gasto                    -               200  403  403  403
POST   /facturacion/categorias-gasto                    nombre          201  403  403  403
GET    /facturacion/categorias-gasto/{categoria_gasto}  -               200  403  403  403
PUT    /facturacion/categorias-gasto/{nueva_categoria_gasto} nombre     200  403  403  403
DELETE /facturacion/categorias-gasto/{nueva_categoria_gasto} -          204  403  403  403
GET    /facturacion/gastos                              -               200  403  403  403
GET    /facturacion/gastos/totales                      -               200  403  403  403
POST   /facturacion/gastos                              gasto           201  403  403  403
GET    /facturacion/gastos/{gasto}                      -               200  403  403  403
PUT    /facturacion/gastos/{nuevo_gasto}                provee          200  403  403  403
DELETE /facturacion/gastos/{nuevo_gasto}                -               204  403  403  403
GET    /facturacion/gastos/{gasto}/adjuntos             -               200  403  403  403
POST   /facturacion/gastos/{gasto}/adjuntos             comprobante     201  403  403  403
GET    /facturacion/gastos/{gasto}/adjuntos/{comprobante}/contenido -   200  403  403  403
DELETE /facturacion/gastos/{gasto}/adjuntos/{nuevo_comprobante} -       204  403  403  403
GET    /facturacion/gastos-recurrentes                  -               200  403  403  403
POST   /facturacion/gastos-recurrentes                  gasto_recurrente 201 403  403  403
GET    /facturacion/gastos-recurrentes/{gasto_recurrente} -             200  403  403  403
PUT    /facturacion/gastos-recurrentes/{nuevo_gasto_recurrente} provee  200  403  403  403
DELETE /facturacion/gastos-recurrentes/{nuevo_gasto_recurrente} -       204  403  403  403

GET    /facturacion/tarifas-honorarios                  -               200  403  200  403
POST   /facturacion/tarifas-honorarios                  tarifa          201  403  403  403
GET    /facturacion/tarifas-honorarios/{tarifa}         -               200  403  200  403
GET    /facturacion/tarifas-honorarios/{tarifa_ajena}   -               200  403  404  403
PUT    /facturacion/tarifas-honorarios/{nueva_tarifa}   porcentaje      200  403  403  403
DELETE /facturacion/tarifas-honorarios/{nueva_tarifa}   -               204  403  403  403
GET    /facturacion/honorarios                          -               200  403  200  403
GET    /facturacion/honorarios/pendientes?doctor_id={doctor} -          200  403  200  403
GET    /facturacion/honorarios/pendientes?doctor_id={doctor_ajeno} -    200  403  200  403
GET    /facturacion/liquidaciones                       -               200  403  200  403
POST   /facturacion/liquidaciones                       liquidacion     201  403  403  403
GET    /facturacion/liquidaciones/{liquidacion}         -               200  403  200  403
GET    /facturacion/liquidaciones/{liquidacion_ajena}   -               200  403  404  403
GET    /facturacion/liquidaciones/{liquidacion}/reporte -               200  403  200  403
GET    /facturacion/liquidaciones/{liquidacion_ajena}/reporte -         200  403  404  403
PATCH  /facturacion/liquidaciones/{nueva_liquidacion}/estado pagada     200  403  403  403

GET    /facturacion/reportes/financiero                 -               200  403  403  403
GET    /facturacion/reportes/cartera                    -               200  200  403  403
GET    /facturacion/reportes/tablero                    -               200  403  403  403
GET    /facturacion/estadisticas/clinica                -               200  403  403  403
GET    /facturacion/estadisticas/doctores/{doctor}      -               200  403  200  403
GET    /facturacion/estadisticas/doctores/{doctor_ajeno} -              200  403  404  403

# By their other names.
GET    /api/v1/invoices/{factura_ajena}                 -               200  404  403  404
GET    /api/v1/invoices/{factura_ajena}/payments        -               200  404  403  404
POST   /api/v1/invoices/{nueva_factura_ajena}/payments  paga            201  404  403  403
PATCH  /api/facturacion/invoices/{nueva_factura_ajena}/status anula_factura 200 404 403 403
DELETE /api/v1/transactions/{nueva_transaccion_ajena}   -               204  404  403  403
GET    /api/facturacion/expenses/{gasto}                -               200  403  403  403
GET    /api/v1/statistics/doctor/{doctor_ajeno}         -               200  403  404  403
"""

CUERPOS: dict[str, Callable[[Mundo], Any]] = {
    "anticipo": mundo.anticipo,
    "anula_factura": lambda _m: {"estado": "anulada", "motivo": "A nombre de otro"},
    "aplica": lambda m: {"factura_id": m["nueva_factura"], "monto": 5},
    "aplica_ajena": lambda m: {"factura_id": m["nueva_factura_ajena"], "monto": 5},
    "arqueo": lambda _m: {"contado": {"efectivo": 10}},
    "borrador": mundo.borrador,
    "caja": mundo.caja,
    "caja_suya": lambda m: mundo.caja(m, rol="secretaria"),
    "cobertura": mundo.cobertura,
    "comenta": lambda m: {"comentario": m.palabra("Recibo")},
    "comprobante": lambda _m: mundo.comprobante(),
    "conserva": lambda _m: {"resolucion": "conservar", "motivo": "Se cobró lo que se hizo"},
    "cotizacion": mundo.cotizacion,
    "cuotas": mundo.cuotas,
    "emite": mundo.emision,
    "gasto": mundo.gasto,
    "gasto_recurrente": mundo.gasto_recurrente,
    "liquidacion": mundo.liquidacion,
    "observa": lambda m: {"observaciones": m.palabra("Llamar"), "detalles": [LINEA]},
    "paga": lambda _m: TRANSFERENCIA,
    "paga_varias": lambda m: {**mundo.anticipo(m), "facturas": [{"factura_id": m["nueva_factura"], "monto": 4}]},
    "pagada": lambda _m: {"estado": "pagada", "medio_pago": "transferencia"},
    "porcentaje": lambda _m: {"porcentaje": 35},
    "provee": lambda m: {"proveedor": m.palabra("Ferretería")},
    "punto": mundo.punto,
    "reabre": lambda _m: {"estado": "abierta", "motivo": "Se contó mal"},
    "reembolsa": lambda _m: {"monto": 2, "motivo": "Ya no viene"},
    "tarifa": mundo.tarifa,
    "transaccion": mundo.transaccion,
    "vacio": lambda _m: {},
    **{
        mundo.ajena(nombre): lambda m, hacer=hacer: hacer(m, "_ajeno")
        for nombre, hacer in (
            ("borrador", mundo.borrador),
            ("anticipo", mundo.anticipo),
            ("cotizacion", mundo.cotizacion),
            ("transaccion", mundo.transaccion),
            ("caja", mundo.caja),
        )
    },
}
