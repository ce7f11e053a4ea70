"""/inventario/ordenes-compra: what is ordered of suppliers, and what comes of it."""

from typing import Any

from flask.views import MethodView

from comun.api import Blueprint, no_content
from comun.auth.caller import caller
from comun.preconditions import check_version
from comun.schema import PlainPageQuery
from inventario.casos_de_uso.ordenes import (
    cambiar_estado,
    cambiar_orden,
    consulta_de_ordenes,
    crear_orden,
    orden_para_escribir,
)
from inventario.casos_de_uso.recepciones import consulta_de_recepciones, recepcion_de, recibir
from inventario.esquemas.compras import (
    CambioDeOrden,
    FiltroOrdenes,
    OrdenCambios,
    OrdenNueva,
    OrdenSalida,
    RecepcionBreve,
    RecepcionHecha,
    RecepcionNueva,
    RecepcionSalida,
)
from inventario.modelos import OrdenCompra, Recepcion

ordenes_compra_bp = Blueprint(
    "ordenes_compra", __name__, url_prefix="/inventario/ordenes-compra", description="Purchase orders"
)

ORDEN = {
    "creado_en": OrdenCompra.creado_en,
    "actualizado_en": OrdenCompra.actualizado_en,
    "esperada_el": OrdenCompra.esperada_el,
}


@ordenes_compra_bp.route("")
class Ordenes(MethodView):
    @ordenes_compra_bp.permission("inventario:compras:leer")
    @ordenes_compra_bp.page(OrdenSalida, FiltroOrdenes, model=OrdenCompra, sort=ORDEN, default="-id")
    def get(self, filtro: dict[str, Any]) -> Any:
        """Purchase orders of the caller's centres, the newest first."""
        return consulta_de_ordenes(filtro, caller())

    @ordenes_compra_bp.permission("inventario:compras:editar")
    @ordenes_compra_bp.arguments(OrdenNueva)
    @ordenes_compra_bp.response(201, OrdenSalida, location="/inventario/ordenes-compra/{id}")
    def post(self, datos: dict[str, Any]) -> Any:
        """Draft one."""
        return crear_orden(datos, caller())


@ordenes_compra_bp.route("/<id:orden_id>")
class UnaOrden(MethodView):
    @ordenes_compra_bp.permission("inventario:compras:leer")
    @ordenes_compra_bp.response(200, OrdenSalida)
    def get(self, orden_id: int) -> Any:
        """One order."""
        return OrdenCompra.obtener(orden_id, caller())

    @ordenes_compra_bp.permission("inventario:compras:editar")
    @ordenes_compra_bp.if_match(required=True)
    @ordenes_compra_bp.arguments(OrdenCambios)
    @ordenes_compra_bp.response(200, OrdenSalida)
    def put(self, cambios: dict[str, Any], orden_id: int) -> Any:
        """Change what is given: of a draft anything, of one that was sent the day, the notes and the warehouse."""
        return cambiar_orden(orden_para_escribir(orden_id, caller()), cambios, caller())

    @ordenes_compra_bp.permission("inventario:compras:editar")
    @ordenes_compra_bp.if_match(required=False)
    @ordenes_compra_bp.response(204)
    def delete(self, orden_id: int) -> Any:
        """Throw a draft away; one that was sent is given up by its state."""
        orden = orden_para_escribir(orden_id, caller())
        check_version(orden)
        orden.exigir_borrador()
        orden.eliminar()
        return no_content()


@ordenes_compra_bp.route("/<id:orden_id>/estado")
class EstadoDeOrden(MethodView):
    @ordenes_compra_bp.permission("inventario:compras:editar")
    @ordenes_compra_bp.if_match(required=False)
    @ordenes_compra_bp.arguments(CambioDeOrden)
    @ordenes_compra_bp.response(200, OrdenSalida)
    def patch(self, datos: dict[str, Any], orden_id: int) -> Any:
        """Send it to the supplier, or give up what has not come of it."""
        return cambiar_estado(orden_para_escribir(orden_id, caller()), datos["estado"], datos.get("motivo"))


@ordenes_compra_bp.route("/<id:orden_id>/recepciones")
class Recepciones(MethodView):
    @ordenes_compra_bp.permission("inventario:compras:leer")
    @ordenes_compra_bp.page(RecepcionBreve, PlainPageQuery, model=Recepcion, sort={}, default="-id")
    def get(self, _filtro: dict[str, Any], orden_id: int) -> Any:
        """What came of the order, the latest first."""
        return consulta_de_recepciones(OrdenCompra.obtener(orden_id, caller()))

    @ordenes_compra_bp.permission("inventario:compras:recibir")
    @ordenes_compra_bp.arguments(RecepcionNueva)
    @ordenes_compra_bp.response(
        201, RecepcionHecha, location="/inventario/ordenes-compra/{orden_id}/recepciones/{id}"
    )
    def post(self, datos: dict[str, Any], orden_id: int) -> Any:
        """Take a delivery into stock: all of the order or a part of it, never more."""
        return recibir(orden_id, datos, caller())


@ordenes_compra_bp.route("/<id:orden_id>/recepciones/<id:recepcion_id>")
class UnaRecepcion(MethodView):
    @ordenes_compra_bp.permission("inventario:compras:leer")
    @ordenes_compra_bp.response(200, RecepcionSalida)
    def get(self, orden_id: int, recepcion_id: int) -> Any:
        """One delivery."""
        return recepcion_de(OrdenCompra.obtener(orden_id, caller()), recepcion_id)
