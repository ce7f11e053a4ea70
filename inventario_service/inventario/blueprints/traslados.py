"""/inventario/traslados: from one warehouse to another."""

from typing import Any

from flask.views import MethodView

from comun.api import Blueprint
from comun.auth.caller import caller
from inventario.casos_de_uso.traslados import a_la_vista, entre, obtener_traslado, trasladar, visibles_para
from inventario.esquemas.traslados import FiltroTraslados, TrasladoNuevo, TrasladoSalida
from inventario.extensiones import db
from inventario.modelos import Bodega, Movimiento, Traslado

traslados_bp = Blueprint("traslados", __name__, url_prefix="/inventario", description="Transfers between warehouses")


@traslados_bp.route("/traslados")
class Traslados(MethodView):
    @traslados_bp.permission("inventario:movimientos:leer")
    @traslados_bp.page(
        TrasladoSalida, FiltroTraslados, model=Traslado, sort={"momento": Traslado.momento}, default="-id"
    )
    def get(self, filtro: dict[str, Any]) -> Any:
        """Those that left or reached the caller's centres, the latest first."""
        consulta = db.select(Traslado).where(visibles_para(caller())).options(*a_la_vista())
        if "centro_id" in filtro:
            consulta = consulta.where(entre(Bodega.centro_id == filtro["centro_id"]))
        if "bodega_id" in filtro:
            consulta = consulta.where(entre(Bodega.id == filtro["bodega_id"]))
        if "producto_id" in filtro:
            suyos = db.select(Movimiento.traslado_id).where(
                Movimiento.producto_id == filtro["producto_id"], Movimiento.traslado_id.is_not(None)
            )
            consulta = consulta.where(Traslado.id.in_(suyos))
        return consulta

    @traslados_bp.permission("inventario:traslados:crear")
    @traslados_bp.arguments(TrasladoNuevo)
    @traslados_bp.response(201, TrasladoSalida, location="/inventario/traslados/{id}")
    def post(self, datos: dict[str, Any]) -> Any:
        """Move stock; the caller acts in both centres."""
        return trasladar(datos, caller())


@traslados_bp.route("/traslados/<id:traslado_id>")
class UnTraslado(MethodView):
    @traslados_bp.permission("inventario:movimientos:leer")
    @traslados_bp.response(200, TrasladoSalida)
    def get(self, traslado_id: int) -> Any:
        """One transfer."""
        return obtener_traslado(traslado_id, caller())
