"""The service holds what it promises about itself: schema, guards, permissions, documents."""

from flask import Flask
from sqlalchemy import inspect, text

from citas.extensiones import db
from citas.permisos import PERMISOS
from comun.auth.permissions import undeclared
from comun.migrations import differences
from comun.testing.client import ApiClient, ok

RECURSOS = ("doctor", "paciente", "sala", "asistente")


def test_las_migraciones_hacen_lo_que_dicen_los_modelos(app: Flask) -> None:
    assert differences(app) == []


def test_las_guardas_contra_solapes_existen(app: Flask, backend: str) -> None:
    with app.app_context(), db.engine.connect() as conexion:
        if backend == "sqlite":
            consulta = (
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('ocupacion', 'horario')"
            )
            esperadas = {f"ex_ocupacion_{t}_{e}" for t in RECURSOS for e in ("insert", "update")} | {
                "ex_horario_insert",
                "ex_horario_update",
            }
        else:
            consulta = "SELECT conname FROM pg_constraint WHERE contype = 'x'"
            esperadas = {"ex_horario", *(f"ex_ocupacion_{t}" for t in RECURSOS)}
        assert set(conexion.execute(text(consulta)).scalars()) == esperadas


def test_toda_referencia_tiene_su_indice(app: Flask) -> None:
    with app.app_context():
        inspector = inspect(db.engine)
        for tabla in ("ocupacion", "cambio_estado", "cita_extra", "cita_tratamiento"):
            indices = {tuple(i["column_names"])[0] for i in inspector.get_indexes(tabla)}
            assert "cita_id" in indices


def test_toda_vista_declara_un_permiso(app: Flask) -> None:
    assert undeclared(app, {*PERMISOS, "interno:eventos"}) == []


def test_el_documento_openapi_describe_cada_ruta(api: ApiClient) -> None:
    documento = ok(api.with_token(None).get("/citas/openapi.json"))
    assert documento["openapi"] == "3.1.0"
    assert {"get", "put", "delete"} <= set(documento["paths"]["/citas/{cita_id}"])
    alta = documento["paths"]["/citas"]["post"]
    assert alta["x-permiso"] == "citas:crear"
    assert alta["responses"]["default"]


def test_los_errores_se_documentan_como_problemas(api: ApiClient) -> None:
    documento = ok(api.with_token(None).get("/citas/openapi.json"))
    respuesta = documento["components"]["responses"]["DEFAULT_ERROR"]
    assert list(respuesta["content"]) == ["application/problem+json"]
