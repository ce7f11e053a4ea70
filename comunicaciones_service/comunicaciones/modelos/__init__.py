"""What this service keeps."""

from comunicaciones.modelos.entrega import EntregaWebhook, EstadoEntrega, IntentoWebhook
from comunicaciones.modelos.evento import Evento
from comunicaciones.modelos.webhook import EstadoWebhook, MotivoPausa, Webhook

__all__ = [
    "EntregaWebhook",
    "EstadoEntrega",
    "EstadoWebhook",
    "Evento",
    "IntentoWebhook",
    "MotivoPausa",
    "Webhook",
]
