"""The notice by e-mail to who answers for a webhook, once for each time that it was paused by itself."""

from __future__ import annotations

import logging
import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from sqlalchemy import func, select, update

from comun.db import now, release
from comun.runtime import runtime
from comunicaciones.modelos import EntregaWebhook, Webhook

logger = logging.getLogger(__name__)

_SEGUNDOS = 10.0
_TANDA = 50
MOTIVOS = {
    "fallos": "porque falla sin interrupción desde {desde}",
    "retirado": "porque contestó que ya no existe (410)",
}


def enviar_avisos() -> int:
    """Send the notices that are due; how many. Nothing without `COMUNICACIONES_SMTP_URL`.

    A server that refuses one address does not keep the others waiting; what was not sent is tried again.
    """
    destino: str | None = runtime().settings["COMUNICACIONES_SMTP_URL"]
    if not destino:
        return 0
    session = runtime().db.session
    pendientes = session.scalars(
        select(Webhook)
        .where(
            Webhook.vivos(),
            Webhook.estado == "pausado",
            Webhook.motivo_pausa.in_(list(MOTIVOS)),
            Webhook.avisado_en.is_(None),
            Webhook.contacto.is_not(None),
        )
        .order_by(Webhook.pausado_en)
        .limit(_TANDA)
    ).all()
    mensajes = [(webhook, _mensaje(webhook)) for webhook in pendientes]
    release(session)
    enviados, fallo = 0, None
    for webhook, mensaje in mensajes:
        try:
            _enviar(destino, mensaje)
        except (OSError, smtplib.SMTPException) as error:
            logger.warning("no notice about webhook %s: %s", webhook.id, type(error).__name__)
            fallo = error
            continue
        # Not through the object: that it was told of is no change of the webhook (its ETag stays).
        session.execute(
            update(Webhook)
            .where(Webhook.id == webhook.id, Webhook.pausado_en == webhook.pausado_en)
            .values(avisado_en=now(), actualizado_en=Webhook.actualizado_en)
        )
        session.commit()
        enviados += 1
    if fallo:
        raise fallo
    return enviados


def _mensaje(webhook: Webhook) -> EmailMessage:
    esperan = runtime().db.session.scalar(
        select(func.count()).where(EntregaWebhook.webhook_id == webhook.id, EntregaWebhook.estado == "pendiente")
    )
    nombre = " ".join(webhook.nombre.split())
    pausado_en = webhook.pausado_en or now()
    motivo = MOTIVOS[webhook.motivo_pausa or "fallos"].format(
        desde=f"{webhook.falla_desde or pausado_en:%Y-%m-%d %H:%M} UTC"
    )
    mensaje = EmailMessage()
    mensaje["Subject"] = f"OdontoCare dejó de enviar eventos a «{nombre}»"
    mensaje["From"] = runtime().settings["COMUNICACIONES_REMITENTE"]
    mensaje["To"] = webhook.contacto
    # The same for the same pause: a server that gets it twice may show it once.
    mensaje["Message-ID"] = f"<webhook-{webhook.id}-{int(pausado_en.timestamp())}@odontocare>"
    mensaje["Auto-Submitted"] = "auto-generated"
    mensaje.set_content(
        f"El webhook «{nombre}» ({urlsplit(webhook.url).hostname}) está en pausa {motivo}.\n\n"
        f"Último error: {webhook.ultimo_error or 'ninguno'}\n"
        f"Eventos que esperan: {esperan}\n\n"
        "Los eventos no se pierden: cuando el receptor funcione, active el webhook y saldrán en orden.\n"
        f'PATCH /comunicaciones/webhooks/{webhook.id}/estado  {{"estado": "activo"}}\n'
    )
    return mensaje


def _enviar(destino: str, mensaje: EmailMessage) -> None:
    partes = urlsplit(destino)
    host = partes.hostname or "localhost"
    contexto = ssl.create_default_context()
    conexion: smtplib.SMTP
    if partes.scheme == "smtps":
        conexion = smtplib.SMTP_SSL(host, partes.port or 465, timeout=_SEGUNDOS, context=contexto)
    else:
        conexion = smtplib.SMTP(host, partes.port or 25, timeout=_SEGUNDOS)
    with conexion as servidor:
        servidor.ehlo_or_helo_if_needed()
        if partes.scheme == "smtp" and servidor.has_extn("starttls"):
            servidor.starttls(context=contexto)
        if partes.username:
            servidor.login(unquote(partes.username), unquote(partes.password or ""))
        servidor.send_message(mensaje)
