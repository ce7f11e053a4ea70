"""/comunicaciones/webhooks: who outside the network hears of what."""

from typing import Any

from flask.views import MethodView

from comun.api import Blueprint, no_content
from comun.auth.caller import caller
from comun.preconditions import check_version
from comunicaciones.casos_de_uso import webhooks
from comunicaciones.entrega.prueba import probar
from comunicaciones.esquemas.webhooks import (
    CambioEstado,
    CambioSecreto,
    FiltroWebhooks,
    PruebaSalida,
    WebhookCambios,
    WebhookConSecreto,
    WebhookNuevo,
    WebhookSalida,
)
from comunicaciones.extensiones import db
from comunicaciones.modelos import Webhook

webhooks_bp = Blueprint(
    "webhooks", __name__, url_prefix="/comunicaciones/webhooks", description="Subscriptions to events"
)


@webhooks_bp.route("")
class Webhooks(MethodView):
    @webhooks_bp.permission("webhooks:leer")
    @webhooks_bp.page(WebhookSalida, FiltroWebhooks, model=Webhook, sort={"nombre": Webhook.nombre})
    def get(self, filtro: dict[str, Any]) -> Any:
        """All subscriptions, and how they do."""
        return db.select(Webhook).where(Webhook.visibles_para(caller())).filter_by(**filtro)

    @webhooks_bp.permission("webhooks:gestionar", keeps_secret=True)
    @webhooks_bp.arguments(WebhookNuevo)
    @webhooks_bp.response(201, WebhookConSecreto, location="/comunicaciones/webhooks/{id}")
    def post(self, datos: dict[str, Any]) -> Any:
        """Subscribe an endpoint. Its secret is shown only here."""
        return webhooks.crear(datos)


@webhooks_bp.route("/<id:webhook_id>")
class UnWebhook(MethodView):
    @webhooks_bp.permission("webhooks:leer")
    @webhooks_bp.response(200, WebhookSalida)
    def get(self, webhook_id: int) -> Any:
        """One subscription."""
        return Webhook.obtener(webhook_id, caller())

    @webhooks_bp.permission("webhooks:gestionar")
    @webhooks_bp.if_match(required=True)
    @webhooks_bp.arguments(WebhookCambios.as_partial())
    @webhooks_bp.response(200, WebhookSalida)
    def put(self, cambios: dict[str, Any], webhook_id: int) -> Any:
        """Change what is given. What waits already goes to the new address too."""
        webhook = Webhook.obtener(webhook_id, caller())
        check_version(webhook)
        return webhooks.cambiar(webhook, cambios)

    @webhooks_bp.permission("webhooks:gestionar")
    @webhooks_bp.if_match(required=False)
    @webhooks_bp.response(204)
    def delete(self, webhook_id: int) -> Any:
        """End the subscription; what waits is dropped."""
        webhook = Webhook.obtener(webhook_id, caller())
        check_version(webhook)
        webhooks.retirar(webhook)
        return no_content()


@webhooks_bp.route("/<id:webhook_id>/estado")
class EstadoDeWebhook(MethodView):
    @webhooks_bp.permission("webhooks:gestionar")
    @webhooks_bp.if_match(required=False)
    @webhooks_bp.arguments(CambioEstado)
    @webhooks_bp.response(200, WebhookSalida)
    def patch(self, cambio: dict[str, Any], webhook_id: int) -> Any:
        """Pause: events wait. Activate: what waits goes out, in order, and earlier failures are forgotten."""
        webhook = Webhook.obtener(webhook_id, caller())
        check_version(webhook)
        return webhooks.cambiar_estado(webhook, **cambio)


@webhooks_bp.route("/<id:webhook_id>/secreto")
class SecretoDeWebhook(MethodView):
    @webhooks_bp.permission("webhooks:gestionar", keeps_secret=True)
    @webhooks_bp.arguments(CambioSecreto)
    @webhooks_bp.response(200, WebhookConSecreto)
    def post(self, datos: dict[str, Any], webhook_id: int) -> Any:
        """A new secret, shown only here. Until the old one expires deliveries carry both signatures."""
        return webhooks.cambiar_secreto(Webhook.obtener(webhook_id, caller()), datos["vigencia_horas"])


@webhooks_bp.route("/<id:webhook_id>/prueba")
class PruebaDeWebhook(MethodView):
    @webhooks_bp.permission("webhooks:gestionar")
    @webhooks_bp.response(200, PruebaSalida)
    def post(self, webhook_id: int) -> Any:
        """Send a signed `webhook.prueba.v1` now, once, also to a paused webhook, and tell what came back."""
        return probar(Webhook.obtener(webhook_id, caller()).id)
