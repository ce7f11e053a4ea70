"""/comunicaciones/webhooks/{id}/entregas: what became of each event, and delivering again."""

from typing import Any

from flask.views import MethodView

from comun.api import Blueprint
from comun.auth.caller import caller
from comunicaciones.casos_de_uso import reenvios
from comunicaciones.esquemas.entregas import EntregaDetalle, EntregaSalida, FiltroEntregas, Reenvio, ReenvioSalida
from comunicaciones.modelos import EntregaWebhook, Webhook

entregas_bp = Blueprint(
    "entregas", __name__, url_prefix="/comunicaciones/webhooks/<id:webhook_id>", description="Deliveries of events"
)


@entregas_bp.route("/entregas")
class Entregas(MethodView):
    @entregas_bp.permission("webhooks:leer")
    @entregas_bp.page(EntregaSalida, FiltroEntregas, model=EntregaWebhook, sort={}, default="-id")
    def get(self, filtro: dict[str, Any], webhook_id: int) -> Any:
        """What was, is and could not be delivered; the newest first."""
        return EntregaWebhook.de(Webhook.obtener(webhook_id, caller()), filtro)


@entregas_bp.route("/entregas/<id:entrega_id>")
class UnaEntrega(MethodView):
    @entregas_bp.permission("webhooks:leer")
    @entregas_bp.response(200, EntregaDetalle)
    def get(self, webhook_id: int, entrega_id: int) -> Any:
        """One delivery with each of its attempts."""
        return EntregaWebhook.obtener(Webhook.obtener(webhook_id, caller()), entrega_id)


@entregas_bp.route("/entregas/<id:entrega_id>/reenvio")
class ReenvioDeUna(MethodView):
    @entregas_bp.permission("webhooks:gestionar")
    @entregas_bp.response(202, EntregaSalida)
    def post(self, webhook_id: int, entrega_id: int) -> Any:
        """Deliver it again, whatever became of it. The endpoint knows it by its `webhook-id`."""
        entrega = EntregaWebhook.obtener(Webhook.obtener(webhook_id, caller()), entrega_id)
        return reenvios.reenviar(entrega)


@entregas_bp.route("/reenvio")
class ReenvioDeVarias(MethodView):
    @entregas_bp.permission("webhooks:gestionar")
    @entregas_bp.arguments(Reenvio)
    @entregas_bp.response(202, ReenvioSalida)
    def post(self, pedido: dict[str, Any], webhook_id: int) -> Any:
        """Deliver what happened in a span of time again, also from before the subscription."""
        return {"entregas": reenvios.reenviar_tramo(Webhook.obtener(webhook_id, caller()), **pedido)}
