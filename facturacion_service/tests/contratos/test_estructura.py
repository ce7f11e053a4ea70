"""The service holds what it promises about itself: schema, permissions, document."""

from flask import Flask

from comun.auth.permissions import undeclared
from comun.migrations import differences
from comun.testing.client import ApiClient, ok
from facturacion.permisos import PERMISOS


def test_las_migraciones_hacen_lo_que_dicen_los_modelos(app: Flask) -> None:
    assert differences(app) == []


def test_toda_vista_declara_un_permiso_del_servicio(app: Flask) -> None:
    assert undeclared(app, {*PERMISOS, "interno:eventos"}) == []


def test_el_documento_openapi_esta_a_la_vista(api: ApiClient) -> None:
    assert ok(api.with_token(None).get("/facturacion/openapi.json"))["info"]["title"].startswith("OdontoCare")
