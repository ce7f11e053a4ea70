"""Vital signs: what no body can have is refused, what is unusual is marked, what was measured never changes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from comun.db import constraint_name, now
from comun.testing.client import ApiClient, ok, problem
from historia_clinica.extensiones import db

URL = "/historia-clinica/pacientes/1/signos-vitales"
SANO = {
    "temperatura_c": 36.5,
    "pulso_lpm": 72,
    "frecuencia_respiratoria_rpm": 16,
    "presion_sistolica_mmhg": 120,
    "presion_diastolica_mmhg": 75,
    "saturacion_o2_pct": 94,
    "peso_kg": "70.50",
    "talla_cm": 172,
    "dolor": 0,
}


def test_se_anotan_con_su_indice_y_lo_raro_se_marca(medico: ApiClient) -> None:
    sano = ok(medico.post(URL, SANO | {"cita_id": 1}), 201)
    assert (sano["imc"], sano["fuera_de_rango"], sano["peso_kg"], sano["cita_id"]) == (23.8, [], 70.5, 1)
    febril = ok(medico.post(URL, {"temperatura_c": 39.2, "glucosa_mg_dl": 60}), 201)
    assert [(f["campo"], f["sentido"], f["maximo"]) for f in febril["fuera_de_rango"]] == [
        ("temperatura_c", "alto", 37.8),
        ("glucosa_mg_dl", "bajo", 140),
    ]
    lista = ok(medico.get(URL))
    assert [fila["id"] for fila in lista["datos"]] == [febril["id"], sano["id"]]
    assert lista["datos"][0]["fuera_de_rango"] == febril["fuera_de_rango"]
    assert lista["alertas"] == []
    assert ok(medico.get(f"/historia-clinica/signos-vitales/{sano['id']}")) == sano


def test_lo_imposible_no_se_anota(medico: ApiClient) -> None:
    for cambio, campo in (
        ({"temperatura_c": 98.6}, "temperatura_c"),
        ({"presion_diastolica_mmhg": 130}, "presion_diastolica_mmhg"),
        ({"cita_id": 99}, "cita_id"),
        ({"tomado_en": (now() + timedelta(hours=1)).isoformat()}, "tomado_en"),
        ({"tomado_en": "2026-01-15T10:00:00"}, "tomado_en"),
        ({"imc": 20}, "imc"),
    ):
        assert [*problem(medico.post(URL, SANO | cambio), 422)["errores"]] == [campo]
    problem(medico.post(URL, {"observaciones": "Nada"}), 422)
    assert ok(medico.get(URL))["datos"] == []


def test_un_error_se_anula_con_su_motivo_y_una_sola_vez(medico: ApiClient) -> None:
    signos_id = ok(medico.post(URL, SANO), 201)["id"]
    estado = f"/historia-clinica/signos-vitales/{signos_id}/estado"
    problem(medico.patch(estado, {"estado": "anulado"}), 422)
    anulados = ok(medico.patch(estado, {"estado": "anulado", "motivo": "De otro paciente"}))
    assert (anulados["estado"], anulados["motivo_anulacion"]) == ("anulado", "De otro paciente")
    problem(medico.patch(estado, {"estado": "anulado", "motivo": "Otra vez"}), 409, "signos_anulados")
    assert [f["id"] for f in ok(medico.get(URL + "?estado=anulado"))["datos"]] == [signos_id]
    assert ok(medico.get(URL + "?estado=valido"))["datos"] == []


@pytest.mark.parametrize(
    ("orden", "guarda"),
    [
        ("UPDATE signos_vitales SET pulso_lpm = 80", "signos_vitales_inmutable"),
        ("DELETE FROM signos_vitales", "signos_vitales_inmutable"),
        ("UPDATE antecedentes SET contenido = '{}'", "antecedentes_inmutable"),
        ("DELETE FROM alergia", "alergia_inmutable"),
    ],
)
def test_la_base_de_datos_misma_guarda_lo_escrito(app: Flask, medico: ApiClient, orden: str, guarda: str) -> None:
    ok(medico.post(URL, SANO), 201)
    ok(medico.post(URL.replace("signos-vitales", "antecedentes"), {}), 201)
    alergia = {"sustancia": "Látex", "tipo": "latex", "severidad": "leve"}
    ok(medico.post(URL.replace("signos-vitales", "alergias"), alergia), 201)
    with app.app_context(), pytest.raises(IntegrityError) as error:
        db.session.execute(text(orden))
    assert constraint_name(error.value) == guarda
