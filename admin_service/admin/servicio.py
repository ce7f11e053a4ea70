"""What admin_service is made of."""

from flask import Flask

from admin.blueprints import (
    admin_bp,
    catalogos,
    centros,
    configuracion,
    derechos,
    doctores,
    interno,
    interno_bp,
    pacientes,
    reportes,
)
from admin.clientes.auth import AuthCliente
from admin.clientes.datos_paciente import DatosPacienteCliente
from admin.clientes.inventario import InventarioCliente
from admin.config import AJUSTES
from admin.eventos import consumidos
from admin.extensiones import consumidor, db, restricciones, tablas
from admin.permisos import PERMISOS
from comun.app import Service

# Imported for what they register: routes and event handlers.
_REGISTRADOS = (
    catalogos,
    centros,
    configuracion,
    consumidos,
    derechos,
    doctores,
    interno,
    pacientes,
    reportes,
)


def _preparar(app: Flask) -> None:
    app.extensions["auth"] = AuthCliente(app)
    app.extensions["datos_paciente"] = DatosPacienteCliente(app)
    app.extensions["inventario"] = InventarioCliente(app)


SERVICIO = Service(
    name="admin",
    package="admin",
    title="OdontoCare · administración",
    port=5006,
    db=db,
    tables=tablas,
    permissions=PERMISOS,
    blueprints=[admin_bp, interno_bp],
    constraints=restricciones,
    consumer=consumidor,
    settings=AJUSTES,
    prepare=_preparar,
)
