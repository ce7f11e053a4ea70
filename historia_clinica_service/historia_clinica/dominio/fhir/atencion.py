"""Notes: the encounter, its diagnoses, what was prescribed, and the text itself."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field

from historia_clinica.dominio.fhir.elementos import (
    CIE10,
    LOINC,
    OJOS,
    TERMINOLOGIA,
    Datos,
    Documento,
    Recurso,
    Seccion,
    codificado,
    frase,
    momento,
    ojo,
    pieza,
)
from historia_clinica.dominio.fhir.personas import medico_de, poner_medico

AMBULATORIO = {"system": f"{TERMINOLOGIA}v3-ActCode", "code": "AMB", "display": "ambulatory"}
TEXTOS = (
    ("motivo_consulta", "Motivo de consulta"),
    ("enfermedad_actual", "Enfermedad actual"),
    ("subjetivo", "Subjetivo"),
    ("objetivo", "Objetivo"),
    ("analisis", "Análisis"),
    ("plan", "Plan"),
    ("evolucion", "Evolución"),
    ("texto_libre", "Nota"),
)


@dataclass
class Atencion:
    """The sections that notes fill."""

    encuentros: Seccion = field(default_factory=lambda: Seccion("Atenciones", "46240-8"))
    diagnosticos: Seccion = field(default_factory=lambda: Seccion("Diagnósticos", "11450-4"))
    medicacion: Seccion = field(default_factory=lambda: Seccion("Medicación", "10160-0"))
    notas: Seccion = field(default_factory=lambda: Seccion("Notas clínicas", "34109-9"))


def notas(documento: Documento, filas: Iterable[Datos], custodio: Recurso) -> Atencion:
    """Encounter, Condition, MedicationRequest and DocumentReference of each note. Drafts are left out."""
    atencion = Atencion()
    for nota in filas:
        if nota.get("estado") == "firmada":
            _nota(documento, atencion, nota, custodio)
    return atencion


def _nota(documento: Documento, atencion: Atencion, nota: Datos, custodio: Recurso) -> None:
    medico = poner_medico(documento, medico_de(nota))
    cuando = momento(nota.get("momento") or nota.get("firmada_en"))
    encuentro = {"reference": documento.nombre("Encounter", nota["id"])}
    condiciones = [_diagnostico(documento, nota, uno, encuentro, medico) for uno in nota.get("diagnosticos") or ()]
    recurso = {
        "status": "finished",
        "class": AMBULATORIO,
        "type": [codificado(str(nota["tipo"]).replace("_", " "))] if nota.get("tipo") else [],
        "serviceType": codificado(nota["especialidad"]) if nota.get("especialidad") else None,
        "subject": documento.paciente,
        "participant": [{"individual": medico}] if medico else [],
        "period": {"start": cuando},
        "reasonCode": [codificado(nota["motivo_consulta"])] if nota.get("motivo_consulta") else [],
        "diagnosis": [
            {"condition": condicion, "rank": rango}
            for rango, condicion in enumerate((uno for uno, _ in condiciones), 1)
        ],
        "serviceProvider": custodio,
    }
    atencion.encuentros.referencias.append(documento.poner("Encounter", nota["id"], recurso))
    atencion.encuentros.lineas.append(frase(cuando, nota.get("especialidad"), nota.get("motivo_consulta")))
    for condicion, linea in condiciones:
        atencion.diagnosticos.referencias.append(condicion)
        atencion.diagnosticos.lineas.append(linea)
    for receta in nota.get("recetas") or ():
        _receta(documento, atencion.medicacion, receta, encuentro, medico)
    atencion.notas.referencias.append(_texto(documento, nota, encuentro, medico, custodio))
    atencion.notas.lineas.append(frase(cuando, nota.get("firmante"), f"SHA-256 {nota.get('huella')}"))


def _diagnostico(
    documento: Documento, nota: Datos, uno: Datos, encuentro: Recurso, medico: Recurso | None
) -> tuple[Recurso, str]:
    certeza = "confirmed" if uno.get("condicion") == "definitivo" else "provisional"
    nombre = uno.get("nombre") or uno["codigo_cie10"]
    recurso = {
        "clinicalStatus": codificado(None, (f"{TERMINOLOGIA}condition-clinical", "active")),
        "verificationStatus": codificado(None, (f"{TERMINOLOGIA}condition-ver-status", certeza)),
        "category": [codificado(None, (f"{TERMINOLOGIA}condition-category", "encounter-diagnosis"))],
        "code": codificado(nombre, (CIE10, uno["codigo_cie10"], nombre)),
        "bodySite": [pieza(uno.get("pieza_dental")), ojo(uno.get("ojo"))],
        "subject": documento.paciente,
        "encounter": encuentro,
        "recordedDate": momento(nota.get("firmada_en") or nota.get("momento")),
        "recorder": medico,
        "note": [{"text": uno["detalle"]}] if uno.get("detalle") else [],
    }
    clave = f"{nota['id']}/{uno['codigo_cie10']}/{uno.get('pieza_dental')}/{uno.get('ojo')}"
    lugar = f"pieza {uno['pieza_dental']}" if uno.get("pieza_dental") else uno.get("ojo") and OJOS[uno["ojo"]][2]
    linea = frase(f"{uno['codigo_cie10']} {nombre}", uno.get("condicion"), lugar, uno.get("detalle"))
    return documento.poner("Condition", clave, recurso, nombre), linea


def _receta(
    documento: Documento, seccion: Seccion, receta: Datos, encuentro: Recurso, medico: Recurso | None
) -> None:
    for item in receta.get("items") or ():
        nombre = frase(item["medicamento"], item.get("concentracion"), item.get("forma"), entre=" ")
        toma = frase(item.get("dosis"), item.get("frecuencia"), item.get("duracion"), item.get("indicaciones"))
        recurso = {
            "status": "active",
            "intent": "order",
            "medicationCodeableConcept": codificado(nombre),
            "subject": documento.paciente,
            "encounter": encuentro,
            "authoredOn": momento(receta.get("emitida_en")),
            "requester": medico,
            "groupIdentifier": {"value": str(receta["numero"])} if receta.get("numero") else None,
            "dosageInstruction": [
                {
                    "text": toma,
                    "patientInstruction": item.get("indicaciones"),
                    "route": codificado(item["via"]) if item.get("via") else None,
                }
            ],
            "dispenseRequest": {"quantity": {"value": item["cantidad"]}} if item.get("cantidad") else None,
        }
        clave = f"{receta['id']}/{item.get('orden', nombre)}"
        seccion.referencias.append(documento.poner("MedicationRequest", clave, recurso, nombre))
        seccion.lineas.append(frase(momento(receta.get("emitida_en")), nombre, toma))


def _texto(
    documento: Documento, nota: Datos, encuentro: Recurso, medico: Recurso | None, custodio: Recurso
) -> Recurso:
    """The note as text, with the hash of what was signed and its amendments."""
    partes = [f"{titulo}: {nota[campo]}" for campo, titulo in TEXTOS if nota.get(campo)]
    for enmienda in nota.get("enmiendas") or ():
        partes.append(
            f"Enmienda {enmienda['numero']} ({momento(enmienda.get('firmada_en'))}, {enmienda.get('firmante')}), "
            f"{enmienda.get('motivo')}: {enmienda['texto']}"
        )
    recurso = {
        "masterIdentifier": {"system": "urn:hash:sha256", "value": nota.get("huella")}
        if nota.get("huella")
        else None,
        "status": "current",
        "docStatus": "amended" if nota.get("enmiendas") else "final",
        "type": codificado("Nota de evolución", (LOINC, "11506-3", "Progress note")),
        "subject": documento.paciente,
        "date": momento(nota.get("firmada_en")),
        "author": [medico] if medico else [],
        "authenticator": medico,
        "custodian": custodio,
        "content": [
            {
                "attachment": {
                    "contentType": "text/plain; charset=utf-8",
                    "language": "es-EC",
                    "data": b64encode("\n\n".join(partes).encode()).decode(),
                    "title": frase("Nota", nota.get("tipo"), momento(nota.get("momento"))),
                    "creation": momento(nota.get("firmada_en")),
                }
            }
        ],
        "context": {"encounter": [encuentro], "period": {"start": momento(nota.get("momento"))}},
    }
    return documento.poner("DocumentReference", f"nota/{nota['id']}", recurso)
