"""The service holds what it promises about itself: schema, seeds, permissions, documents."""

import pytest
from flask import Flask
from sqlalchemy import select

from auth.casos_de_uso.siembra import sembrar
from auth.catalogo import CATALOGO, REPARTIBLES
from auth.extensiones import db
from auth.modelos import ClaveFirma, Rol
from comun.auth.permissions import undeclared
from comun.migrations import differences
from comun.testing.client import ApiClient, ok


def test_las_migraciones_hacen_lo_que_dicen_los_modelos(app: Flask) -> None:
    assert differences(app) == []


def test_toda_vista_declara_un_permiso_del_catalogo(app: Flask) -> None:
    assert undeclared(app, set(CATALOGO)) == []


def test_admin_tiene_todos_los_permisos_desde_el_principio(app: Flask) -> None:
    with app.app_context():
        assert set(Rol.de_nombre("Admin").permisos) == REPARTIBLES


def test_sembrar_otra_vez_no_cambia_nada_ni_deshace_lo_cambiado(app: Flask) -> None:
    with app.app_context():
        Rol.de_nombre("secretaria").cambiar_permisos({"citas:leer", "admin:pacientes:crear"})
        db.session.commit()
        antes = db.session.scalar(select(db.func.count()).select_from(Rol))
        sembrar()
        db.session.expire_all()
        assert Rol.de_nombre("secretaria").permisos == ["admin:pacientes:crear", "citas:leer"]
        assert db.session.scalar(select(db.func.count()).select_from(Rol)) == antes


def test_lo_que_trae_una_version_nueva_se_agrega(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auth.casos_de_uso.siembra.REPARTIBLES", REPARTIBLES | {"nuevo:leer"})
    with app.app_context():
        sembrar()
        assert "nuevo:leer" in Rol.de_nombre("admin").permisos
        assert Rol.de_nombre("admin").version_token == 2


def test_la_primera_clave_se_hace_una_sola_vez(app: Flask) -> None:
    with app.app_context():
        sembrar()
        assert db.session.scalar(select(db.func.count()).where(ClaveFirma.activa)) == 1


def test_el_documento_openapi_describe_cada_ruta(anonimo: ApiClient) -> None:
    documento = ok(anonimo.get("/auth/openapi.json"))
    assert documento["paths"]["/auth/login"]["post"]["security"] == []
    assert documento["paths"]["/auth/usuarios"]["post"]["x-permiso"] == "auth:usuarios:crear"
    assert {"get", "put", "delete"} <= set(documento["paths"]["/auth/usuarios/{usuario_id}"])
