"""The service holds what it promises about itself: schema, index of search, permissions, documents."""

import csv
import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from admin.extensiones import db
from comun.auth.permissions import undeclared
from comun.migrations import differences
from comun.testing.client import ApiClient, ok

ALIAS = Path(__file__).parents[3] / "gateway/aliases.csv"


def test_las_migraciones_hacen_lo_que_dicen_los_modelos(app: Flask) -> None:
    assert differences(app, only_in_migrations=["paciente_fts*", "ix_paciente_trigramas"]) == []


def test_el_indice_de_busqueda_existe(app: Flask, backend: str) -> None:
    with app.app_context(), db.engine.connect() as conexion:
        if backend == "sqlite":
            consulta = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'paciente'"
            assert set(conexion.execute(text(consulta)).scalars()) == {
                f"paciente_fts_{suceso}" for suceso in ("alta", "baja", "cambio")
            }
        else:
            consulta = "SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_paciente_trigramas'"
            assert "USING gin (trigramas(busqueda))" in conexion.execute(text(consulta)).scalar_one()


def test_toda_vista_declara_un_permiso_conocido(app: Flask) -> None:
    assert undeclared(app, set(app.extensions["comun"].permissions)) == []


def test_el_documento_openapi_describe_cada_ruta(api: ApiClient) -> None:
    documento = ok(api.with_token(None).get("/admin/openapi.json"))
    assert documento["paths"]["/admin/pacientes"]["post"]["x-permiso"] == "admin:pacientes:crear"
    for catalogo in ("especialidades", "aseguradoras", "fuentes", "lineas-negocio"):
        assert {"get", "post"} <= set(documento["paths"][f"/admin/{catalogo}"])


@pytest.mark.skipif(not ALIAS.exists(), reason="the gateway's table of routes is not here")
def test_cada_ruta_del_gateway_existe_aqui(app: Flask) -> None:
    with ALIAS.open() as archivo:
        filas = [fila for fila in csv.reader(archivo) if len(fila) == 4 and fila[3] == "admin_service"]
    rutas = {
        (metodo, re.sub(r"<[^>]*>", "{}", regla.rule))
        for regla in app.url_map.iter_rules()
        for metodo in regla.methods
    }
    pedidas = {(metodo, re.sub(r"\{[^}]*\}", "{}", canonica.partition("?")[0])) for metodo, _, canonica, _ in filas}
    assert pedidas - rutas == set()
