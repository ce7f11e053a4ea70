"""News that this service sends: that something happened in a record, never what it says."""

from __future__ import annotations

from comun.events import emit
from historia_clinica.modelos import Nota, Receta


def anunciar_firma(nota: Nota) -> None:
    """Emit `nota.firmada.v1` in the current transaction."""
    emit(
        "nota.firmada.v1",
        f"nota/{nota.id}",
        {
            "id": nota.id,
            "paciente_id": nota.paciente_id,
            "cita_id": nota.cita_id,
            "doctor_id": nota.doctor_id,
            "centro_id": nota.centro_id,
            "firmada_en": nota.firmada_en,
        },
    )


def anunciar_receta(receta: Receta) -> None:
    """Emit `receta.emitida.v1` in the current transaction."""
    emit(
        "receta.emitida.v1",
        f"receta/{receta.id}",
        {
            "id": receta.id,
            "numero": receta.numero,
            "nota_id": receta.nota_id,
            "paciente_id": receta.paciente_id,
            "doctor_id": receta.doctor_id,
            "centro_id": receta.centro_id,
            "emitida_en": receta.emitida_en,
        },
    )
