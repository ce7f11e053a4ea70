"""/inventario/compras: what to buy."""

from typing import Any

from flask.views import MethodView

from comun.api import Blueprint
from comun.auth.caller import caller
from inventario.casos_de_uso.sugeridas import pedir_lo_sugerido, sugerir
from inventario.esquemas.compras import BorradoresHechos, FiltroSugeridas, PedidoDeSugeridas, Sugeridas

compras_bp = Blueprint("compras", __name__, url_prefix="/inventario/compras", description="What to buy")


@compras_bp.route("/sugeridas")
class ComprasSugeridas(MethodView):
    @compras_bp.permission("inventario:compras:leer")
    @compras_bp.arguments(FiltroSugeridas, location="query")
    @compras_bp.response(200, Sugeridas)
    def get(self, filtro: dict[str, Any]) -> Any:
        """What has run low, or will by the agenda, and is not on order: by supplier and centre."""
        return {"datos": sugerir(filtro, caller())}

    @compras_bp.permission("inventario:compras:editar")
    @compras_bp.arguments(PedidoDeSugeridas)
    @compras_bp.response(201, BorradoresHechos)
    def post(self, filtro: dict[str, Any]) -> Any:
        """Draft the orders for it; none when nothing is missing."""
        return pedir_lo_sugerido(filtro, caller())
