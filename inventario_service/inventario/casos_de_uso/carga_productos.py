"""Loading many products at once, in few statements: all or none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from comun.auth.caller import Caller
from comun.bulk import Answer, Report, Row, mark_repeated, mark_taken, taken
from comun.events import emit_first
from inventario.casos_de_uso.categorias import CREAR, categorias_conocidas, categorias_llamadas
from inventario.casos_de_uso.codigos import codigos_nuevos
from inventario.casos_de_uso.productos import PREFIJO, armar
from inventario.casos_de_uso.tarifas import GENERAL, hoy
from inventario.eventos.emitidos import datos_producto
from inventario.extensiones import db
from inventario.modelos import Ambito, CostoProducto, Producto, Proveedor, TarifaIva


def cargar_productos(filas: list[Row], quien: Caller) -> Answer:
    """Make many products, without stock. Invalid names every row at fault."""
    informe = Report()
    mark_repeated(informe, filas, "codigo", "Está repetido en la carga.")
    mark_taken(informe, filas, Producto.codigo, "Ya existe un producto con ese código.")
    _senalar_referencias(informe, filas, quien)
    informe.require_no_faults()
    return informe.answer([producto.id for producto in _insertar(filas, quien)])


def _senalar_referencias(informe: Report, filas: Sequence[Row], quien: Caller) -> None:
    """Suppliers that are not there, and categories that the caller can't make; packages called as the unit."""
    dados = [fila["proveedor_id"] for fila in filas if fila.get("proveedor_id")]
    proveedores = taken(Proveedor.id, Proveedor.vivos(), dados)
    nombres = {fila["categoria"] for fila in filas if fila.get("categoria")}
    puede = quien.can(CREAR[Ambito.PRODUCTO])
    categorias = nombres if puede else categorias_conocidas(Ambito.PRODUCTO, nombres)
    for lugar, fila in enumerate(filas):
        if fila.get("proveedor_id") and fila["proveedor_id"] not in proveedores:
            informe.fault(lugar, "proveedor_id", "No existe ese proveedor.")
        if fila.get("categoria") and fila["categoria"] not in categorias:
            informe.fault(lugar, "categoria", "No existe esa categoría.")


def _insertar(filas: Sequence[Row], quien: Caller) -> list[Producto]:
    nombres = {fila["categoria"]: None for fila in filas if fila.get("categoria")}
    categorias = categorias_llamadas(Ambito.PRODUCTO, nombres, quien)
    propios = [fila["codigo"] for fila in filas if fila.get("codigo")]
    codigos = iter(codigos_nuevos(Producto.codigo, PREFIJO, len(filas) - len(propios), propios))
    productos = [
        armar(
            {**fila, "codigo": fila.get("codigo") or next(codigos)},
            categorias[fila["categoria"]] if fila.get("categoria") else None,
        )
        for fila in filas
    ]
    db.session.add_all(productos)
    db.session.flush()
    tarifas = _poner_tarifas(filas, productos)
    db.session.add_all(
        CostoProducto(producto_id=producto.id, costo=producto.costo_unitario)
        for producto in productos
        if producto.costo_unitario
    )
    emit_first(
        "producto.creado.v1",
        [
            (f"producto/{producto.id}", datos_producto(producto, fila.get("categoria"), tarifas[producto.id]))
            for fila, producto in zip(filas, productos, strict=True)
        ],
    )
    return productos


def _poner_tarifas(filas: Sequence[Row], productos: Sequence[Producto]) -> dict[int, list[TarifaIva]]:
    tarifas: dict[int, list[TarifaIva]] = defaultdict(list)
    dia = hoy()
    for fila, producto in zip(filas, productos, strict=True):
        una = TarifaIva(
            producto_id=producto.id,
            tarifa=fila.get("tarifa_iva", GENERAL),
            desde=fila.get("tarifa_desde", dia),
        )
        db.session.add(una)
        tarifas[producto.id].append(una)
    return tarifas
