"""The stock, treatments and purchases of the small world: what is in the own centre, and in the foreign one."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .conftest import bien

if TYPE_CHECKING:
    from .mundo import Mundo

SEGUNDOS = 240
_Alta = Callable[["Mundo"], int]


def preparar(m: Mundo) -> None:
    """Products with stock in both centres, a treatment that uses them, an appointment that did, orders and counts."""
    m.ids["producto"] = m["nuevo_producto"]
    m.ids["tratamiento"] = m["nuevo_tratamiento"]
    ingrediente = {"producto_id": m["producto"], "cantidad": 3}
    bien(m.admin.post(f"/inventario/tratamientos/{m['tratamiento']}/receta", ingrediente), 201)
    for cual, centro in (("", m["centro"]), ("_ajeno", m["centro_ajeno"])):
        m.ids[f"movimiento{cual}"] = entrada(m, centro)
    movimiento = bien(m.admin.get(f"/inventario/movimientos/{m['movimiento']}"))
    m.ids |= {"lote": movimiento["lote_id"], "bodega": movimiento["bodega_id"]}
    m.ids["bodega_ajena"] = bien(m.admin.get(f"/inventario/movimientos/{m['movimiento_ajeno']}"))["bodega_id"]
    m.ids["bodega_otra"], m.ids["bodega_ajena_otra"] = m["nueva_bodega"], m["nueva_bodega_ajena"]
    m.ids["traslado"] = trasladar(m, m["bodega"], m["bodega_otra"])
    m.ids["traslado_ajeno"] = trasladar(m, m["bodega_ajena"], m["bodega_ajena_otra"])
    m.ids["conteo"], m.ids["conteo_ajeno"] = m["nuevo_conteo"], m["nuevo_conteo_ajeno"]
    m.ids["proveedor"] = m["nuevo_proveedor"]
    m.ids["orden"], m.ids["orden_ajena"] = m["orden_enviada"], m["orden_ajena_enviada"]
    recibida = bien(m.admin.post(f"/inventario/ordenes-compra/{m['orden']}/recepciones", recepcion(m)), 201)
    m.ids["recepcion"] = recibida["id"]
    m.ids["linea"], m.ids["linea_ajena"] = m["nueva_linea"], m["nueva_linea_ajena"]
    m.ids["consumo"], m.ids["faltante"] = consumir(m, "")
    m.ids["consumo_ajeno"], _ = consumir(m, "ajena")


def entrada(m: Mundo, centro_id: int) -> int:
    """The id of a movement that brings something into a centre, once its news has come."""
    cuerpo = {"tipo": "entrada", "cantidad": 50, "costo_unitario": 2, "centro_id": centro_id}
    fin = time.monotonic() + SEGUNDOS
    while not (hecha := m.admin.post(f"/inventario/productos/{m['producto']}/movimientos", cuerpo)).ok:
        assert time.monotonic() < fin, hecha.text
        time.sleep(0.1)
    return int(hecha.json()["movimientos"][0]["id"])


def trasladar(m: Mundo, origen: int, destino: int) -> int:
    """The id of a transfer of something."""
    lineas = [{"producto_id": m["producto"], "cantidad": 1}]
    cuerpo = {"origen_id": origen, "destino_id": destino, "lineas": lineas}
    return int(bien(m.admin.post("/inventario/traslados", cuerpo), 201)["id"])


def consumir(m: Mundo, ajena: str) -> tuple[int, int]:
    """Ids of what an appointment used, and of what it lacked: it wants more than there is."""
    pedido = [{"tratamiento_id": m["tratamiento"], "cantidad": 1000}]
    cuerpo = {**m.cita(ajena), "duracion_minutos": 30, "tratamientos": pedido}
    cita = bien(m.admin.post("/citas", cuerpo), 201)["id"]
    bien(m.admin.patch(f"/citas/{cita}/estado", {"estado": "completada"}))
    fin = time.monotonic() + SEGUNDOS
    while not (faltan := bien(m.admin.get(f"/inventario/faltantes?cita_id={cita}"))["datos"]):
        assert time.monotonic() < fin, "the appointment used nothing"
        time.sleep(0.1)
    return int(faltan[0]["consumo"]["id"]), int(faltan[0]["id"])


def recepcion(m: Mundo) -> dict[str, Any]:
    """A body that receives a little of what was ordered."""
    return {"lineas": [{"producto_id": m["producto"], "cantidad": "0.001"}]}


def orden(m: Mundo, centro: str) -> dict[str, Any]:
    """A body that orders for a centre."""
    lineas = [{"producto_id": m["producto"], "cantidad": 10, "costo_unitario": 2}]
    return {"proveedor_id": m["proveedor"], "centro_id": m[centro], "lineas": lineas}


def _alta(ruta: str, cuerpo: Callable[[Mundo], dict[str, Any]]) -> _Alta:
    return lambda m: int(bien(m.admin.post(m.ruta(ruta), cuerpo(m)), 201)["id"])


def _nombrado(**campos: Any) -> Callable[[Mundo], dict[str, Any]]:
    return lambda m: {"nombre": m.palabra("Cosa"), **campos}


def _enviada(centro: str) -> _Alta:
    def hacer(m: Mundo) -> int:
        hecha = int(bien(m.admin.post("/inventario/ordenes-compra", orden(m, centro)), 201)["id"])
        bien(m.admin.patch(f"/inventario/ordenes-compra/{hecha}/estado", {"estado": "enviada"}))
        return hecha

    return hacer


def _con_linea(ajena: str) -> _Alta:
    """A new appointment's only treatment."""

    def hacer(m: Mundo) -> int:
        cuerpo = {**m.cita(ajena), "tratamientos": [{"tratamiento_id": m["tratamiento"]}]}
        return int(bien(m.admin.post("/citas", cuerpo), 201)["tratamientos"][0]["id"])

    return hacer


def _de_bodega_nueva(centro: str) -> _Alta:
    """A count of a warehouse of its own."""
    return _alta("/inventario/conteos", lambda m: {"bodega_id": m[f"nueva_bodega{centro}"]})


def _contado(m: Mundo) -> int:
    hecho = m["nuevo_conteo"]
    bien(
        m.admin.put(f"/inventario/conteos/{hecho}/lineas", {"lineas": [{"producto_id": m["producto"], "contado": 2}]})
    )
    return hecho


def _con_ingrediente(m: Mundo) -> int:
    hecho = m["nuevo_tratamiento"]
    ingredientes = [{"producto_id": m["producto"], "cantidad": 1}, {"incluye_id": m["tratamiento"], "cantidad": 1}]
    bien(m.admin.put(f"/inventario/tratamientos/{hecho}/receta", {"ingredientes": ingredientes}))
    return hecho


NUEVOS: dict[str, _Alta] = {
    "nuevo_producto": _alta("/inventario/productos", _nombrado()),
    "nueva_categoria": _alta("/inventario/categorias", _nombrado()),
    "nueva_categoria_de_tratamientos": _alta("/inventario/tratamientos/categorias", _nombrado()),
    "nuevo_proveedor": _alta("/inventario/proveedores", _nombrado()),
    "nueva_bodega": _alta("/inventario/bodegas", lambda m: {**_nombrado()(m), "centro_id": m["centro"]}),
    "nueva_bodega_ajena": _alta("/inventario/bodegas", lambda m: {**_nombrado()(m), "centro_id": m["centro_ajeno"]}),
    "nuevo_movimiento": lambda m: entrada(m, m["centro"]),
    "nuevo_conteo": _de_bodega_nueva(""),
    "conteo_contado": _contado,
    "nuevo_conteo_ajeno": _de_bodega_nueva("_ajena"),
    "nuevo_tratamiento": _alta("/inventario/tratamientos", _nombrado(precio=30)),
    "tratamiento_con_receta": _con_ingrediente,
    "nueva_orden": _alta("/inventario/ordenes-compra", lambda m: orden(m, "centro")),
    "orden_enviada": _enviada("centro"),
    "orden_ajena_enviada": _enviada("centro_ajeno"),
    "nueva_linea": _con_linea(""),
    "nueva_linea_ajena": _con_linea("ajena"),
}
