"""Retention: until when a record is kept, legal holds, and an anonymised patient whose record stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from comun.testing.client import ApiClient, ok, problem
from comun.testing.events import envelope
from comun.testing.together import statuses_at_once
from historia_clinica.casos_de_uso import personas
from historia_clinica.casos_de_uso.personas import conocer_personas
from historia_clinica.casos_de_uso.reconstruir import copias
from historia_clinica.extensiones import db
from historia_clinica.modelos import DatosPersonales, PacienteRef

from ..conftest import como_medico
from ..fabricas import conocer_cita, conocer_paciente
from ..vecinos import Vecinos

URL = "/historia-clinica/pacientes/1/retencion"
FICHA = {
    "id": 1,
    "nombres": "Paciente",
    "apellidos": "anonimizado",
    "telefono": None,
    "email": None,
    "estado_paciente": "inactivo",
    "usuario_id": None,
}


def anonimizar(api: ApiClient, secuencia: int) -> None:
    noticia = envelope("/admin", "paciente.anonimizado.v1", "paciente/1", FICHA, secuencia)
    ok(api.as_("servicio").post("/interno/eventos", noticia))


def conocidas(app: Flask) -> int:
    with app.app_context():
        return int(db.session.scalar(db.select(db.func.count()).select_from(DatosPersonales)))


def test_se_conserva_quince_anos_desde_la_ultima_atencion(app: Flask, api: ApiClient, medico: ApiClient) -> None:
    atendida = datetime.now(UTC) - timedelta(days=400)
    conocer_cita(app, 1, estado="completada", fecha_hora=atendida)
    plazo = ok(medico.get(URL))
    assert plazo["conservar_hasta"] == atendida.date().replace(year=atendida.year + 15).isoformat()
    ok(medico.post(URL.replace("retencion", "antecedentes"), {}), 201)
    assert ok(medico.get(URL))["conservar_hasta"] > plazo["conservar_hasta"]
    problem(como_medico(api, 8).get(URL), 404)


def test_la_retencion_legal_se_ordena_y_se_levanta_con_motivo(api: ApiClient, medico: ApiClient) -> None:
    antes = api.get(URL)
    assert ok(antes)["retencion_legal"] is False
    orden = {"retencion_legal": True, "motivo": "Juicio 17230-2026"}
    ordenada = api.put(URL, orden, headers={"If-Match": antes.headers["ETag"]})
    assert ok(ordenada)["retencion_legal"] is True
    problem(api.put(URL, orden, headers={"If-Match": antes.headers["ETag"]}), 412)
    problem(api.put(URL, {"retencion_legal": False}), 422)
    levantada = ok(api.put(URL, {"retencion_legal": False, "motivo": "Sentencia en firme"}))
    assert levantada["retencion_legal"] is False
    assert [orden["motivo"] for orden in levantada["historia"]] == ["Sentencia en firme", "Juicio 17230-2026"]
    problem(api.put("/historia-clinica/pacientes/9/retencion", orden), 404)


@pytest.mark.both_databases
def test_de_dos_que_leyeron_lo_mismo_ordena_uno(api: ApiClient, medico: ApiClient) -> None:
    leida = {"If-Match": api.get(URL).headers["ETag"]}
    ordenes = [{"retencion_legal": legal, "motivo": "Oficio 12"} for legal in (True, False) * 4]
    llamadas = [lambda orden=orden: api.put(URL, orden, headers=leida) for orden in ordenes]
    assert statuses_at_once(*llamadas) == [200, *[412] * 7]


def test_a_quien_se_anonimizo_no_se_le_vuelve_a_preguntar(app: Flask, api: ApiClient, medico: ApiClient) -> None:
    anonimizar(api, 5)
    eliminado = envelope("/admin", "paciente.eliminado.v1", "paciente/1", FICHA, 6)
    ok(api.as_("servicio").post("/interno/eventos", eliminado))
    ok(medico.post(URL.replace("retencion", "signos-vitales"), {"pulso_lpm": 70}), 201)
    assert conocidas(app) == 0


def test_a_quien_se_anonimizo_sin_que_llegara_la_noticia_se_le_olvida_al_reconstruir(
    app: Flask, medico: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    ok(medico.post(URL.replace("retencion", "signos-vitales"), {"pulso_lpm": 70}), 201)
    with app.app_context():
        pacientes = next(una for una in copias(app) if una.model is PacienteRef)
        pacientes.keep({**FICHA, "anonimizado": True, "fusionado_en_id": None, "secuencia": 9})
        db.session.commit()
    assert conocidas(app) == 0


def test_de_quien_se_anonimiza_se_olvida_tambien_lo_del_que_absorbio(
    app: Flask, api: ApiClient, medico: ApiClient
) -> None:
    conocer_paciente(app, 2)
    ok(medico.post(URL.replace("retencion", "signos-vitales"), {"pulso_lpm": 70}), 201)
    fusion = envelope("/admin", "paciente.fusionado.v1", "paciente/2", {**FICHA, "id": 2, "absorbido_id": 1}, 5)
    ok(api.as_("servicio").post("/interno/eventos", fusion))
    anonimo = envelope("/admin", "paciente.anonimizado.v1", "paciente/2", {**FICHA, "id": 2}, 6)
    ok(api.as_("servicio").post("/interno/eventos", anonimo))
    assert conocidas(app) == 0


def test_quien_se_anonimiza_mientras_se_le_pregunta_la_edad_queda_sin_ella(
    app: Flask, api: ApiClient, medico: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    preguntar = personas.fichas

    def entretanto(paciente_id: int) -> Any:
        dicho = preguntar(paciente_id)
        anonimizar(api, 5)
        return dicho

    monkeypatch.setattr(personas, "fichas", entretanto)
    with app.app_context():
        personas.conocer_persona(1)
    assert conocidas(app) == 0


def test_quien_se_anonimiza_deja_su_expediente(app: Flask, api: ApiClient, medico: ApiClient) -> None:
    signos = {"pulso_lpm": 70}
    ok(medico.post(URL.replace("retencion", "signos-vitales"), signos), 201)
    assert conocidas(app) == 1
    ok(api.put(URL, {"retencion_legal": True, "motivo": "Juicio"}))
    anonimizar(api, 5)
    assert conocidas(app) == 1  # what a court may ask for
    ok(api.put(URL, {"retencion_legal": False, "motivo": "Sentencia"}))
    anonimizar(api, 6)
    assert conocidas(app) == 0
    assert [fila["pulso_lpm"] for fila in ok(api.get(URL.replace("retencion", "signos-vitales")))["datos"]] == [70]


def test_de_quien_se_atendio_se_averigua_la_edad(app: Flask, vecinos: Vecinos, medico: ApiClient) -> None:
    vecinos.down = {"admin"}
    sin_edad = ok(medico.post(URL.replace("retencion", "signos-vitales"), {"pulso_lpm": 130}), 201)
    assert (sin_edad["grupo_edad"], sin_edad["fuera_de_rango"]) == (None, [])
    vecinos.down = set()
    with app.app_context():
        conocer_personas()
    preguntas = len(vecinos.asked)
    con_edad = ok(medico.post(URL.replace("retencion", "signos-vitales"), {"pulso_lpm": 130}), 201)
    assert (con_edad["grupo_edad"], [f["sentido"] for f in con_edad["fuera_de_rango"]]) == ("adulto", ["alto"])
    assert len(vecinos.asked) == preguntas


def test_la_retencion_de_quien_se_fusiono_se_ve_y_se_levanta_con_la_del_que_queda(
    app: Flask, api: ApiClient, medico: ApiClient
) -> None:
    conocer_paciente(app, 2)
    ok(api.put(URL.replace("/1/", "/2/"), {"retencion_legal": True, "motivo": "Orden judicial 7"}))
    ok(medico.post(URL.replace("retencion", "signos-vitales"), {"pulso_lpm": 70}), 201)
    conocer_paciente(app, 2, fusionado_en_id=1)
    anonimizar(api, 2)
    assert conocidas(app) == 1
    assert ok(api.get(URL))["retencion_legal"] is True
    levantada = ok(api.put(URL, {"retencion_legal": False, "motivo": "Se levantó"}))
    assert levantada["retencion_legal"] is False
    assert sorted(orden["retencion_legal"] for orden in levantada["historia"]) == [False, False, True]
