"""What facturacion_service is made of."""

from flask import Flask

from comun.app import Service
from facturacion.almacen import preparar_almacen
from facturacion.blueprints.interno import interno_bp
from facturacion.blueprints.reportes import reportes_bp
from facturacion.clientes.admin import AdminCliente
from facturacion.clientes.citas import CitasCliente
from facturacion.clientes.inventario import InventarioCliente
from facturacion.config import AJUSTES
from facturacion.eventos import consumidos as _consumidos  # noqa: F401 - registers the handlers
from facturacion.extensiones import consumidor, db, restricciones, tablas
from facturacion.permisos import PERMISOS


def _preparar(app: Flask) -> None:
    app.extensions["admin"] = AdminCliente(app)
    app.extensions["citas"] = CitasCliente(app)
    app.extensions["inventario"] = InventarioCliente(app)
    preparar_almacen(app)


SERVICIO = Service(
    name="facturacion",
    package="facturacion",
    title="OdontoCare · facturación",
    port=5004,
    db=db,
    tables=tablas,
    permissions=PERMISOS,
    blueprints=[
        interno_bp,
        reportes_bp,
    ],
    constraints=restricciones,
    consumer=consumidor,
    settings=AJUSTES,
    prepare=_preparar,
)
