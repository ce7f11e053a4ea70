"""What citas_service is made of."""

from flask import Flask

from citas.blueprints.citas import citas_bp
from citas.blueprints.disponibilidad import disponibilidad_bp
from citas.blueprints.extras import extras_bp
from citas.blueprints.interno import interno_bp
from citas.clientes.admin import AdminCliente
from citas.config import AJUSTES
from citas.eventos import consumidos as _consumidos  # noqa: F401 - registers the handlers
from citas.extensiones import consumidor, db, restricciones, tablas
from citas.modelos.reglas import AgendaVigente
from citas.permisos import PERMISOS
from comun.app import Service


def _preparar(app: Flask) -> None:
    app.extensions["admin"] = AdminCliente(app)
    app.extensions["agenda"] = AgendaVigente()


SERVICIO = Service(
    name="citas",
    package="citas",
    title="OdontoCare · citas",
    port=5005,
    db=db,
    tables=tablas,
    permissions=PERMISOS,
    blueprints=[citas_bp, disponibilidad_bp, extras_bp, interno_bp],
    constraints=restricciones,
    consumer=consumidor,
    settings=AJUSTES,
    needs={"admin": "ADMIN_URL"},
    prepare=_preparar,
)
