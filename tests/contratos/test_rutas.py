"""All services' routes side by side: who may call them is declared, known to auth_service, and never by mistake."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from admin.servicio import SERVICIO as ADMIN
from auth.catalogo import CATALOGO, REPARTIBLES
from auth.dominio.roles import ROLES_INICIALES
from auth.servicio import SERVICIO as AUTH
from citas.servicio import SERVICIO as CITAS
from comun.api import IdConverter
from comun.app import Service
from comun.auth.permissions import rule_of, undeclared, views
from comunicaciones.servicio import SERVICIO as COMUNICACIONES
from facturacion.servicio import SERVICIO as FACTURACION
from historia_clinica.servicio import SERVICIO as HISTORIA_CLINICA
from inventario.servicio import SERVICIO as INVENTARIO

SERVICIOS = {
    servicio.name: servicio
    for servicio in (AUTH, ADMIN, CITAS, COMUNICACIONES, INVENTARIO, HISTORIA_CLINICA, FACTURACION)
}

# All that needs no token, besides the health, the document and the figures of each service.
PUBLICAS = {
    "POST /auth/login",
    "POST /auth/refresh",
    "POST /auth/token",
    "POST /auth/registro",
    "GET /auth/.well-known/jwks.json",
    "GET /auth/invitaciones/<string:token>",
    "POST /auth/invitaciones/<string:token>",
    "GET /citas/enlaces/<string:token>",
    "POST /citas/enlaces/<string:token>",
    "GET /citas/calendarios/<string:token>.ics",
    "GET /comunicaciones/eventos/catalogo",
}
# POST, because the question is a body; they keep nothing.
SOLO_PREGUNTAN = {"/citas/verificar-disponibilidad"}
DE_TODOS = re.compile(r"GET /[\w-]+/(health(/ready)?|openapi\.json)|GET /metrics")


@pytest.fixture(scope="module", params=SERVICIOS)
def servicio(request: pytest.FixtureRequest) -> Service:
    return SERVICIOS[request.param]


@pytest.fixture(scope="module")
def app(servicio: Service, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application as it is served; nothing is asked of its database."""
    carpeta: Path = tmp_path_factory.mktemp(servicio.name)
    ajustes = {f"{servicio.prefix}_DATABASE_URL": f"sqlite:///{carpeta}/x.sqlite3"}
    propios = {f"{servicio.prefix}_{secreto}": "x" * 40 for secreto in ("CLIENT_SECRET", "SECRET_KEY")}
    propios[f"{servicio.prefix}_ALMACEN"] = f"file://{carpeta}"
    declarados = {ajuste.name for ajuste in servicio.declared_settings()}
    return servicio.create_app({k: v for k, v in {**ajustes, **propios}.items() if k in declarados})


def test_toda_vista_declara_un_permiso_que_auth_service_conoce(app: Flask) -> None:
    assert undeclared(app, set(CATALOGO)) == []


def test_solo_lo_publico_es_publico(app: Flask) -> None:
    abiertas = {
        f"{metodo} {ruta}" for ruta, metodo, vista in views(app) if (regla := rule_of(vista)) and not regla.permission
    }
    assert {ruta for ruta in abiertas if not DE_TODOS.fullmatch(ruta)} <= PUBLICAS


def test_lo_interno_es_de_servicios_y_lo_demas_de_personas(app: Flask) -> None:
    for ruta, metodo, vista in views(app):
        regla = rule_of(vista)
        if regla and regla.permission:
            interno = regla.permission.startswith("interno:")
            assert interno == ruta.startswith("/interno/"), f"{metodo} {ruta}: {regla.permission}"


def test_leer_y_escribir_no_llevan_el_mismo_permiso(app: Flask) -> None:
    """Whoever may only look must not be able to write; one's own account is the exception, and a long question."""
    lee, escribe = set(), set()
    for ruta, metodo, vista in views(app):
        if (
            (regla := rule_of(vista))
            and regla.permission
            and not regla.permission.startswith(("interno:", "auth:perfil"))
            and ruta not in SOLO_PREGUNTAN
        ):
            (lee if metodo == "GET" else escribe).add(regla.permission)
    assert lee & escribe == set()


def test_los_ids_de_las_rutas_son_enteros_positivos_de_32_bits(app: Flask) -> None:
    for regla in app.url_map.iter_rules():
        for nombre, lector in regla._converters.items():
            assert isinstance(lector, IdConverter) == nombre.endswith("_id"), regla.rule


def test_los_roles_iniciales_solo_dan_lo_que_se_puede_repartir() -> None:
    for rol in ROLES_INICIALES:
        assert (rol.permisos or frozenset()) <= REPARTIBLES, rol.nombre
