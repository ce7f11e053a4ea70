"""/inventario/movimientos and what is written into the ledger product by product."""

from typing import Any

from flask.views import MethodView

from comun.api import Blueprint
from comun.auth.caller import caller
from comun.preconditions import check_version
from comun.sheets import long_sheet
from inventario.casos_de_uso.archivo import COLUMNAS, filas, nombre_de_archivo
from inventario.casos_de_uso.consultas import cuales
from inventario.casos_de_uso.movimientos import a_la_vista, corregir, fijar_stock, obtener_movimiento, registrar
from inventario.esquemas.movimientos import (
    CorreccionNueva,
    FiltroArchivo,
    FiltroKardex,
    FiltroMovimientos,
    MovimientoNuevo,
    MovimientoSalida,
    MovimientosHechos,
    StockFijado,
)
from inventario.modelos import Movimiento, Producto

movimientos_bp = Blueprint("movimientos", __name__, url_prefix="/inventario", description="The ledger of stock")

ORDEN = {"momento": Movimiento.momento}


@movimientos_bp.route("/productos/<id:producto_id>/movimientos")
class Kardex(MethodView):
    @movimientos_bp.permission("inventario:movimientos:leer")
    @movimientos_bp.page(MovimientoSalida, FiltroKardex, model=Movimiento, sort=ORDEN, default="-id")
    def get(self, filtro: dict[str, Any], producto_id: int) -> Any:
        """What happened to a product, the latest first."""
        producto = Producto.obtener(producto_id, caller())
        return cuales({**filtro, "producto_id": producto.id}, caller()).options(*a_la_vista())

    @movimientos_bp.permission("inventario:movimientos:crear")
    @movimientos_bp.arguments(MovimientoNuevo)
    @movimientos_bp.response(201, MovimientosHechos, location="/inventario/movimientos/{id}")
    def post(self, datos: dict[str, Any], producto_id: int) -> Any:
        """Write an entry, an exit, a return or an adjustment; an exit may take several lots."""
        return registrar(producto_id, datos, caller())


@movimientos_bp.route("/productos/<id:producto_id>/stock")
class StockDeProducto(MethodView):
    @movimientos_bp.permission("inventario:movimientos:crear")
    @movimientos_bp.if_match(required=False)
    @movimientos_bp.arguments(StockFijado)
    @movimientos_bp.response(200, MovimientosHechos)
    def patch(self, datos: dict[str, Any], producto_id: int) -> Any:
        """Adjust what a centre has of it to what there is."""
        producto = Producto.obtener(producto_id, caller())
        check_version(producto)
        return fijar_stock(producto, datos, caller())


@movimientos_bp.route("/movimientos")
class Movimientos(MethodView):
    @movimientos_bp.permission("inventario:movimientos:leer")
    @movimientos_bp.page(MovimientoSalida, FiltroMovimientos, model=Movimiento, sort=ORDEN, default="-id")
    def get(self, filtro: dict[str, Any]) -> Any:
        """The ledger, the latest first."""
        return cuales(filtro, caller()).options(*a_la_vista())


@movimientos_bp.route("/movimientos.csv")
class Archivo(MethodView):
    @movimientos_bp.permission("inventario:movimientos:leer")
    @movimientos_bp.arguments(FiltroArchivo, location="query")
    @movimientos_bp.response(200, {"type": "string"}, content_type="text/csv")
    def get(self, filtro: dict[str, Any]) -> Any:
        """The same as a file, the oldest first, whole."""
        return long_sheet(nombre_de_archivo(filtro), "csv", COLUMNAS, filas(cuales(filtro, caller())))


@movimientos_bp.route("/movimientos/<id:movimiento_id>")
class UnMovimiento(MethodView):
    @movimientos_bp.permission("inventario:movimientos:leer")
    @movimientos_bp.response(200, MovimientoSalida)
    def get(self, movimiento_id: int) -> Any:
        """One line of the ledger."""
        return obtener_movimiento(movimiento_id, caller())


@movimientos_bp.route("/movimientos/<id:movimiento_id>/correccion")
class Correccion(MethodView):
    @movimientos_bp.permission("inventario:movimientos:corregir")
    @movimientos_bp.arguments(CorreccionNueva)
    @movimientos_bp.response(201, MovimientosHechos, location="/inventario/movimientos/{id}")
    def post(self, datos: dict[str, Any], movimiento_id: int) -> Any:
        """Take it back with its opposite, once; a transfer on both sides."""
        return corregir(movimiento_id, datos["motivo"], caller())
