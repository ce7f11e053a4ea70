"""The table of rights of inventory and of the treatments of appointments, with a body that does each thing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .mundo_inventario import orden, recepcion

if TYPE_CHECKING:
    from .mundo import Mundo

TABLA = """
#                                                                     admin secretaria medico paciente
GET    /citas/{cita}/tratamientos                       -               200  200  200  200
GET    /citas/{cita_ajena}/tratamientos                 -               200  404  404  404
POST   /citas/{nueva_cita}/tratamientos                 linea           201  201  201  403
POST   /citas/{nueva_cita_ajena}/tratamientos           linea           201  404  404  403
GET    /citas/tratamientos/{linea}                      -               200  200  200  200
GET    /citas/tratamientos/{linea_ajena}                -               200  404  404  404
PUT    /citas/tratamientos/{linea}                      veces           200  200  200  403
PUT    /citas/tratamientos/{linea_ajena}                veces           200  404  404  403
DELETE /citas/tratamientos/{nueva_linea}                -               204  204  204  403
DELETE /citas/tratamientos/{nueva_linea_ajena}          -               204  404  404  403

GET    /inventario/categorias                           -               200  200  200  403
POST   /inventario/categorias                           nombre          201  403  403  403
GET    /inventario/categorias/{nueva_categoria}         -               200  200  200  403
PUT    /inventario/categorias/{nueva_categoria}         nombre          200  403  403  403
DELETE /inventario/categorias/{nueva_categoria}         -               204  403  403  403
GET    /inventario/proveedores                          -               200  200  200  403
POST   /inventario/proveedores                          nombre          201  403  403  403
POST   /inventario/proveedores/carga                    nombres         201  403  403  403
GET    /inventario/proveedores/{proveedor}              -               200  200  200  403
PUT    /inventario/proveedores/{proveedor}              nombre          200  403  403  403
DELETE /inventario/proveedores/{nuevo_proveedor}        -               204  403  403  403
GET    /inventario/productos                            -               200  200  200  403
POST   /inventario/productos                            nombre          201  403  403  403
POST   /inventario/productos/carga                      nombres         201  403  403  403
GET    /inventario/productos/stock-bajo                 -               200  200  200  403
GET    /inventario/productos/{producto}                 -               200  200  200  403
PUT    /inventario/productos/{producto}                 vende           200  403  403  403
DELETE /inventario/productos/{nuevo_producto}           -               204  403  403  403
GET    /inventario/productos/{producto}/presentaciones  -               200  200  200  403
PUT    /inventario/productos/{producto}/presentaciones  presentaciones  200  403  403  403
GET    /inventario/productos/{producto}/minimos         -               200  200  200  403
PUT    /inventario/productos/{producto}/minimos         minimos         200  403  403  403
GET    /inventario/productos/{producto}/existencias     -               200  200  200  403
GET    /inventario/productos/{producto}/tarifas         -               200  200  200  403
GET    /inventario/productos/{producto}/movimientos     -               200  200  403  403
POST   /inventario/productos/{producto}/movimientos     entrada         201  201  403  403
POST   /inventario/productos/{producto}/movimientos     entrada_ajena   201  403  403  403
PATCH  /inventario/productos/{producto}/stock           ajusta          200  200  403  403
PATCH  /inventario/productos/{producto}/stock           ajusta_ajeno    200  403  403  403
GET    /inventario/bodegas                              -               200  200  200  403
POST   /inventario/bodegas                              bodega          201  403  403  403
GET    /inventario/bodegas/{bodega}                     -               200  200  200  403
GET    /inventario/bodegas/{bodega_ajena}               -               200  404  200  403
PUT    /inventario/bodegas/{nueva_bodega}               nombre          200  403  403  403
DELETE /inventario/bodegas/{nueva_bodega}               -               204  403  403  403
GET    /inventario/lotes                                -               200  200  200  403
GET    /inventario/lotes/{lote}                         -               200  200  200  403
PUT    /inventario/lotes/{lote}                         bloquea         200  403  403  403
GET    /inventario/movimientos                          -               200  200  403  403
GET    /inventario/movimientos.csv                      -               200  200  403  403
GET    /inventario/movimientos/{movimiento}             -               200  200  403  403
GET    /inventario/movimientos/{movimiento_ajeno}       -               200  404  403  403
POST   /inventario/movimientos/{nuevo_movimiento}/correccion motivo     201  403  403  403
GET    /inventario/traslados                            -               200  200  403  403
POST   /inventario/traslados                            traslado        201  201  403  403
POST   /inventario/traslados                            traslado_ajeno  201  403  403  403
GET    /inventario/traslados/{traslado}                 -               200  200  403  403
GET    /inventario/traslados/{traslado_ajeno}           -               200  404  403  403
GET    /inventario/conteos                              -               200  200  403  403
POST   /inventario/conteos                              conteo          201  201  403  403
POST   /inventario/conteos                              conteo_ajeno    201  403  403  403
GET    /inventario/conteos/{conteo}                     -               200  200  403  403
GET    /inventario/conteos/{conteo_ajeno}               -               200  404  403  403
GET    /inventario/conteos/{conteo}/diferencias         -               200  200  403  403
PUT    /inventario/conteos/{conteo}/lineas              cuenta          200  200  403  403
PUT    /inventario/conteos/{conteo_ajeno}/lineas        cuenta          200  404  403  403
DELETE /inventario/conteos/{conteo_contado}/lineas/{lote} -             204  204  403  403
PATCH  /inventario/conteos/{conteo_contado}/estado      cerrado         200  403  403  403
PATCH  /inventario/conteos/{nuevo_conteo}/estado        anulado         200  200  403  403
GET    /inventario/tratamientos                         -               200  200  200  403
POST   /inventario/tratamientos                         tratamiento     201  403  403  403
POST   /inventario/tratamientos/carga                   tratamientos    201  403  403  403
GET    /inventario/tratamientos/categorias              -               200  200  200  403
POST   /inventario/tratamientos/categorias              nombre          201  403  403  403
GET    /inventario/tratamientos/categorias/{nueva_categoria_de_tratamientos} - 200 200 200 403
PUT    /inventario/tratamientos/categorias/{nueva_categoria_de_tratamientos} nombre 200 403 403 403
DELETE /inventario/tratamientos/categorias/{nueva_categoria_de_tratamientos} - 204 403 403 403
GET    /inventario/tratamientos/{tratamiento}           -               200  200  200  403
PUT    /inventario/tratamientos/{tratamiento}           precio          200  403  403  403
DELETE /inventario/tratamientos/{nuevo_tratamiento}     -               204  403  403  403
GET    /inventario/tratamientos/{tratamiento}/precios   -               200  200  200  403
GET    /inventario/tratamientos/{tratamiento}/tarifas   -               200  200  200  403
GET    /inventario/tratamientos/{tratamiento}/costos    -               200  403  403  403
GET    /inventario/tratamientos/{tratamiento}/verificar-stock?centro_id={centro} - 200 200 200 403
GET    /inventario/tratamientos/{tratamiento}/receta    -               200  200  200  403
GET    /inventario/tratamientos/{tratamiento}/receta/versiones -        200  200  200  403
POST   /inventario/tratamientos/{nuevo_tratamiento}/receta ingrediente  201  403  403  403
PUT    /inventario/tratamientos/{nuevo_tratamiento}/receta receta       200  403  403  403
DELETE /inventario/tratamientos/{tratamiento_con_receta}/receta/{producto} - 204 403 403 403
DELETE /inventario/tratamientos/{tratamiento_con_receta}/receta/tratamientos/{tratamiento} - 204 403 403 403
GET    /inventario/consumos                             -               200  200  403  403
GET    /inventario/consumos/{consumo}                   -               200  200  403  403
GET    /inventario/consumos/{consumo_ajeno}             -               200  404  403  403
GET    /inventario/faltantes                            -               200  200  403  403
GET    /inventario/faltantes/{faltante}                 -               200  200  403  403
POST   /inventario/faltantes/{faltante}/resolucion      descarta        200  403  403  403
GET    /inventario/reservas                             -               200  200  200  403
GET    /inventario/pronostico                           -               200  200  403  403
GET    /inventario/ordenes-compra                       -               200  200  403  403
POST   /inventario/ordenes-compra                       orden           201  403  403  403
GET    /inventario/ordenes-compra/{orden}               -               200  200  403  403
GET    /inventario/ordenes-compra/{orden_ajena}         -               200  404  403  403
PUT    /inventario/ordenes-compra/{nueva_orden}         notas           200  403  403  403
DELETE /inventario/ordenes-compra/{nueva_orden}         -               204  403  403  403
PATCH  /inventario/ordenes-compra/{nueva_orden}/estado  enviada         200  403  403  403
GET    /inventario/ordenes-compra/{orden}/recepciones   -               200  200  403  403
POST   /inventario/ordenes-compra/{orden}/recepciones   recibe          201  201  403  403
POST   /inventario/ordenes-compra/{orden_ajena}/recepciones recibe      201  404  403  403
GET    /inventario/ordenes-compra/{orden}/recepciones/{recepcion} -     200  200  403  403
GET    /inventario/compras/sugeridas                    -               200  200  403  403
POST   /inventario/compras/sugeridas                    de_centro       201  403  403  403
GET    /inventario/reportes/inventario                  -               200  200  403  403
"""

CUERPOS: dict[str, Callable[[Mundo], Any]] = {
    "ajusta": lambda m: {"stock_actual": 40, "motivo": "Conteo", "centro_id": m["centro"]},
    "ajusta_ajeno": lambda m: {"stock_actual": 40, "motivo": "Conteo", "centro_id": m["centro_ajeno"]},
    "anulado": lambda _m: {"estado": "anulado"},
    "bloquea": lambda _m: {"bloqueado": False},
    "bodega": lambda m: {"nombre": m.palabra("Bodega"), "centro_id": m["centro"]},
    "cerrado": lambda _m: {"estado": "cerrado"},
    "conteo": lambda m: {"bodega_id": m["nueva_bodega"]},
    "conteo_ajeno": lambda m: {"bodega_id": m["nueva_bodega_ajena"]},
    "cuenta": lambda m: {"lineas": [{"producto_id": m["producto"], "contado": 0}]},
    "de_centro": lambda m: {"centro_id": m["centro"]},
    "descarta": lambda _m: {"accion": "descartar", "motivo": "Se usó otro"},
    "entrada": lambda m: {"tipo": "entrada", "cantidad": 50, "centro_id": m["centro"]},
    "entrada_ajena": lambda m: {"tipo": "entrada", "cantidad": 50, "centro_id": m["centro_ajeno"]},
    "enviada": lambda _m: {"estado": "enviada"},
    "ingrediente": lambda m: {"producto_id": m["producto"], "cantidad": 1},
    "linea": lambda m: {"tratamiento_id": m["tratamiento"]},
    "minimos": lambda m: {"minimos": [{"centro_id": m["centro"], "minimo": 5}]},
    "orden": lambda m: orden(m, "centro"),
    "precio": lambda _m: {"precio": 31},
    "presentaciones": lambda _m: {"presentaciones": [{"nombre": "caja", "factor": 10}]},
    "receta": lambda m: {"ingredientes": [{"producto_id": m["producto"], "cantidad": 1}]},
    "recibe": recepcion,
    "tratamiento": lambda m: {"nombre": m.palabra("Cura"), "precio": 12},
    "tratamientos": lambda m: [{"nombre": m.palabra("Cura"), "precio": 12}],
    "traslado": lambda m: _traslado(m, "bodega", "bodega_otra"),
    "traslado_ajeno": lambda m: _traslado(m, "bodega_ajena", "bodega_ajena_otra"),
    "veces": lambda _m: {"cantidad": 2},
    "vende": lambda _m: {"precio_venta": "0.35"},
}


def _traslado(m: Mundo, origen: str, destino: str) -> dict[str, Any]:
    lineas = [{"producto_id": m["producto"], "cantidad": 1}]
    return {"origen_id": m[origen], "destino_id": m[destino], "lineas": lineas}
