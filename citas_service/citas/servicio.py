"""What citas_service is made of."""

from flask import Flask

from citas.blueprints.agenda import agenda_bp
from citas.blueprints.apartados import apartados_bp
from citas.blueprints.bloqueos import bloqueos_bp
from citas.blueprints.calendarios import calendarios_bp
from citas.blueprints.centros import centros_bp
from citas.blueprints.citas import citas_bp
from citas.blueprints.disponibilidad import disponibilidad_bp
from citas.blueprints.enlaces import enlaces_bp
from citas.blueprints.extras import extras_bp
from citas.blueprints.horarios import horarios_bp
from citas.blueprints.interno import interno_bp
from citas.blueprints.lista_espera import lista_espera_bp
from citas.blueprints.politicas import politicas_bp
from citas.blueprints.recordatorios import recordatorios_bp
from citas.blueprints.reportes import reportes_bp
from citas.blueprints.series import series_bp
from citas.blueprints.tratamientos import tratamientos_bp
from citas.casos_de_uso import enlaces_de_oferta as _enlaces_de_oferta  # noqa: F401 - registers their kind
from citas.casos_de_uso.apartar import depurar_vencidos
from citas.casos_de_uso.huecos import ofrecer_huecos
from citas.casos_de_uso.pacientes import unir_rezagados
from citas.casos_de_uso.recordatorios import enviar_recordatorios
from citas.clientes.admin import AdminCliente
from citas.clientes.auth import cliente_de_auth
from citas.clientes.inventario import InventarioCliente
from citas.config import AJUSTES
from citas.eventos import consumidos as _consumidos  # noqa: F401 - registers the handlers
from citas.extensiones import consumidor, db, restricciones, tablas
from citas.modelos.reglas import AgendaVigente
from citas.permisos import PERMISOS
from comun.app import Service
from comun.worker import Job


def _preparar(app: Flask) -> None:
    app.extensions["admin"] = AdminCliente(app)
    app.extensions["auth"] = cliente_de_auth(app)
    app.extensions["inventario"] = InventarioCliente(app)
    app.extensions["agenda"] = AgendaVigente()


SERVICIO = Service(
    name="citas",
    package="citas",
    title="OdontoCare · citas",
    port=5005,
    db=db,
    tables=tablas,
    permissions=PERMISOS,
    blueprints=[
        agenda_bp,
        apartados_bp,
        bloqueos_bp,
        calendarios_bp,
        centros_bp,
        citas_bp,
        disponibilidad_bp,
        enlaces_bp,
        extras_bp,
        horarios_bp,
        interno_bp,
        lista_espera_bp,
        politicas_bp,
        recordatorios_bp,
        reportes_bp,
        series_bp,
        tratamientos_bp,
    ],
    constraints=restricciones,
    consumer=consumidor,
    settings=AJUSTES,
    jobs=[
        Job("depurar_apartados", 30.0, depurar_vencidos),
        Job("enviar_recordatorios", 15.0, enviar_recordatorios),
        Job("unir_rezagados", 15.0, unir_rezagados),
        Job("ofrecer_huecos", 2.0, ofrecer_huecos, lease_seconds=15.0),
    ],
    needs={"admin": "ADMIN_URL"},
    prepare=_preparar,
)
