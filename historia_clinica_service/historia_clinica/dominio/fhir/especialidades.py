"""Teeth, eyes, and the documents of a record: attachments and consents."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from historia_clinica.dominio.fhir.elementos import (
    CIE10,
    LOINC,
    SNOMED,
    TERMINOLOGIA,
    Datos,
    Documento,
    Recurso,
    Seccion,
    cantidad,
    codificado,
    frase,
    momento,
    ojo,
    pieza,
)
from historia_clinica.dominio.fhir.personas import medico_de, poner_medico

EXAMEN = codificado("Examen", (f"{TERMINOLOGIA}observation-category", "exam", "Exam"))
PRESION = codificado("Presión intraocular", (SNOMED, "41633001", "Intraocular pressure"))
AGUDEZA = (SNOMED, "363983007", "Visual acuity")
BASES = {"superior": "up", "inferior": "down", "nasal": "in", "temporal": "out"}
CORRECCIONES = (
    ("sin_correccion", "Agudeza visual sin corrección"),
    ("estenopeico", "Agudeza visual con agujero estenopeico"),
    ("con_correccion", "Agudeza visual con corrección"),
)


def dientes(documento: Documento, filas: Iterable[Datos]) -> tuple[Seccion, Seccion]:
    """The findings of the odontogram: Procedure for what was done, Observation for the others."""
    hechos, hallazgos = Seccion("Procedimientos", "47519-4"), Seccion("Odontograma", "29545-1")
    for fila in _hallazgos(filas):
        nombre = frase(fila.get("nombre") or str(fila["codigo"]).replace("_", " "), fila.get("variante"), entre=", ")
        lugar = pieza(fila["pieza"], fila.get("superficies"))
        comun = {"subject": documento.paciente, "code": codificado(nombre)}
        cuando = momento(fila.get("ocurrido_en"))
        quien = poner_medico(documento, medico_de(fila))
        linea = frase(cuando, f"pieza {fila['pieza']}", nombre, str(fila.get("estado", "")).replace("_", " "))
        if fila.get("estado") == "realizado":
            recurso = {
                **comun,
                "status": "completed",
                "performedDateTime": cuando,
                "performer": [{"actor": quien}] if quien else [],
                "bodySite": [lugar],
            }
            hechos.referencias.append(documento.poner("Procedure", f"diente/{fila['id']}", recurso, nombre))
            hechos.lineas.append(linea)
            continue
        recurso = {
            **comun,
            "status": "final",
            "category": [EXAMEN],
            "effectiveDateTime": cuando,
            "performer": [quien],
            "bodySite": lugar,
            "valueString": str(fila.get("estado", "observado")).replace("_", " "),
        }
        hallazgos.referencias.append(documento.poner("Observation", f"diente/{fila['id']}", recurso))
        hallazgos.lineas.append(linea)
    return hechos, hallazgos


def _hallazgos(bocas: Iterable[Datos]) -> Iterable[Recurso]:
    """Of each tooth what holds of it."""
    for boca in bocas:
        for diente in boca.get("piezas") or ():
            for hallazgo in diente.get("hallazgos") or ():
                yield {"pieza": diente["pieza"], **hallazgo}


def ojos(documento: Documento, filas: Iterable[Datos]) -> Seccion:
    """Observation of pressure and acuity, for each eye, of every signed exam."""
    seccion = Seccion("Exámenes oftalmológicos", "29545-1")
    for examen in filas:
        if examen.get("estado") != "firmado":
            continue
        comun = {
            "status": "final",
            "category": [EXAMEN],
            "subject": documento.paciente,
            "effectiveDateTime": momento(examen.get("momento")),
            "performer": [poner_medico(documento, medico_de(examen))],
        }
        for cual in ("od", "oi"):
            medido = examen.get(cual) or {}
            for clave, observado, linea in [*_presion(medido), *_agudezas(medido)]:
                recurso = {**comun, **observado, "bodySite": ojo(cual)}
                nombre = f"ojo/{examen['id']}/{cual}/{clave}"
                seccion.referencias.append(documento.poner("Observation", nombre, recurso))
                seccion.lineas.append(frase(momento(examen.get("momento")), cual.upper(), linea))
        for numero, uno in enumerate(examen.get("diagnosticos") or ()):
            recurso = _diagnostico(documento, examen, uno)
            referencia = documento.poner("Condition", f"ojo/{examen['id']}/{numero}", recurso, uno["descripcion"])
            seccion.referencias.append(referencia)
            seccion.lineas.append(frase(uno.get("codigo_cie10"), uno["descripcion"], uno.get("ojo")))
    return seccion


def _diagnostico(documento: Documento, examen: Datos, uno: Datos) -> Recurso:
    certeza = "confirmed" if uno.get("condicion") == "definitivo" else "provisional"
    codigo = uno.get("codigo_cie10")
    return {
        "clinicalStatus": codificado(None, (f"{TERMINOLOGIA}condition-clinical", "active")),
        "verificationStatus": codificado(None, (f"{TERMINOLOGIA}condition-ver-status", certeza)),
        "category": [codificado(None, (f"{TERMINOLOGIA}condition-category", "encounter-diagnosis"))],
        "code": codificado(uno["descripcion"], *([(CIE10, codigo)] if codigo else [])),
        "bodySite": [ojo(uno.get("ojo"))],
        "subject": documento.paciente,
        "recordedDate": momento(examen.get("momento")),
        "recorder": poner_medico(documento, medico_de(examen)),
    }


def _presion(medido: Datos) -> Iterable[tuple[str, Recurso, str]]:
    presion = medido.get("presion") or {}
    if presion.get("mmhg") is not None:
        valor = cantidad(presion["mmhg"], "mm[Hg]", "mm[Hg]")
        metodo = codificado(presion["metodo"]) if presion.get("metodo") else None
        yield "presion", {"code": PRESION, "valueQuantity": valor, "method": metodo}, f"PIO {presion['mmhg']} mmHg"


def _agudezas(medido: Datos) -> Iterable[tuple[str, Recurso, str]]:
    agudeza = medido.get("agudeza") or {}
    for campo, titulo in CORRECCIONES:
        dicha = agudeza.get(campo)
        if not dicha:
            continue
        texto, logmar = (dicha.get("texto"), dicha.get("logmar")) if isinstance(dicha, dict) else (dicha, None)
        recurso: Recurso = {"code": codificado(titulo, AGUDEZA), "valueString": texto}
        if logmar is not None:
            recurso["component"] = [{"code": codificado("logMAR"), "valueQuantity": cantidad(logmar, "logMAR", "1")}]
        yield campo, recurso, f"{titulo}: {texto}"


def lentes(documento: Documento, filas: Iterable[Datos]) -> Seccion:
    """VisionPrescription; what was annulled is told as cancelled."""
    seccion = Seccion("Recetas ópticas", "57828-6")
    for receta in filas:
        especificaciones = [uno for cual in ("od", "oi") if (uno := _lente(cual, receta)) is not None]
        medico = poner_medico(documento, medico_de(receta))
        if not especificaciones or medico is None:
            continue
        cuando = momento(receta.get("emitida_en"))
        recurso = {
            "identifier": [{"value": str(receta.get("codigo") or receta.get("numero") or receta["id"])}],
            "status": "cancelled" if receta.get("estado") == "anulada" else "active",
            "created": cuando,
            "patient": documento.paciente,
            "dateWritten": cuando,
            "prescriber": medico,
            "lensSpecification": especificaciones,
        }
        seccion.referencias.append(documento.poner("VisionPrescription", receta["id"], recurso))
        seccion.lineas.append(frase(cuando, receta.get("codigo"), receta.get("uso"), receta.get("estado")))
    return seccion


def _lente(cual: str, receta: Datos) -> Recurso | None:
    dicho: Datos = receta.get(cual) or {}
    lente: Datos = {**dicho, **(dicho.get("refraccion") or {})}
    if lente.get("esfera") is None and lente.get("cilindro") is None:
        return None
    prisma = {"amount": _numero(lente.get("prisma")), "base": BASES.get(lente.get("base") or "")}
    return {
        "product": codificado("Lente", (f"{TERMINOLOGIA}ex-visionprescriptionproduct", "lens")),
        "eye": {"od": "right", "oi": "left"}[cual],
        "sphere": _numero(lente.get("esfera")),
        "cylinder": _numero(lente.get("cilindro")),
        "axis": lente.get("eje"),
        "add": _numero(lente.get("adicion")),
        "prism": [prisma] if lente.get("prisma") else [],
    }


def _numero(valor: Any) -> float | None:
    return None if valor is None else float(valor)


def adjuntos(documento: Documento, filas: Iterable[Datos]) -> Seccion:
    """DocumentReference to each attachment, with its hash; the files themselves stay where they are."""
    seccion = Seccion("Archivos adjuntos", "55107-7")
    for fila in filas:
        huella = fila.get("sha256")
        titulo = fila.get("titulo") or f"Adjunto {fila['id']}"
        recurso = {
            "masterIdentifier": {"system": "urn:hash:sha256", "value": huella} if huella else None,
            "status": "current",
            "type": codificado(str(fila.get("categoria") or "adjunto").replace("_", " ")),
            "subject": documento.paciente,
            "date": momento(fila.get("subido_en")),
            "content": [
                {
                    "attachment": {
                        "contentType": fila.get("tipo"),
                        "url": f"/historia-clinica/adjuntos/{fila['id']}/contenido",
                        "size": fila.get("bytes"),
                        "title": titulo,
                        "creation": momento(fila.get("tomado_en") or fila.get("subido_en")),
                    }
                }
            ],
        }
        seccion.referencias.append(documento.poner("DocumentReference", f"adjunto/{fila['id']}", recurso, titulo))
        seccion.lineas.append(frase(titulo, fila.get("categoria"), momento(fila.get("subido_en"))))
    return seccion


def consentimientos(documento: Documento, filas: Iterable[Datos], custodio: Recurso) -> Seccion:
    """Consent of the treatment scope: accepted, refused or revoked."""
    seccion = Seccion("Consentimientos", "59284-0")
    for fila in filas:
        titulo = (fila.get("texto") or {}).get("titulo") or "Consentimiento informado"
        revocado = fila.get("revocado_en") is not None
        recurso = {
            "identifier": [{"system": "urn:hash:sha256", "value": fila["huella"]}] if fila.get("huella") else [],
            "status": "inactive" if revocado else "active" if fila.get("acepta", True) else "rejected",
            "scope": codificado(titulo, (f"{TERMINOLOGIA}consentscope", "treatment", "Treatment")),
            "category": [codificado("Consentimiento informado", (LOINC, "59284-0", "Consent Document"))],
            "patient": documento.paciente,
            "dateTime": momento(fila.get("otorgado_en")),
            "organization": [custodio],
            "policyRule": codificado(titulo),
        }
        seccion.referencias.append(documento.poner("Consent", fila["id"], recurso))
        seccion.lineas.append(frase(titulo, fila.get("estado"), recurso["dateTime"]))
    return seccion
