"""The whole record: as JSON, on paper, as FHIR."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from typing import Any

from fhirclient.models.bundle import Bundle
from flask import Flask
from pypdf import PdfReader
from werkzeug.test import TestResponse

from comun.testing.client import ApiClient, ok, problem
from comun.testing.statements import statements
from historia_clinica.casos_de_uso.expediente import LIMITE
from historia_clinica.casos_de_uso.partes import partes

from ..conftest import como_medico, como_paciente
from ..expedientes import escribir_expediente
from ..fabricas import conocer_paciente
from ..vecinos import Vecinos

URL = "/historia-clinica/pacientes/1/expediente"
SIGNOS = "/historia-clinica/pacientes/{}/signos-vitales"


def texto(respuesta: TestResponse) -> str:
    """What can be read of a PDF, on one line."""
    assert (respuesta.status_code, respuesta.content_type) == (200, "application/pdf")
    assert respuesta.headers["Cache-Control"] == "private, no-store"
    paginas = PdfReader(io.BytesIO(respuesta.data)).pages
    return " ".join(" ".join(pagina.extract_text() for pagina in paginas).split())


def recursos(respuesta: TestResponse) -> dict[str, list[dict[str, Any]]]:
    """The resources of a FHIR document by type, after a FHIR library has found it valid."""
    assert (respuesta.status_code, respuesta.content_type) == (200, "application/fhir+json")
    cuerpo = respuesta.get_data(as_text=True)
    documento = json.loads(cuerpo)
    assert Bundle(documento).as_json() == documento
    entradas = documento["entry"]
    urls = {entrada["fullUrl"] for entrada in entradas}
    assert len(urls) == len(entradas)
    assert {*re.findall(r'"reference":"([^"]+)"', cuerpo)} <= urls, "what is referred to is in the document"
    por_tipo: dict[str, list[dict[str, Any]]] = {}
    for entrada in entradas:
        por_tipo.setdefault(entrada["resource"]["resourceType"], []).append(entrada["resource"])
    return por_tipo


def test_un_expediente_de_principio_a_fin(api: ApiClient, medico: ApiClient, vecinos: Vecinos) -> None:
    escrito = escribir_expediente(medico, vecinos)
    entero = ok(medico.get(URL))
    assert {parte["nombre"]: len(parte["datos"]) for parte in entero["partes"]} == {p.nombre: 1 for p in partes()}
    assert entero["paciente"]["nombre_completo"] == "María José Núñez Peña 1"
    assert entero["alertas"][0]["descripcion"] == "Alergia a Penicilina: Anafilaxia"

    impreso = texto(medico.get(f"{URL}/pdf"))
    for dicho in (
        *("Clínica Norte", "María José Núñez Peña", "1714307103", "ALERTAS", "Penicilina", "Metformina", "150"),
        *("Caries profunda ocluso-mesial", "K02.1", "Ibuprofeno", "Se indicó dieta blanda.", "CPO-D"),
        *("20/80", "24 mmHg", "RO-0", "Panorámica inicial", "Historia clínica N.º 000001", "Página 1 de"),
    ):
        assert dicho in impreso, dicho
    huella = ok(medico.get(f"/historia-clinica/notas/{escrito['nota']}"))["huella"]
    assert huella in impreso.replace(" ", "")
    _revisar_fhir(recursos(medico.get(f"{URL}/fhir")))

    # A patient gets what is signed of his own, and nothing of what only the staff reads.
    propio = ok(como_paciente(api).get(URL))
    con_algo = {parte["nombre"] for parte in propio["partes"] if parte["datos"]}
    assert con_algo == {"notas", "recetas_opticas", "consentimientos"}
    del_paciente = recursos(como_paciente(api).get(f"{URL}/fhir"))
    assert {"Encounter", "MedicationRequest"} <= del_paciente.keys()
    assert "AllergyIntolerance" not in del_paciente
    formulario = f"/historia-clinica/notas/{escrito['nota']}/formulario-033/pdf"
    problem(como_paciente(api).get(formulario), 403, "solo_personal")
    _revisar_formulario(texto(medico.get(formulario)))


def _revisar_fhir(tipos: dict[str, list[dict[str, Any]]]) -> None:
    composicion = tipos["Composition"][0]
    assert [s["title"] for s in composicion["section"] if "emptyReason" in s] == []
    assert tipos["Patient"][0]["identifier"][1]["value"] == "1714307103"
    assert tipos["AllergyIntolerance"][0]["criticality"] == "high"
    condiciones = {c["code"]["text"]: c for c in tipos["Condition"]}
    codigos = {codigo["code"] for c in tipos["Condition"] for codigo in c["code"].get("coding", ())}
    assert {"K02.1", "K05.1", "E03.9", "H40.0"} <= codigos
    certeza = {nombre: c["verificationStatus"]["coding"][0]["code"] for nombre, c in condiciones.items()}
    assert (certeza["Diabetes"], certeza["Hemorragias"]) == ("confirmed", "refuted")
    assert "Asma" not in certeza, "what the patient does not know is neither"
    loinc = Counter(c["code"] for o in tipos["Observation"] for c in o["code"].get("coding", ()))
    assert loinc["85354-9"] == 1 and loinc["8867-4"] == 1 and loinc["41633001"] == 2
    assert [p["code"]["text"] for p in tipos["Procedure"]] == ["Apendicectomía", "Corona"]
    assert tipos["MedicationRequest"][0]["dispenseRequest"]["quantity"] == {"value": 9}
    assert tipos["VisionPrescription"][0]["lensSpecification"][0]["prism"] == [{"amount": 1.5, "base": "in"}]
    assert {"Encounter", "MedicationStatement", "Consent", "DocumentReference", "Organization"} <= tipos.keys()


def _revisar_formulario(impreso: str) -> None:
    for dicho in (
        *("HCU-form.033/2021", "MOTIVO DE CONSULTA", "«Me duele la muela»", "7. Diabetes X", "Tipo 2"),
        *("150/95", "5. Lengua X", "Lengua saburral", "ODONTOGRAMA", "Promedio 2 1 0.67", "II X", "CPO-D"),
        *("K02.1 X", "Restauración con resina MO de 26", "SHA-256", "MSP-1234"),
    ):
        assert dicho in impreso, dicho
    assert "6. Asma (no sabe)" in impreso and "8. Hipertensión arterial (no preguntado)" in impreso


def test_de_cada_parte_lo_mas_nuevo_y_todo_si_se_pide(api: ApiClient, app: Flask, medico: ApiClient) -> None:
    for pulso in range(60, 60 + LIMITE + 2):
        ok(medico.post(SIGNOS.format(1), {"pulso_lpm": pulso}), 201)
    with statements(app) as consultas:
        signos = next(p for p in ok(medico.get(URL))["partes"] if p["nombre"] == "signos_vitales")
    assert (len(signos["datos"]), signos["hay_mas"]) == (LIMITE, True)
    assert signos["datos"][0]["pulso_lpm"] == 60 + LIMITE + 1
    assert len(consultas) < 40
    todos = next(p for p in ok(medico.get(f"{URL}?completo=si"))["partes"] if p["nombre"] == "signos_vitales")
    assert (len(todos["datos"]), todos["hay_mas"]) == (LIMITE + 2, False)
    lector = api.as_("medico", ["historia:leer"], sub="107", doctor_id=7)
    ok(lector.get(URL))
    problem(lector.get(f"{URL}?completo=si"), 403)
    problem(lector.get(f"{URL}/fhir"), 403)
    vistas = Counter(
        fila["accion"] for fila in ok(api.get("/historia-clinica/bitacora"))["datos"] if fila["que"] == "expediente"
    )
    assert vistas == {"leer": 2, "exportar": 3}


def test_un_expediente_vacio_se_lee_se_imprime_y_se_exporta(medico: ApiClient, vecinos: Vecinos) -> None:
    assert all(parte["datos"] == [] for parte in ok(medico.get(URL))["partes"])
    assert "nada consta" in texto(medico.get(f"{URL}/pdf"))
    tipos = recursos(medico.get(f"{URL}/fhir"))
    assert all("emptyReason" in seccion for seccion in tipos["Composition"][0]["section"])
    vecinos.down.add("admin")
    ok(medico.get(URL))
    for resto in ("pdf", "fhir"):
        problem(medico.get(f"{URL}/{resto}"), 503)


def test_el_de_otro_no_se_abre_y_el_fusionado_trae_lo_suyo(api: ApiClient, app: Flask, medico: ApiClient) -> None:
    for resto in ("", "/pdf", "/fhir"):
        problem(como_medico(api, 8).get(URL + resto), 404)
        problem(como_paciente(api, 2).get(URL + resto), 404)
    ok(medico.post(SIGNOS.format(1), {"pulso_lpm": 71}), 201)
    conocer_paciente(app, 2, nombres="Otra", apellidos="Persona")
    conocer_paciente(app, 1, fusionado_en_id=2)
    leido = ok(medico.get(URL))
    assert (leido["paciente"]["id"], leido["paciente"]["ids_fusionados"]) == (2, [1])
    assert next(p for p in leido["partes"] if p["nombre"] == "signos_vitales")["datos"][0]["pulso_lpm"] == 71
