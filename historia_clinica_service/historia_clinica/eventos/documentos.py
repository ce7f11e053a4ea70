"""News of consents: that there is one, never what it says."""

from __future__ import annotations

from datetime import datetime

from comun.events import emit
from historia_clinica.modelos import Consentimiento


def anunciar_consentimiento(suceso: str, consentimiento: Consentimiento, momento: datetime) -> None:
    """Emit `consentimiento.aceptado.v1` or `consentimiento.revocado.v1` in the current transaction."""
    emit(
        f"consentimiento.{suceso}.v1",
        f"consentimiento/{consentimiento.id}",
        {
            "id": consentimiento.id,
            "paciente_id": consentimiento.paciente_id,
            "doctor_id": consentimiento.doctor_id,
            "texto_id": consentimiento.texto_id,
            "momento": momento,
        },
    )
