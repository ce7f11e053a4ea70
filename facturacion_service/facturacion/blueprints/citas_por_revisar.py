"""/facturacion/citas-por-revisar: appointments of which a person has to look at what was charged."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from comun.api import Blueprint
from comun.auth.caller import caller
from facturacion.casos_de_uso.citas_por_revisar import Resolucion, por_revisar, revisar
from facturacion.esquemas.citas_por_revisar import CitaPorRevisar, FiltroPorRevisar, ResolucionNueva
from facturacion.modelos import CobroCita

citas_por_revisar_bp = Blueprint(
    "citas_por_revisar",
    __name__,
    url_prefix="/facturacion/citas-por-revisar",
    description="Appointments whose invoice a person has to look at",
)


@citas_por_revisar_bp.route("")
class CitasPorRevisar(MethodView):
    @citas_por_revisar_bp.permission("facturacion:cartera:leer")
    @citas_por_revisar_bp.page(CitaPorRevisar, FiltroPorRevisar, model=CobroCita, sort={}, default="-id")
    def get(self, filtro: dict[str, Any]) -> Any:
        """Those of the caller's centres: reopened once invoiced, without an invoice any more, not chargeable."""
        return por_revisar(filtro, caller())


@citas_por_revisar_bp.route("/<id:cita_id>")
class UnaCitaPorRevisar(MethodView):
    @citas_por_revisar_bp.permission("facturacion:facturas:editar")
    @citas_por_revisar_bp.arguments(ResolucionNueva)
    @citas_por_revisar_bp.response(200, CitaPorRevisar)
    def patch(self, datos: dict[str, Any], cita_id: int) -> Any:
        """Settle one: what was charged stays as it is, or a new draft is made once its invoice was annulled."""
        return revisar(cita_id, Resolucion(datos["resolucion"]), datos["motivo"], caller())
