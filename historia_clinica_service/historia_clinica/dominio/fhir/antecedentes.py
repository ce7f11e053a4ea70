"""Allergies, medical history and vital signs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from historia_clinica.dominio.fhir.elementos import (
    CIE10,
    LOINC,
    TERMINOLOGIA,
    Datos,
    Documento,
    Recurso,
    Seccion,
    cantidad,
    codificado,
    frase,
    momento,
)
from historia_clinica.dominio.fhir.personas import medico_de, poner_medico
from historia_clinica.dominio.signos import SIGNOS

CATEGORIAS_DE_ALERGIA = {
    "medicamento": ["medication"],
    "alimento": ["food"],
    "ambiental": ["environment"],
    "latex": ["environment"],
}
CERTEZAS = {"confirmada": "confirmed"}
GRAVEDADES = {"leve": "mild", "moderada": "moderate", "grave": "severe"}
SIGNOS_VITALES = codificado("Signos vitales", (f"{TERMINOLOGIA}observation-category", "vital-signs", "Vital Signs"))
PRESION = ("presion_sistolica_mmhg", "presion_diastolica_mmhg")
SENTIDOS = {"alto": ("H", "Alto"), "bajo": ("L", "Bajo")}


def alergias(documento: Documento, filas: Iterable[Datos]) -> Seccion:
    """AllergyIntolerance."""
    seccion = Seccion("Alergias e intolerancias", "48765-2")
    for fila in filas:
        activa, descartada = fila.get("estado") == "activa", fila.get("estado") == "descartada"
        certeza = "refuted" if descartada else CERTEZAS.get(fila.get("certeza") or "", "unconfirmed")
        severidad = fila.get("severidad")
        recurso = {
            "clinicalStatus": codificado(
                None, (f"{TERMINOLOGIA}allergyintolerance-clinical", "active" if activa else "inactive")
            ),
            "verificationStatus": codificado(None, (f"{TERMINOLOGIA}allergyintolerance-verification", certeza)),
            "category": CATEGORIAS_DE_ALERGIA.get(fila.get("tipo") or "", []),
            "criticality": "high" if severidad == "grave" else "low",
            "code": codificado(fila["sustancia"]),
            "patient": documento.paciente,
            "onsetDateTime": momento(fila.get("detectada_en")),
            "recordedDate": momento(fila.get("creado_en")),
            "recorder": poner_medico(documento, medico_de(fila)),
            "reaction": [
                {"manifestation": [codificado(fila["reaccion"])], "severity": GRAVEDADES.get(severidad or "")}
            ]
            if fila.get("reaccion")
            else [],
        }
        seccion.referencias.append(documento.poner("AllergyIntolerance", fila["id"], recurso, fila["sustancia"]))
        seccion.lineas.append(frase(fila["sustancia"], fila.get("reaccion"), severidad, fila.get("estado")))
    return seccion


def historia(documento: Documento, filas: Iterable[Datos]) -> Seccion:
    """Condition for what was answered yes or no to, with what the family has; Procedure for operations."""
    seccion = Seccion("Antecedentes", "11348-0")
    for version in filas:
        for grupo in ("antecedentes", "habitos"):
            for fila in version.get(grupo) or ():
                _respuesta(documento, seccion, version, grupo, fila)
        for numero, fila in enumerate(version.get("condiciones") or ()):
            _condicion(documento, seccion, version, numero, fila)
        for fila in version.get("familiares") or ():
            _familiar(documento, seccion, version, fila)
        for numero, fila in enumerate(version.get("cirugias") or ()):
            _cirugia(documento, seccion, version, numero, fila)
    return seccion


def _respuesta(documento: Documento, seccion: Seccion, version: Datos, grupo: str, fila: Datos) -> None:
    respuesta, nombre = fila.get("respuesta"), fila.get("nombre") or fila["codigo"]
    if respuesta not in ("si", "no"):
        return
    activa, certeza = ("active", "confirmed") if respuesta == "si" else ("inactive", "refuted")
    cigarrillos = f"{fila['cigarrillos_dia']} cigarrillos al día" if fila.get("cigarrillos_dia") else None
    recurso = _problema(documento, version, activa, certeza) | {
        "code": codificado(nombre),
        "note": [{"text": texto} for texto in (fila.get("detalle"), cigarrillos) if texto],
    }
    clave = f"{version['id']}/{grupo}/{fila['codigo']}"
    seccion.referencias.append(documento.poner("Condition", clave, recurso, nombre))
    if respuesta == "si":
        seccion.lineas.append(frase(f"{nombre}: sí", fila.get("detalle"), cigarrillos))


def _condicion(documento: Documento, seccion: Seccion, version: Datos, numero: int, fila: Datos) -> None:
    activa = "active" if fila.get("activa", True) else "inactive"
    codigo = fila.get("codigo_cie10")
    recurso = _problema(documento, version, activa, "confirmed") | {
        "code": codificado(fila["descripcion"], *([(CIE10, codigo)] if codigo else [])),
        "onsetDateTime": str(fila["desde_ano"]) if fila.get("desde_ano") else None,
    }
    clave = f"{version['id']}/condiciones/{numero}"
    seccion.referencias.append(documento.poner("Condition", clave, recurso, fila["descripcion"]))
    seccion.lineas.append(frase(fila["descripcion"], codigo, fila.get("desde_ano")))


def _problema(documento: Documento, version: Datos, activa: str, certeza: str) -> Recurso:
    return {
        "clinicalStatus": codificado(None, (f"{TERMINOLOGIA}condition-clinical", activa)),
        "verificationStatus": codificado(None, (f"{TERMINOLOGIA}condition-ver-status", certeza)),
        "category": [codificado(None, (f"{TERMINOLOGIA}condition-category", "problem-list-item"))],
        "subject": documento.paciente,
        "recordedDate": momento(version.get("creado_en")),
        "recorder": poner_medico(documento, medico_de(version)),
    }


def _familiar(documento: Documento, seccion: Seccion, version: Datos, fila: Datos) -> None:
    if fila.get("respuesta") != "si":
        return
    nombre = fila.get("nombre") or fila["codigo"]
    for parentesco in fila.get("parentescos") or ["familiar"]:
        recurso = {
            "status": "completed",
            "patient": documento.paciente,
            "relationship": codificado(parentesco),
            "condition": [
                {"code": codificado(nombre), "note": [{"text": fila["detalle"]}] if fila.get("detalle") else []}
            ],
        }
        clave = f"{version['id']}/{fila['codigo']}/{parentesco}"
        seccion.referencias.append(documento.poner("FamilyMemberHistory", clave, recurso))
        seccion.lineas.append(frase(f"Familiares: {nombre}", parentesco, fila.get("detalle")))


def _cirugia(documento: Documento, seccion: Seccion, version: Datos, numero: int, fila: Datos) -> None:
    recurso = {
        "status": "completed",
        "code": codificado(fila["que"]),
        "subject": documento.paciente,
        "performedDateTime": str(fila["ano"]) if fila.get("ano") else None,
        "note": [{"text": fila["detalle"]}] if fila.get("detalle") else [],
    }
    seccion.referencias.append(
        documento.poner("Procedure", f"{version['id']}/cirugia/{numero}", recurso, fila["que"])
    )
    seccion.lineas.append(frase(fila["que"], fila.get("ano"), fila.get("detalle")))


def medicacion_habitual(documento: Documento, filas: Iterable[Datos], seccion: Seccion) -> None:
    """MedicationStatement for what the patient takes anyway."""
    for version in filas:
        for numero, fila in enumerate(version.get("medicacion") or ()):
            toma = frase(fila.get("dosis"), fila.get("frecuencia"))
            recurso = {
                "status": "active",
                "medicationCodeableConcept": codificado(fila["medicamento"]),
                "subject": documento.paciente,
                "dateAsserted": momento(version.get("creado_en")),
                "reasonCode": [codificado(fila["motivo"])] if fila.get("motivo") else [],
                "dosage": [{"text": toma}] if toma else [],
            }
            clave = f"{version['id']}/{numero}"
            seccion.referencias.append(documento.poner("MedicationStatement", clave, recurso, fila["medicamento"]))
            seccion.lineas.append(frase(f"Habitual: {fila['medicamento']}", toma))


def signos(documento: Documento, filas: Iterable[Datos]) -> Seccion:
    """Observation for each sign, systolic and diastolic pressure together; what was annulled is left out."""
    seccion = Seccion("Signos vitales", "8716-3")
    for fila in filas:
        if fila.get("estado") == "anulado":
            continue
        comun = {
            "status": "final",
            "category": [SIGNOS_VITALES],
            "subject": documento.paciente,
            "effectiveDateTime": momento(fila["tomado_en"]),
            "performer": [poner_medico(documento, medico_de(fila))],
        }
        marcas = {una["campo"]: una["sentido"] for una in fila.get("fuera_de_rango") or ()}
        for campo, observado in _observados(fila):
            recurso = {**comun, **observado, "interpretation": _interpretacion(marcas.get(campo))}
            seccion.referencias.append(documento.poner("Observation", f"signos/{fila['id']}/{campo}", recurso))
        medidos = (f"{SIGNOS[campo].nombre} {fila[campo]}" for campo in SIGNOS if fila.get(campo) is not None)
        seccion.lineas.append(f"{momento(fila['tomado_en'])}: {', '.join(medidos)}")
    return seccion


def _observados(fila: Datos) -> Iterable[tuple[str, Recurso]]:
    for campo, signo in SIGNOS.items():
        if campo in PRESION or fila.get(campo) is None:
            continue
        valor = {"valueQuantity": cantidad(fila[campo], signo.unidad, signo.unidad)}
        yield campo, {"code": codificado(signo.nombre, (LOINC, signo.loinc)), **valor}
    if fila.get("imc") is not None:
        codigo = codificado("Índice de masa corporal", (LOINC, "39156-5"))
        yield "imc", {"code": codigo, "valueQuantity": cantidad(fila["imc"], "kg/m2", "kg/m2")}
    if fila.get(PRESION[0]) is not None:
        panel = codificado("Presión arterial", (LOINC, "85354-9", "Blood pressure panel"))
        yield "presion_sistolica_mmhg", {"code": panel, "component": [*_componentes(fila)]}


def _componentes(fila: Datos) -> Iterable[dict[str, Any]]:
    for campo in PRESION:
        signo = SIGNOS[campo]
        if fila.get(campo) is not None:
            medida = cantidad(fila[campo], "mm[Hg]", "mm[Hg]")
            yield {"code": codificado(signo.nombre, (LOINC, signo.loinc)), "valueQuantity": medida}


def _interpretacion(sentido: str | None) -> list[Recurso]:
    if sentido not in SENTIDOS:
        return []
    codigo, texto = SENTIDOS[sentido]
    return [codificado(texto, (f"{TERMINOLOGIA}v3-ObservationInterpretation", codigo))]
