"""/facturacion/facturas/{id}/cobertura: what an insurer takes over of an invoice."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from comun.api import Blueprint, no_content
from comun.auth.caller import caller
from facturacion.casos_de_uso.coberturas import poner_cobertura, quitar_cobertura
from facturacion.esquemas.coberturas import CoberturaNueva
from facturacion.esquemas.facturas import FacturaSalida

coberturas_bp = Blueprint("coberturas", __name__, url_prefix="/facturacion/facturas", description="Insurers' parts")


@coberturas_bp.route("/<id:factura_id>/cobertura")
class Cobertura(MethodView):
    @coberturas_bp.permission("facturacion:facturas:editar")
    @coberturas_bp.if_match()
    @coberturas_bp.arguments(CoberturaNueva)
    @coberturas_bp.response(200, FacturaSalida)
    def put(self, datos: dict[str, Any], factura_id: int) -> Any:
        """Let an insurer owe so much of it; once it is issued, less than before."""
        return poner_cobertura(factura_id, datos, caller())

    @coberturas_bp.permission("facturacion:facturas:editar")
    @coberturas_bp.if_match()
    @coberturas_bp.response(204)
    def delete(self, factura_id: int) -> Any:
        """Let the patient owe all of a draft again."""
        quitar_cobertura(factura_id, caller())
        return no_content()
