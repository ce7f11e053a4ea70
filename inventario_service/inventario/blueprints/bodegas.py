"""/inventario/bodegas: the warehouses of centres."""

from typing import Any

from flask.views import MethodView

from comun.api import Blueprint, no_content
from comun.auth.caller import caller
from inventario.casos_de_uso.bodegas import cambiar_bodega, crear_bodega, eliminar_bodega
from inventario.esquemas.bodegas import BodegaCambios, BodegaNueva, BodegaSalida, FiltroBodegas
from inventario.extensiones import db
from inventario.modelos import Bodega

bodegas_bp = Blueprint("bodegas", __name__, url_prefix="/inventario/bodegas", description="Warehouses")

ORDEN = {"centro_id": Bodega.centro_id, "nombre": Bodega.nombre, "actualizado_en": Bodega.actualizado_en}


@bodegas_bp.route("")
class Bodegas(MethodView):
    @bodegas_bp.permission("inventario:productos:leer")
    @bodegas_bp.page(BodegaSalida, FiltroBodegas, model=Bodega, sort=ORDEN, default="centro_id,nombre")
    def get(self, filtro: dict[str, Any]) -> Any:
        """The warehouses of the caller's centres."""
        return db.select(Bodega).where(Bodega.visibles_para(caller())).filter_by(**filtro)

    @bodegas_bp.permission("inventario:bodegas:editar")
    @bodegas_bp.arguments(BodegaNueva)
    @bodegas_bp.response(201, BodegaSalida, location="/inventario/bodegas/{id}")
    def post(self, datos: dict[str, Any]) -> Any:
        """Add a warehouse to a centre; its first one is the principal one."""
        return crear_bodega(datos, caller())


@bodegas_bp.route("/<id:bodega_id>")
class UnaBodega(MethodView):
    @bodegas_bp.permission("inventario:productos:leer")
    @bodegas_bp.response(200, BodegaSalida)
    def get(self, bodega_id: int) -> Any:
        """One warehouse."""
        return Bodega.obtener(bodega_id, caller())

    @bodegas_bp.permission("inventario:bodegas:editar")
    @bodegas_bp.if_match(required=False)
    @bodegas_bp.arguments(BodegaCambios.as_partial())
    @bodegas_bp.response(200, BodegaSalida)
    def put(self, cambios: dict[str, Any], bodega_id: int) -> Any:
        """Rename it, or make it the principal one."""
        return cambiar_bodega(Bodega.obtener(bodega_id, caller()), cambios, caller())

    @bodegas_bp.permission("inventario:bodegas:editar")
    @bodegas_bp.if_match(required=False)
    @bodegas_bp.response(204)
    def delete(self, bodega_id: int) -> Any:
        """Delete it; not while anything is in it or on the way to it."""
        eliminar_bodega(Bodega.obtener(bodega_id, caller()), caller())
        return no_content()
