"""What must be seen at every look at a record: active allergies, and what of the history endangers a treatment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from comun.fields import fold
from historia_clinica.dominio.preguntas import ANTECEDENTES, Respuesta, Severidad

# 40 weeks and two more: a yes that is older no longer says that there is a pregnancy.
EMBARAZO = timedelta(weeks=42)

# Stems of generic names (INN), folded → the question that they answer with yes. Sources: the drugs named by the
# American Dental Association and the SDCEP guidance on anticoagulants, and the AAOMS position paper on osteonecrosis
# of the jaw (2022).
FARMACOS: Mapping[str, tuple[str, ...]] = {
    "anticoagulantes": (
        *("warfarin", "acenocumarol", "rivaroxaban", "apixaban", "dabigatran", "edoxaban", "enoxaparin"),
        *("heparin", "fondaparinux", "clopidogrel", "prasugrel", "ticagrelor"),
        *("aspirin", "acetilsalicilic", "cilostazol"),
    ),
    "bifosfonatos": ("alendron", "ibandron", "risedron", "zoledron", "pamidron", "denosumab", "romosozumab"),
    "inmunosupresion": ("metotrexat", "azatioprin", "ciclosporin", "tacrolimus", "micofenol", "adalimumab"),
}
# Questions about allergies: what was said to them counts as what the patient is allergic to.
ALERGIAS = frozenset({"alergia_antibiotico", "alergia_anestesia"})
_ORDEN = {severidad: lugar for lugar, severidad in enumerate(reversed(Severidad))}


@dataclass(frozen=True)
class Alerta:
    """Something to be seen. `desde`: when it was noted; `recurso_id`: of the allergy or of the version.

    `sustancia`: of an allergy, what to, as it was said.
    """

    tipo: str
    codigo: str
    descripcion: str
    severidad: str
    desde: datetime
    recurso_id: int
    sustancia: str | None = None

    def como_dict(self) -> dict[str, Any]:
        """Plain, as answers carry it."""
        return asdict(self)


def de_alergia(
    recurso_id: int, sustancia: str, tipo: str, reaccion: str | None, severidad: str, desde: datetime
) -> Alerta:
    """The alert of an active allergy."""
    descripcion = f"Alergia a {sustancia}" + (f": {reaccion}" if reaccion else "")
    return Alerta("alergia", tipo, descripcion, severidad, desde, recurso_id, sustancia)


def de_antecedentes(recurso_id: int, contenido: Mapping[str, Any], desde: datetime, hoy: datetime) -> list[Alerta]:
    """The alerts of a version of the history written at `desde`: of its answers, and of the drugs that it names."""
    dichas = {
        codigo: dada.get("detalle") or ""
        for codigo, dada in contenido["antecedentes"].items()
        if dada["respuesta"] == Respuesta.SI
    }
    for codigo, farmacos in _por_farmacos(contenido["medicacion"]).items():
        dichas.setdefault(codigo, ", ".join(farmacos))
    if "embarazo" in dichas and hoy - desde > EMBARAZO:
        del dichas["embarazo"]
    return [
        _de_respuesta(recurso_id, codigo, detalle, desde)
        for codigo, detalle in dichas.items()
        if ANTECEDENTES[codigo].alerta is not None
    ]


def _de_respuesta(recurso_id: int, codigo: str, detalle: str, desde: datetime) -> Alerta:
    pregunta = ANTECEDENTES[codigo]
    descripcion = pregunta.nombre + (f": {detalle}" if detalle else "")
    es_alergia = codigo in ALERGIAS
    tipo = "alergia" if es_alergia else "antecedente"
    return Alerta(tipo, codigo, descripcion, str(pregunta.alerta), desde, recurso_id, detalle if es_alergia else None)


def _por_farmacos(medicacion: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    hallados: dict[str, list[str]] = {}
    for fila in medicacion:
        nombre = fold(fila["medicamento"])
        for codigo, raices in FARMACOS.items():
            if any(raiz in nombre for raiz in raices):
                hallados.setdefault(codigo, []).append(fila["medicamento"])
    return hallados


def ordenar(alertas: Iterable[Alerta]) -> list[Alerta]:
    """The gravest first, each thing once; allergies before the rest."""
    unicas = {(alerta.tipo, fold(alerta.descripcion)): alerta for alerta in alertas}
    return sorted(unicas.values(), key=lambda a: (_ORDEN[Severidad(a.severidad)], a.tipo, fold(a.descripcion)))
