"""/facturacion/facturas/{id}/plan-cuotas: paying an invoice in instalments."""

from typing import Any

from flask.views import MethodView

from comun.api import Blueprint, no_content
from comun.auth.caller import caller
from comun.errors import NotFound
from facturacion.casos_de_uso.cuotas import SIN_PLAN, poner_plan, quitar_plan
from facturacion.esquemas.cuotas import PlanNuevo, PlanSalida
from facturacion.modelos import Factura

cuotas_bp = Blueprint("cuotas", __name__, url_prefix="/facturacion/facturas", description="Instalments")


@cuotas_bp.route("/<id:factura_id>/plan-cuotas")
class PlanDeCuotas(MethodView):
    @cuotas_bp.permission("facturacion:facturas:leer")
    @cuotas_bp.response(200, PlanSalida)
    def get(self, factura_id: int) -> Any:
        """Its instalments, and what of each is paid."""
        factura = Factura.obtener(factura_id, caller())
        if not factura.cuotas:
            raise NotFound(SIN_PLAN)
        return factura

    @cuotas_bp.permission("facturacion:facturas:editar")
    @cuotas_bp.if_match(required=False)
    @cuotas_bp.arguments(PlanNuevo)
    @cuotas_bp.response(200, PlanSalida)
    def put(self, datos: dict[str, Any], factura_id: int) -> Any:
        """Have what the patient owes paid in these instalments, instead of those of before."""
        return poner_plan(factura_id, datos, caller())

    @cuotas_bp.permission("facturacion:facturas:editar")
    @cuotas_bp.if_match(required=False)
    @cuotas_bp.response(204)
    def delete(self, factura_id: int) -> Any:
        """Have all of it paid at once again."""
        quitar_plan(factura_id, caller())
        return no_content()
