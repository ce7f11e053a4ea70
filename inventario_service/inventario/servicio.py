"""What inventario_service is made of."""

from comun.app import Service
from inventario.blueprints.bodegas import bodegas_bp
from inventario.blueprints.categorias import categorias_bp
from inventario.blueprints.conteos import conteos_bp
from inventario.blueprints.lotes import lotes_bp
from inventario.blueprints.movimientos import movimientos_bp
from inventario.blueprints.productos import productos_bp
from inventario.blueprints.proveedores import proveedores_bp
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
        bodegas_bp,
        categorias_bp,
        conteos_bp,
        lotes_bp,
        movimientos_bp,
        productos_bp,
        proveedores_bp,
        traslados_bp,
    ],
    constraints=restricciones,
    consumer=consumidor,
    settings=AJUSTES,
)
