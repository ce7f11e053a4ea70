"""The record as a FHIR document: a Bundle whose first entry, the Composition, leads to all others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from historia_clinica.dominio.fhir import antecedentes, atencion, especialidades
from historia_clinica.dominio.fhir.elementos import (
    LOINC,
    Datos,
    Documento,
    Recurso,
    Seccion,
    codificado,
    momento,
    sin_vacios,
)
from historia_clinica.dominio.fhir.personas import poner_centro, poner_medico, poner_paciente


@dataclass(frozen=True)
class Registro:
    """What a document is made of. `partes`: the rows of each part of the record by its name; `autor`: who exports it,
    when he is a doctor; `raiz`: what the names of the resources follow from, this installation's own.
    """

    paciente: Datos
    centro: Datos
    autor: Datos | None
    medicos: Sequence[Datos]
    partes: Mapping[str, Sequence[Datos]]
    momento: datetime
    raiz: str


def documento_fhir(registro: Registro) -> Recurso:
    """The Bundle (type `document`) of a record. Drafts and what was annulled are left out."""
    documento = Documento(registro.raiz)
    paciente = poner_paciente(documento, registro.paciente)
    custodio = poner_centro(documento, registro.centro)
    autor = poner_medico(documento, registro.autor) or custodio
    for medico in registro.medicos:
        poner_medico(documento, medico)
    secciones = [*_secciones(documento, registro.partes, custodio)]
    nombre = documento.nombre("Composition", f"{registro.paciente['id']}/{momento(registro.momento)}")
    composicion = sin_vacios(
        {
            "resourceType": "Composition",
            "id": nombre.removeprefix("urn:uuid:"),
            "status": "final",
            "type": codificado("Historia clínica", (LOINC, "11503-0", "Medical records")),
            "subject": paciente,
            "date": momento(registro.momento),
            "author": [autor],
            "title": "Historia clínica",
            "confidentiality": "N",
            "custodian": custodio,
            "section": [seccion.recurso() for seccion in secciones],
        }
    )
    bundle = documento.nombre("Bundle", f"{registro.paciente['id']}/{momento(registro.momento)}")
    return {
        "resourceType": "Bundle",
        "id": bundle.removeprefix("urn:uuid:"),
        "identifier": {"system": "urn:ietf:rfc:3986", "value": bundle},
        "type": "document",
        "timestamp": momento(registro.momento),
        "entry": [{"fullUrl": nombre, "resource": composicion}, *documento.entradas()],
    }


def _secciones(documento: Documento, partes: Mapping[str, Sequence[Datos]], custodio: Recurso) -> Iterable[Seccion]:
    def filas(nombre: str) -> Sequence[Datos]:
        return partes.get(nombre) or ()

    yield antecedentes.alergias(documento, filas("alergias"))
    yield antecedentes.historia(documento, filas("antecedentes"))
    yield antecedentes.signos(documento, filas("signos_vitales"))
    notas = atencion.notas(documento, filas("notas"), custodio)
    antecedentes.medicacion_habitual(documento, filas("antecedentes"), notas.medicacion)
    yield from (notas.encuentros, notas.diagnosticos, notas.medicacion)
    yield from especialidades.dientes(documento, filas("odontograma"))
    yield especialidades.ojos(documento, filas("examenes_oftalmologicos"))
    yield especialidades.lentes(documento, filas("recetas_opticas"))
    yield notas.notas
    yield especialidades.consentimientos(documento, filas("consentimientos"), custodio)
    yield especialidades.adjuntos(documento, filas("adjuntos"))
