"""The record in the words of FHIR: what is refuted, cancelled, revoked, or left out."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

from fhirclient.models.bundle import Bundle

from historia_clinica.dominio.fhir.documento import Registro, documento_fhir

AHORA = datetime(2026, 1, 15, 15, tzinfo=UTC)
MEDICO = {"id": 7, "nombres": "Ana", "apellidos": "Muñoz", "registro_profesional": "MSP-1"}
NOTA = {
    "id": 1,
    "estado": "firmada",
    "momento": AHORA,
    "firmada_en": AHORA,
    "firmante": "Ana Muñoz",
    "huella": "ab" * 32,
}
LENTE = {"refraccion": {"esfera": -1.25, "cilindro": None, "eje": None, "adicion": None}, "prisma": None}


def exportado(**partes: list[dict[str, Any]]) -> dict[str, Any]:
    """The valid document of a record of these parts."""
    paciente = {"id": 1, "nombres": "María", "apellidos": "Núñez", "genero": "femenino"}
    centro = {"id": 1, "nombre": "Clínica Norte"}
    documento = documento_fhir(Registro(paciente, centro, MEDICO, [], partes, AHORA, "una instalación"))
    Bundle(documento)
    return documento


def de_tipo(documento: dict[str, Any], tipo: str) -> list[dict[str, Any]]:
    return [uno["resource"] for uno in documento["entry"] if uno["resource"]["resourceType"] == tipo]


def test_lo_negado_se_dice_y_lo_no_sabido_se_calla() -> None:
    respuestas = [
        {"codigo": codigo, "nombre": codigo, "respuesta": respuesta}
        for codigo, respuesta in (("asma", "no"), ("diabetes", "si"), ("cancer", "desconoce"))
    ]
    alergia = {"id": 1, "sustancia": "Yodo", "tipo": "otro", "severidad": "leve", "estado": "descartada"}
    documento = exportado(antecedentes=[{"id": 1, "antecedentes": respuestas}], alergias=[alergia])
    dichas = {
        c["code"]["text"]: c["verificationStatus"]["coding"][0]["code"] for c in de_tipo(documento, "Condition")
    }
    assert dichas == {"asma": "refuted", "diabetes": "confirmed"}
    (yodo,) = de_tipo(documento, "AllergyIntolerance")
    assert yodo["verificationStatus"]["coding"][0]["code"] == "refuted" and "category" not in yodo


def test_un_borrador_no_sale_y_lo_anulado_sale_como_tal() -> None:
    receta = {"id": 1, "codigo": "RO-000001", "emitida_en": AHORA, "doctor": MEDICO, "od": LENTE, "oi": {}}
    documento = exportado(
        notas=[{**NOTA, "id": 2, "estado": "borrador", "subjetivo": "sin firmar"}],
        examenes_oftalmologicos=[{"id": 1, "estado": "borrador", "od": {"presion": {"mmhg": 24}}}],
        signos_vitales=[{"id": 1, "tomado_en": AHORA, "pulso_lpm": 300, "estado": "anulado"}],
        recetas_opticas=[{**receta, "estado": "anulada"}],
        consentimientos=[
            {"id": 1, "acepta": True, "otorgado_en": AHORA, "revocado_en": AHORA},
            {"id": 2, "acepta": False, "otorgado_en": AHORA, "revocado_en": None},
        ],
    )
    assert "sin firmar" not in json.dumps(documento)
    assert de_tipo(documento, "Encounter") == de_tipo(documento, "Observation") == []
    (lentes,) = de_tipo(documento, "VisionPrescription")
    assert (lentes["status"], [uno["eye"] for uno in lentes["lensSpecification"]]) == ("cancelled", ["right"])
    assert [uno["status"] for uno in de_tipo(documento, "Consent")] == ["inactive", "rejected"]


def test_una_nota_lleva_su_texto_con_enmiendas_y_la_huella_de_lo_firmado() -> None:
    enmienda = {"numero": 1, "motivo": "Error", "texto": "Era la 27", "firmada_en": AHORA, "firmante": "Ana Muñoz"}
    diagnostico = {"codigo_cie10": "K02.1", "nombre": "Caries <b>", "condicion": "presuntivo", "pieza_dental": 26}
    documento = exportado(
        notas=[{**NOTA, "doctor": MEDICO, "plan": "Resina", "enmiendas": [enmienda], "diagnosticos": [diagnostico]}]
    )
    (nota,) = de_tipo(documento, "DocumentReference")
    texto = base64.b64decode(nota["content"][0]["attachment"]["data"]).decode()
    assert "Plan: Resina" in texto and "Era la 27" in texto
    assert (nota["masterIdentifier"]["value"], nota["docStatus"]) == ("ab" * 32, "amended")
    (caries,) = de_tipo(documento, "Condition")
    assert caries["verificationStatus"]["coding"][0]["code"] == "provisional"
    assert caries["bodySite"][0]["coding"] == [{"system": "urn:iso:std:iso:3950", "code": "26"}]
    secciones = de_tipo(documento, "Composition")[0]["section"]
    assert any("Caries &lt;b&gt;" in seccion["text"]["div"] for seccion in secciones)
    medicos = de_tipo(documento, "Practitioner")
    assert [uno["name"][0]["text"] for uno in medicos] == ["Ana Muñoz"]


def test_los_nombres_son_los_mismos_en_cada_exportacion() -> None:
    una, otra = (exportado(notas=[NOTA]) for _ in range(2))
    assert una == otra
    assert len({uno["fullUrl"] for uno in una["entry"]}) == len(una["entry"])
