"""What inventario_service is made of."""

from comun.app import Service
from inventario.blueprints.conteos import conteos_bp
from inventario.blueprints.movimientos import movimientos_bp
from inventario.blueprints.traslados import traslados_bp
from inventario.config import AJUSTES
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
        conteos_bp,
        movimientos_bp,
        traslados_bp,
    ],
    constraints=restricciones,
    consumer=consumidor,
    settings=AJUSTES,
)
