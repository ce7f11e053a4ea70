"""What inventario_service is made of."""

from comun.app import Service
from comun.worker import Job
from inventario.blueprints.consumos import consumos_bp
from inventario.blueprints.conteos import conteos_bp
from inventario.blueprints.movimientos import movimientos_bp
from inventario.blueprints.reservas import reservas_bp
from inventario.blueprints.traslados import traslados_bp
from inventario.casos_de_uso.consumo import consumir_pendientes, informe
from inventario.config import AJUSTES
from inventario.eventos import consumidos as _consumidos  # noqa: F401 - registers the handlers
from inventario.extensiones import consumidor, db, restricciones, tablas
from inventario.permisos import PERMISOS

SERVICIO = Service(
    name="inventario",
    package="inventario",
    title="OdontoCare · inventario",
    port=5002,
    db=db,
    tables=tablas,
    permissions=PERMISOS,
    blueprints=[
        consumos_bp,
        reservas_bp,
        conteos_bp,
        movimientos_bp,
        traslados_bp,
    ],
    constraints=restricciones,
    consumer=consumidor,
    settings=AJUSTES,
    jobs=[
        Job("consumir", 1.0, consumir_pendientes),
    ],
    reports={"consumos": informe},
)
