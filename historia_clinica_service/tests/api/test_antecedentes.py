"""The medical history in versions: written whole, read as it was, never overwritten by somebody who didn't look."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from comun.testing.client import ApiClient, ok, problem

from ..fabricas import conocer_paciente

URL = "/historia-clinica/pacientes/1/antecedentes"
DIABETES = {"antecedentes": [{"codigo": "diabetes", "respuesta": "Sí", "detalle": "Tipo 2"}]}


def escribir(api: ApiClient, datos: dict[str, Any], version: str | None = None) -> Any:
    return api.post(URL, datos, headers={"If-Match": version} if version else {})


def respuestas(historia: dict[str, Any], parte: str = "antecedentes") -> dict[str, str]:
    return {fila["codigo"]: fila["respuesta"] for fila in historia[parte] if fila["respuesta"] != "no_preguntado"}


def test_lo_que_nadie_pregunto_no_es_un_no(medico: ApiClient) -> None:
    nada = medico.get(URL)
    assert (ok(nada)["version"], respuestas(ok(nada)), nada.headers["ETag"]) == (0, {}, '"0"')
    assert len(ok(nada)["antecedentes"]) > 40
    escrita = ok(
        escribir(medico, {"antecedentes": [{"codigo": "asma", "respuesta": "no"}]}, nada.headers["ETag"]), 201
    )
    assert respuestas(escrita) == {"asma": "no"}
    assert escrita["registrado_por"]["id"] == 7


def test_cada_version_queda_y_se_ve_que_cambio(medico: ApiClient) -> None:
    primera = escribir(
        medico, DIABETES | {"habitos": [{"codigo": "tabaco", "respuesta": "si", "cigarrillos_dia": 5}]}
    )
    ok(primera, 201)
    medicada = {
        "antecedentes": [{"codigo": "diabetes", "respuesta": "si", "detalle": "Tipo 2"}],
        "medicacion": [{"medicamento": "Warfarina", "dosis": "5 mg", "frecuencia": "cada día"}],
        "condiciones": [{"descripcion": "Fibrilación auricular", "codigo_cie10": "I48"}],
        "familiares": [{"codigo": "cancer", "respuesta": "si", "parentescos": ["madre", "tío"]}],
    }
    segunda = ok(escribir(medico, medicada, primera.headers["ETag"]), 201)
    assert [(a["codigo"], a["severidad"]) for a in segunda["alertas"]] == [
        ("anticoagulantes", "grave"),
        ("diabetes", "moderada"),
    ]
    antes = ok(medico.get(URL + "?version=1"))
    assert (antes["vigente"], respuestas(antes, "habitos"), antes["medicacion"]) == (False, {"tabaco": "si"}, [])
    assert ok(medico.get(primera.headers["Location"])) == antes
    problem(medico.get(URL + "?version=3"), 404)

    lista = ok(medico.get(URL + "/versiones"))
    assert [(v["version"], v["vigente"], v["registrado_por"]["id"]) for v in lista["datos"]] == [
        (2, True, 7),
        (1, False, 7),
    ]
    assert {c["campo"] for c in lista["datos"][0]["cambios"]} == {
        "familiares.cancer",
        "familiares.cancer.parentescos",
        "habitos.tabaco",
        "habitos.tabaco.cigarrillos_dia",
        "medicacion",
        "condiciones",
    }
    assert lista["alertas"] == segunda["alertas"]


def test_dos_medicos_no_se_borran_lo_escrito(medico: ApiClient) -> None:
    leida = escribir(medico, DIABETES).headers["ETag"]
    problem(escribir(medico, DIABETES), 428)
    ok(escribir(medico, {}, leida), 201)
    problem(escribir(medico, DIABETES, leida), 412)
    problem(escribir(medico, DIABETES, '"0"'), 412)
    assert respuestas(ok(medico.get(URL))) == {}


@pytest.mark.parametrize("hay_una", [False, True])
def test_de_varios_a_la_vez_escribe_uno(medico: ApiClient, hay_una: bool) -> None:
    leida = escribir(medico, DIABETES).headers["ETag"] if hay_una else None
    with ThreadPoolExecutor(4) as hilos:
        estados = sorted(hilos.map(lambda _n: escribir(medico, {}, leida).status_code, range(4)))
    # Who comes later hears that it changed, or, of a first one that he didn't know of, that he must read it.
    assert estados[0] == 201
    assert set(estados[1:]) <= ({412} if hay_una else {409, 428})
    assert ok(medico.get(URL))["version"] == 1 + hay_una


def test_lo_que_no_se_sostiene_no_se_escribe(medico: ApiClient) -> None:
    for datos, donde in (
        ({"antecedentes": [{"codigo": "diabetes", "respuesta": "si"}]}, "antecedentes"),
        ({"antecedentes": [{"codigo": "gripe", "respuesta": "no"}]}, "antecedentes"),
        ({"antecedentes": [{"codigo": "asma", "respuesta": "tal vez"}]}, "antecedentes"),
        ({"antecedentes": [{"codigo": "asma", "respuesta": "no"}] * 2}, "antecedentes"),
        ({"condiciones": [{"descripcion": "Caries", "codigo_cie10": "caries"}]}, "condiciones"),
        ({"alergias": []}, "alergias"),
    ):
        assert [*problem(escribir(medico, datos), 422)["errores"]] == [donde]
    assert ok(medico.get(URL))["version"] == 0


def test_lo_de_una_ficha_fusionada_se_ve_y_alerta_hasta_que_se_concilia(
    app: Flask, api: ApiClient, medico: ApiClient
) -> None:
    ok(escribir(medico, {"antecedentes": [{"codigo": "marcapasos", "respuesta": "si", "detalle": "2020"}]}), 201)
    conocer_paciente(app, 2)
    conocer_paciente(app, 1, fusionado_en_id=2)
    url = "/historia-clinica/pacientes/2/antecedentes"
    leida = api.get(url)
    assert [a["codigo"] for a in ok(leida)["alertas"]] == ["marcapasos"]
    assert ok(leida)["version"] == 1
    nueva = ok(medico.post(url, DIABETES, headers={"If-Match": leida.headers["ETag"]}), 201)
    assert (nueva["version"], nueva["paciente_id"], [a["codigo"] for a in nueva["alertas"]]) == (2, 2, ["diabetes"])
