"""This service, declared."""

from flask import Flask

from auth import contrasenas
from auth.blueprints import acceso, interno, perfil, registro, roles, usuarios  # noqa: F401 - they add their routes
from auth.blueprints.base import auth_bp, interno_bp
from auth.casos_de_uso.depuracion import depurar
from auth.casos_de_uso.reservas import resolver
from auth.casos_de_uso.siembra import sembrar
from auth.clientes.admin import AdminCliente
from auth.confianza import ConfianzaLocal
from auth.config import AJUSTES
from auth.eventos import consumidos  # noqa: F401 - adds its handlers to the consumer
from auth.extensiones import consumidor, db, restricciones, tablas
from auth.llavero import init_llavero
from auth.permisos import PERMISOS
from auth.tokens import TokenPropio, init_firma
from comun.app import Service
from comun.worker import Job


def _preparar(app: Flask) -> None:
    contrasenas.ajustar(app.config["AUTH_PASSWORD_MEMORY_KIB"], app.config["AUTH_PASSWORD_PASSES"])
    init_llavero(app)
    init_firma(app)
    app.extensions["admin"] = AdminCliente(app)


SERVICIO = Service(
    name="auth",
    package="auth",
    title="OdontoCare: identity and access",
    port=5001,
    db=db,
    tables=tablas,
    permissions=PERMISOS,
    blueprints=(auth_bp, interno_bp),
    constraints=restricciones,
    consumer=consumidor,
    settings=AJUSTES,
    jobs=(Job("resolver_reservas", 60, resolver), Job("depurar", 3600, depurar)),
    prepare=_preparar,
    trust_source=ConfianzaLocal,
    own_token=TokenPropio,
    seed=sembrar,
)
