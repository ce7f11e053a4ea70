"""Who is let into a record, and who looked at it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask

from comun.testing.client import ApiClient, ok, problem

from ..conftest import como_medico, como_paciente
from ..fabricas import conocer_paciente
from ..vecinos import Vecinos

ACCESOS = "/historia-clinica/pacientes/1/accesos"


def test_el_medico_del_paciente_entra_y_queda_anotado(api: ApiClient, medico: ApiClient) -> None:
    fila = ok(medico.get(ACCESOS))["datos"][0]
    assert (fila["numero"], fila["actor"], fila["rol"], fila["doctor_id"]) == (1, "usuario:107", "medico", 7)
    assert (fila["accion"], fila["que"], fila["resultado"], fila["relacion"]) == (
        "leer",
        "accesos",
        "permitido",
        "medico",
    )
    problem(como_medico(api, 8).get(ACCESOS), 404)
    fila = ok(api.get(ACCESOS))["datos"][1]
    assert (fila["doctor_id"], fila["resultado"], fila["motivo"]) == (8, "denegado", "sin relación")


def test_una_emergencia_abre_el_expediente_por_unas_horas_y_se_revisa_una_vez(
    api: ApiClient, consulta: dict[str, int], vecinos: Vecinos
) -> None:
    ajeno = como_medico(api, 8)
    problem(ajeno.get(ACCESOS), 404)
    problem(ajeno.post("/historia-clinica/pacientes/1/emergencias", {"motivo": "urge"}), 422)
    motivo = {"motivo": "Llega inconsciente a urgencias"}
    abierta = ajeno.post("/historia-clinica/pacientes/1/emergencias", motivo)
    emergencia = ok(abierta, 201)
    assert ok(ajeno.get(ACCESOS))["datos"][0]["relacion"] == "emergencia"
    problem(ajeno.post("/historia-clinica/pacientes/1/emergencias", motivo), 409, "acceso_vigente")
    pendientes = ok(api.get("/historia-clinica/emergencias?revisada=no"))["datos"]
    assert [una["id"] for una in pendientes] == [emergencia["id"]]
    una = abierta.headers["Location"]
    leida, revision = api.get(una), f"{una}/revision"
    assert ok(leida)["motivo"] == motivo["motivo"]
    problem(api.patch(revision, {"justificada": True}, headers={"If-Match": '"99"'}), 412)
    version = {"If-Match": leida.headers["ETag"]}
    assert ok(api.patch(revision, {"justificada": True}, headers=version))["justificada"] is True
    problem(api.patch(revision, {"justificada": False}), 409, "emergencia_revisada")
    assert ok(api.get("/historia-clinica/emergencias?revisada=no"))["datos"] == []


def test_un_periodo_se_pide_en_dias_o_en_momentos(medico: ApiClient) -> None:
    ok(medico.get(ACCESOS))
    [anotada] = ok(medico.get(f"{ACCESOS}?hasta=2200-01-01&tamano=1"))["datos"]
    hoy = dia_local(anotada["momento"])
    dentro, fuera = ("2026-01-01", str(hoy)), ("2026-01-01", str(hoy - timedelta(days=1)))
    for (desde, hasta), hay in ((dentro, True), (fuera, False)):
        assert bool(ok(medico.get(ACCESOS, query_string={"desde": desde, "hasta": hasta}))["datos"]) is hay
    momento = {"desde": "2026-01-01T00:00:00-05:00", "hasta": anotada["momento"]}
    assert anotada["numero"] not in [una["numero"] for una in ok(medico.get(ACCESOS, query_string=momento))["datos"]]
    problem(medico.get(f"{ACCESOS}?desde=ayer"), 422)


def dia_local(momento: str) -> date:
    return datetime.fromisoformat(momento).astimezone(ZoneInfo("America/Guayaquil")).date()


def test_lo_que_no_era_una_emergencia_se_cierra(api: ApiClient, consulta: dict[str, int]) -> None:
    ajeno = como_medico(api, 8)
    motivo = {"motivo": "Paciente inconsciente en urgencias"}
    emergencia = ok(ajeno.post("/historia-clinica/pacientes/1/emergencias", motivo), 201)
    ok(ajeno.get("/historia-clinica/pacientes/1/antecedentes"))
    revision = f"/historia-clinica/emergencias/{emergencia['id']}/revision"
    ok(api.patch(revision, {"justificada": False, "comentario": "No estuvo en urgencias"}))
    problem(ajeno.get("/historia-clinica/pacientes/1/antecedentes"), 404)


def test_solo_un_medico_abre_por_emergencia(api: ApiClient, consulta: dict[str, int]) -> None:
    problem(api.post("/historia-clinica/pacientes/1/emergencias", {"motivo": "Quiero mirarlo"}), 403, "solo_medico")


def test_una_cita_de_la_que_aun_no_hay_noticia_abre_el_expediente(
    api: ApiClient, consulta: dict[str, int], vecinos: Vecinos
) -> None:
    vecinos.citas[5] = cita_de_hace_un_momento(5, doctor_id=8)
    vecinos.down.add("citas")
    problem(como_medico(api, 8).get(ACCESOS), 404)
    vecinos.down.clear()
    assert ok(como_medico(api, 8).get(ACCESOS))["datos"][0]["relacion"] == "medico"
    vecinos.down.add("citas")
    ok(como_medico(api, 8).get(ACCESOS))


def test_en_una_cita_de_la_que_aun_no_hay_noticia_se_escribe(medico: ApiClient, vecinos: Vecinos) -> None:
    vecinos.citas |= {numero: cita_de_hace_un_momento(numero, doctor_id=7) for numero in range(11, 16)}
    caries = {"pieza": 16, "codigo": "caries", "superficies": "O", "cita_id": 12}
    medida = {"piezas": [{"pieza": 16, "sitios": {"v": {"sondaje": 2}}}], "cita_id": 13}
    for parte, cuerpo in (
        ("signos-vitales", {"pulso_lpm": 70, "cita_id": 11}),
        ("odontograma/hallazgos", {"hallazgos": [caries]}),
        ("periodontogramas", medida),
        ("examenes-oftalmologicos", {"cita_id": 14}),
    ):
        ok(medico.post(f"/historia-clinica/pacientes/1/{parte}", cuerpo), 201)
    vecinos.down.add("citas")
    problem(medico.post("/historia-clinica/pacientes/1/signos-vitales", {"pulso_lpm": 70, "cita_id": 15}), 503)


def cita_de_hace_un_momento(numero: int, *, doctor_id: int) -> dict[str, Any]:
    cuando = {"centro_id": 1, "fecha_hora": "2026-01-15T10:00:00-05:00", "estado": "programada", "eliminado": False}
    return {"id": numero, "paciente_id": 1, "doctor_id": doctor_id, **cuando, "motivo_consulta": None, "secuencia": 1}


def test_un_paciente_lee_quien_vio_lo_suyo_y_de_nadie_mas(api: ApiClient, app: Flask, medico: ApiClient) -> None:
    conocer_paciente(app, 2)
    ok(medico.get(ACCESOS))
    assert [fila["rol"] for fila in ok(como_paciente(api).get(ACCESOS))["datos"]] == ["paciente", "medico"]
    problem(como_paciente(api, 2).get(ACCESOS), 404)


def test_el_expediente_de_quien_se_fusiono_se_lee_con_el_del_que_queda(
    api: ApiClient, app: Flask, medico: ApiClient
) -> None:
    conocer_paciente(app, 2, fusionado_en_id=1)
    ok(medico.get("/historia-clinica/pacientes/2/accesos"))
    assert [fila["paciente_id"] for fila in ok(medico.get(ACCESOS))["datos"]] == [1, 1]


def test_lo_que_la_red_sabe_de_un_paciente_lo_pide_otro_servicio_y_queda_anotado(
    api: ApiClient, consulta: dict[str, int]
) -> None:
    datos = ok(api.as_("servicio").get("/interno/pacientes/1/datos"))
    assert {"antecedentes", "notas", "odontograma", "consentimientos"} <= set(datos)
    fila = ok(api.get(ACCESOS))["datos"][1]
    assert (fila["actor"], fila["accion"], fila["que"]) == ("servicio:prueba", "exportar", "expediente")
    problem(api.get("/interno/pacientes/1/datos"), 403)
