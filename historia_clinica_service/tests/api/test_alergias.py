"""Allergies: seen at every look at the record until somebody says, with a reason, that they are none."""

from __future__ import annotations

from comun.testing.client import ApiClient, ok, problem

from ..conftest import como_medico
from .test_notas import camino, escribir
from .test_recetas import AMOXICILINA

URL = "/historia-clinica/pacientes/1/alergias"
PENICILINA = {"sustancia": "Penicilina", "tipo": "medicamento", "severidad": "grave", "reaccion": "Anafilaxia"}


def alertas(api: ApiClient, de: str = "signos-vitales") -> list[str]:
    return [a["descripcion"] for a in ok(api.get(f"/historia-clinica/pacientes/1/{de}"))["alertas"]]


def test_una_alergia_se_ve_en_toda_lectura_hasta_que_se_descarta(medico: ApiClient) -> None:
    anotada = medico.post(URL, PENICILINA)
    alergia = ok(anotada, 201)
    assert (alergia["estado"], alergia["certeza"], alergia["registrado_por"]["id"]) == ("activa", "referida", 7)
    assert [a["severidad"] for a in alergia["alertas"]] == ["grave"]
    ok(medico.post(URL, {"sustancia": "Polvo", "tipo": "ambiental", "severidad": "leve"}), 201)
    vistas = ["Alergia a Penicilina: Anafilaxia", "Alergia a Polvo"]
    for parte in ("signos-vitales", "alergias", "antecedentes", "antecedentes/versiones"):
        assert alertas(medico, parte) == vistas

    una, version = anotada.headers["Location"], {"If-Match": anotada.headers["ETag"]}
    estado = f"{una}/estado"
    assert "motivo" in problem(medico.patch(estado, {"estado": "descartada"}), 422)["errores"]
    problem(medico.put(una, {"estado": "descartada"}, headers=version), 422)
    fuera = {"estado": "descartada", "motivo": "Prueba de provocación negativa"}
    assert ok(medico.patch(estado, fuera, headers=version))["alertas"] == ok(medico.get(URL))["alertas"]
    assert alertas(medico) == vistas[1:]
    problem(medico.patch(estado, {"estado": "activa"}, headers=version), 412)
    assert ok(medico.patch(estado, {"estado": "activa"}))["motivo_estado"] is None
    assert alertas(medico) == vistas
    problem(medico.put(una, {"severidad": "leve"}), 428)


def test_lo_que_se_receta_se_compara_con_las_alergias_y_con_lo_que_se_respondio(medico: ApiClient) -> None:
    nota = escribir(medico)
    una = medico.post(URL, PENICILINA).headers["Location"]
    problem(medico.post(camino(nota, "/recetas"), AMOXICILINA), 409, "alergia_conocida")
    ok(medico.delete(una), 204)
    ok(medico.post(camino(nota, "/recetas"), AMOXICILINA), 201)
    dicho = {"codigo": "alergia_antibiotico", "respuesta": "si", "detalle": "Penicilina, de niña"}
    ok(medico.post(URL.replace("alergias", "antecedentes"), {"antecedentes": [dicho]}), 201)
    problem(medico.post(camino(nota, "/recetas"), AMOXICILINA), 409, "alergia_conocida")


def test_una_sustancia_consta_una_vez(medico: ApiClient) -> None:
    ok(medico.post(URL, PENICILINA), 201)
    problem(medico.post(URL, PENICILINA | {"sustancia": " PENICILÍNA "}), 409, "alergia_repetida")
    polvo = medico.post(URL, PENICILINA | {"sustancia": "Polvo"})
    problem(
        medico.put(polvo.headers["Location"], {"sustancia": "penicilina"}, headers={"If-Match": "*"}),
        409,
        "alergia_repetida",
    )
    filtradas = ok(medico.get(URL, query_string={"tipo": "medicamento", "orden": "sustancia"}))["datos"]
    assert [a["sustancia"] for a in filtradas] == ["Penicilina", "Polvo"]


def test_lo_anotado_por_error_se_quita_y_deja_lugar(medico: ApiClient) -> None:
    una = medico.post(URL, PENICILINA).headers["Location"]
    ok(medico.delete(una), 204)
    problem(medico.delete(una), 404)
    problem(medico.get(una), 404)
    assert alertas(medico) == []
    assert ok(medico.get(URL))["datos"] == []
    [quitada] = ok(medico.get(URL, query_string={"incluir_eliminados": "si"}))["datos"]
    assert quitada["eliminado_en"]
    ok(medico.post(URL, PENICILINA), 201)


def test_la_alergia_de_otro_no_se_ve_ni_se_toca(api: ApiClient, medico: ApiClient) -> None:
    una = medico.post(URL, PENICILINA).headers["Location"]
    ajeno = como_medico(api, 8)
    problem(ajeno.get(una), 404)
    problem(ajeno.get(URL), 404)
    problem(ajeno.put(una, {"severidad": "leve"}, headers={"If-Match": "*"}), 404)
    assert ok(api.get(una))["severidad"] == "grave"
    problem(api.put(una, {"severidad": "leve"}, headers={"If-Match": "*"}), 403, "solo_medico")
