"""What facturacion_service is made of."""

from flask import Flask

from comun.app import Service
from comun.worker import Job
from facturacion.almacen import preparar_almacen
from facturacion.blueprints.cajas import cajas_bp
from facturacion.blueprints.categorias_gasto import categorias_gasto_bp
from facturacion.blueprints.citas_por_revisar import citas_por_revisar_bp
from facturacion.blueprints.coberturas import coberturas_bp
from facturacion.blueprints.cotizaciones import cotizaciones_bp
from facturacion.blueprints.cuotas import cuotas_bp
from facturacion.blueprints.estadisticas import estadisticas_bp
from facturacion.blueprints.estado_cuenta import estado_cuenta_bp
from facturacion.blueprints.facturas import facturas_bp
from facturacion.blueprints.gastos import gastos_bp
from facturacion.blueprints.gastos_recurrentes import gastos_recurrentes_bp
from facturacion.blueprints.honorarios import honorarios_bp
from facturacion.blueprints.interno import interno_bp
from facturacion.blueprints.liquidaciones import liquidaciones_bp
from facturacion.blueprints.notas import notas_bp
from facturacion.blueprints.pagos import pagos_bp
from facturacion.blueprints.puntos import puntos_bp
from facturacion.blueprints.reportes import reportes_bp
from facturacion.blueprints.transacciones import transacciones_bp
from facturacion.casos_de_uso.adjuntos_gasto import limpiar_archivos
from facturacion.casos_de_uso.cobros import cobrar_pendientes, informe
from facturacion.casos_de_uso.gastos_recurrentes import registrar_recurrentes
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
        cajas_bp,
        categorias_gasto_bp,
        citas_por_revisar_bp,
        coberturas_bp,
        cotizaciones_bp,
        cuotas_bp,
        estado_cuenta_bp,
        estadisticas_bp,
        facturas_bp,
        gastos_bp,
        gastos_recurrentes_bp,
        honorarios_bp,
        interno_bp,
        notas_bp,
        liquidaciones_bp,
        pagos_bp,
        puntos_bp,
        reportes_bp,
        transacciones_bp,
    ],
    constraints=restricciones,
    consumer=consumidor,
    settings=AJUSTES,
    jobs=[
        Job("cobrar_citas", 1.0, cobrar_pendientes, lease_seconds=15.0),
        Job("limpiar_archivos", 3600.0, limpiar_archivos),
        Job("registrar_recurrentes", 600.0, registrar_recurrentes),
    ],
    reports={"citas_por_cobrar": informe},
    prepare=_preparar,
)
