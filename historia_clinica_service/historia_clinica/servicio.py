"""What historia_clinica_service is made of."""

from flask import Flask

from comun.app import Service
from comun.work import before_replay
from comun.worker import Job
from historia_clinica.almacen import preparar_almacen
from historia_clinica.blueprints.accesos import accesos_bp
from historia_clinica.blueprints.adjuntos import adjuntos_bp
from historia_clinica.blueprints.alergias import alergias_bp
from historia_clinica.blueprints.antecedentes import antecedentes_bp
from historia_clinica.blueprints.cie10 import cie10_bp
from historia_clinica.blueprints.consentimientos import consentimientos_bp
from historia_clinica.blueprints.estadisticas import estadisticas_bp
from historia_clinica.blueprints.examenes_oftalmologicos import examenes_oftalmologicos_bp
from historia_clinica.blueprints.expediente import expediente_bp
from historia_clinica.blueprints.interno import interno_bp
from historia_clinica.blueprints.notas import notas_bp
from historia_clinica.blueprints.odontograma import odontograma_bp
from historia_clinica.blueprints.periodontogramas import periodontogramas_bp
from historia_clinica.blueprints.planes import planes_bp
from historia_clinica.blueprints.recetas import recetas_bp
from historia_clinica.blueprints.recetas_opticas import recetas_opticas_bp
from historia_clinica.blueprints.retencion import retencion_bp
from historia_clinica.blueprints.signos_vitales import signos_vitales_bp
from historia_clinica.casos_de_uso import partes_de_atencion as _atencion  # noqa: F401 - declares the parts
from historia_clinica.casos_de_uso.adjuntos import limpiar_archivos
from historia_clinica.casos_de_uso.intentos import anotar_fallidos, ante_repeticion
from historia_clinica.casos_de_uso.personas import conocer_personas
from historia_clinica.casos_de_uso.sellos import sellar_bitacora
from historia_clinica.casos_de_uso.textos import sembrar_textos
from historia_clinica.clientes.admin import AdminCliente
from historia_clinica.clientes.citas import CitasCliente
from historia_clinica.clientes.inventario import InventarioCliente
from historia_clinica.config import AJUSTES
from historia_clinica.eventos import consumidos as _consumidos  # noqa: F401 - registers the handlers
from historia_clinica.extensiones import consumidor, db, restricciones, tablas
from historia_clinica.permisos import PERMISOS


def _preparar(app: Flask) -> None:
    app.extensions["admin"] = AdminCliente(app)
    app.extensions["citas"] = CitasCliente(app)
    preparar_almacen(app)
    app.extensions["inventario"] = InventarioCliente(app)
    before_replay(app, ante_repeticion)
    app.after_request(anotar_fallidos)


SERVICIO = Service(
    name="historia-clinica",
    package="historia_clinica",
    title="OdontoCare · historia clínica",
    port=5003,
    db=db,
    tables=tablas,
    permissions=PERMISOS,
    blueprints=[
        accesos_bp,
        adjuntos_bp,
        alergias_bp,
        antecedentes_bp,
        cie10_bp,
        consentimientos_bp,
        estadisticas_bp,
        examenes_oftalmologicos_bp,
        expediente_bp,
        interno_bp,
        notas_bp,
        odontograma_bp,
        periodontogramas_bp,
        planes_bp,
        recetas_bp,
        recetas_opticas_bp,
        retencion_bp,
        signos_vitales_bp,
    ],
    constraints=restricciones,
    consumer=consumidor,
    settings=AJUSTES,
    jobs=[
        Job("sellar_bitacora", 3600.0, sellar_bitacora),
        Job("limpiar_archivos", 86400.0, limpiar_archivos),
        Job("conocer_personas", 900.0, conocer_personas),
    ],
    seed=sembrar_textos,
    prepare=_preparar,
)
