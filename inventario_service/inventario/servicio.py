"""What inventario_service is made of."""

from comun.app import Service
from comun.worker import Job
from inventario.blueprints.bodegas import bodegas_bp
from inventario.blueprints.categorias import categorias_bp, categorias_de_tratamientos_bp
from inventario.blueprints.compras import compras_bp
from inventario.blueprints.consumos import consumos_bp
from inventario.blueprints.conteos import conteos_bp
from inventario.blueprints.interno import interno_bp
from inventario.blueprints.lotes import lotes_bp
from inventario.blueprints.movimientos import movimientos_bp
from inventario.blueprints.ordenes_compra import ordenes_compra_bp
from inventario.blueprints.productos import productos_bp
from inventario.blueprints.proveedores import proveedores_bp
from inventario.blueprints.recetas import recetas_bp
from inventario.blueprints.reportes import reportes_bp
from inventario.blueprints.reservas import reservas_bp
from inventario.blueprints.traslados import traslados_bp
from inventario.blueprints.tratamientos import tratamientos_bp
from inventario.casos_de_uso.caducidades import avisar_caducidades
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
        compras_bp,
        ordenes_compra_bp,
        reportes_bp,
        bodegas_bp,
        categorias_bp,
        lotes_bp,
        productos_bp,
        proveedores_bp,
        consumos_bp,
        reservas_bp,
        conteos_bp,
        movimientos_bp,
        traslados_bp,
        tratamientos_bp,
        categorias_de_tratamientos_bp,
        recetas_bp,
        interno_bp,
    ],
    constraints=restricciones,
    consumer=consumidor,
    settings=AJUSTES,
    jobs=[
        Job("consumir", 1.0, consumir_pendientes, lease_seconds=15.0),
        Job("avisar_caducidades", 3600.0, avisar_caducidades),
    ],
    reports={"consumos": informe},
)
