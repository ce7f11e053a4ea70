"""Figures of patients."""

from datetime import UTC, datetime

from comun.testing.client import ApiClient, ok, problem

from ..fabricas import crear_centro, crear_paciente


def cuenta(grupos: list[dict]) -> dict:
    return {grupo["clave"]: grupo["cantidad"] for grupo in grupos}


def test_se_cuentan_por_todo(api: ApiClient) -> None:
    hoy = datetime.now(UTC)
    crear_paciente(api, aseguradora="IESS", fuente_captacion="Web", fecha_nacimiento=f"{hoy.year - 30}-01-01")
    crear_paciente(api, aseguradora="IESS", genero="femenino", fecha_nacimiento=f"{hoy.year - 5}-01-01")
    crear_paciente(api, estado="inactivo", linea_negocio="Oftalmología")
    borrado = crear_paciente(api)
    api.delete(f"/admin/pacientes/{borrado['id']}")
    reporte = ok(api.get("/admin/reportes/pacientes"))
    assert reporte["total"] == 3
    assert cuenta(reporte["por_estado"]) == {"activo": 2, "inactivo": 1}
    assert cuenta(reporte["por_aseguradora"]) == {"IESS": 2, None: 1}
    assert cuenta(reporte["por_fuente"]) == {"Web": 1, None: 2}
    assert cuenta(reporte["por_linea_negocio"]) == {"Oftalmología": 1, None: 2}
    assert cuenta(reporte["por_genero"]) == {"femenino": 1, None: 2}
    assert cuenta(reporte["por_edad"]) == {"30-44": 1, "0-11": 1, None: 1}
    assert [g["cantidad"] for g in reporte["por_mes"]] == [3]
    assert len(reporte["por_mes"][0]["clave"]) == 7


def test_se_acotan_por_fechas_y_centro(api: ApiClient) -> None:
    crear_paciente(api, centro_id=crear_centro(api)["id"])
    crear_paciente(api)
    assert ok(api.get("/admin/reportes/pacientes?centro_id=1"))["total"] == 1
    assert ok(api.get("/admin/reportes/pacientes?desde=2150-01-01"))["total"] == 0
    assert ok(api.get("/admin/reportes/pacientes?hasta=2150-01-01&start_date=2020-01-01"))["total"] == 2
    problem(api.get("/admin/reportes/pacientes?desde=2026-02-01&hasta=2026-01-01"), 422)


def test_cada_uno_cuenta_los_suyos(api: ApiClient) -> None:
    crear_paciente(api, centro_id=crear_centro(api)["id"])
    quien = api.as_("secretaria", ["admin:reportes:leer"], centros=[2])
    assert ok(quien.get("/admin/reportes/pacientes"))["total"] == 0
