"""Notes of care: what they may say, and what is signed of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

# The parts of a note that are text: of a note in the SOAP form, of any form, and of the first visit.
TEXTOS = (
    *("motivo_consulta", "enfermedad_actual", "subjetivo", "objetivo", "analisis", "plan", "evolucion"),
    "texto_libre",
)


class TipoNota(StrEnum):
    """What brought the patient."""

    PRIMERA_VEZ = "primera_vez"
    SUBSECUENTE = "subsecuente"
    URGENCIA = "urgencia"
    PROCEDIMIENTO = "procedimiento"
    INTERCONSULTA = "interconsulta"
    TELECONSULTA = "teleconsulta"


class Condicion(StrEnum):
    """How sure a diagnosis is (form 033, form 002)."""

    PRESUNTIVO = "presuntivo"
    DEFINITIVO = "definitivo"


class Ojo(StrEnum):
    """Right, left, both."""

    OD = "od"
    OI = "oi"
    AO = "ao"


def defectos_de_diagnosticos(diagnosticos: Sequence[Mapping[str, Any]]) -> dict[Any, dict[str, list[str]]]:
    """What is wrong with a note's diagnoses together, by place from 0: one only is principal, none is twice."""
    defectos: dict[Any, dict[str, list[str]]] = {}
    principales = [lugar for lugar, uno in enumerate(diagnosticos) if uno.get("principal")]
    if diagnosticos and not principales:
        defectos[0] = {"principal": ["Uno de los diagnósticos debe ser el principal."]}
    for lugar in principales[1:]:
        defectos[lugar] = {"principal": ["Ya hay otro diagnóstico principal."]}
    vistos: set[tuple[Any, ...]] = set()
    for lugar, uno in enumerate(diagnosticos):
        cual = uno["codigo_cie10"], uno.get("pieza_dental"), uno.get("ojo")
        if cual in vistos:
            defectos.setdefault(lugar, {})["codigo_cie10"] = ["Ese diagnóstico ya está en la nota."]
        vistos.add(cual)
    return defectos


def falta_para_firmar(nota: Mapping[str, Any], diagnosticos: Sequence[Any], tiene_formulario: bool) -> str | None:
    """Why a note can't be signed yet: there is nothing in it. `nota` gives its texts by name."""
    if any(nota.get(campo) for campo in TEXTOS if campo != "motivo_consulta") or diagnosticos or tiene_formulario:
        return None
    return "La nota está vacía: escriba qué se encontró o qué se hizo."
