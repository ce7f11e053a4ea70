"""The signature by which a receiver knows that a call is ours (https://www.standardwebhooks.com)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook

AGENTE = "OdontoCare-Webhooks/1"


def cabeceras(evento_id: str, cuerpo: bytes, secretos: Sequence[str], momento: datetime) -> Mapping[str, str]:
    """The headers of a delivery, signed with each of the secrets (`whsec_…`).

    `evento_id` is the same at each attempt, so that the receiver recognises repetitions; `momento` (aware) is
    that of the attempt, which a receiver refuses when it is long past.
    """
    texto, en_utc = cuerpo.decode(), momento.astimezone(UTC)  # the library takes any zone for UTC
    firmas = [Webhook(secreto).sign(evento_id, en_utc, texto) for secreto in secretos]
    return {
        "Content-Type": "application/json",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "User-Agent": AGENTE,
        "webhook-id": evento_id,
        "webhook-timestamp": str(int(momento.timestamp())),
        "webhook-signature": " ".join(firmas),
    }
