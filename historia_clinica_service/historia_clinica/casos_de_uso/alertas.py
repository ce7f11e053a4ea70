"""What must be seen at every look at a record."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from comun.db import now
from historia_clinica.dominio.alertas import de_alergia, de_antecedentes, ordenar
from historia_clinica.extensiones import db
from historia_clinica.modelos.alergia import Alergia, EstadoAlergia
from historia_clinica.modelos.antecedentes import Antecedentes


def alertas_de(pacientes: Collection[int]) -> list[dict[str, Any]]:
    """Active allergies and dangers in the history that holds, the gravest first, of a record by the ids of its rows.

    Two statements. Where records were merged, the history of each counts until a new version is written.
    """
    columnas = (
        *(Alergia.id, Alergia.sustancia, Alergia.tipo, Alergia.reaccion, Alergia.severidad),
        Alergia.creado_en,
    )
    activas = db.session.execute(
        db.select(*columnas).where(
            Alergia.paciente_id.in_(pacientes), Alergia.estado == EstadoAlergia.ACTIVA, Alergia.vivos()
        )
    )
    alertas = [de_alergia(*alergia) for alergia in activas]
    vigentes = db.session.execute(
        db.select(Antecedentes.id, Antecedentes.contenido, Antecedentes.creado_en).where(
            Antecedentes.paciente_id.in_(pacientes), Antecedentes.vigente, Antecedentes.vivos()
        )
    )
    for version in vigentes:
        alertas += de_antecedentes(version.id, version.contenido, version.creado_en, now())
    return [alerta.como_dict() for alerta in ordenar(alertas)]
