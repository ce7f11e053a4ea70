"""/historia-clinica: periodontal charts."""

from typing import Any

from flask import Response
from flask.views import MethodView

from comun.api import Blueprint, no_content
from historia_clinica.blueprints.respuestas import ARCHIVO, SVG, con_alertas, en_estado, svg
from historia_clinica.casos_de_uso.acceso import Accion, acceder, buscar
from historia_clinica.casos_de_uso.citas_conocidas import conocer_citas
from historia_clinica.casos_de_uso.periodontogramas import QUE, cambiar, cerrar, crear, imagen, retirar
from historia_clinica.esquemas.comunes import CON_ALERTAS
from historia_clinica.esquemas.periodontogramas import (
    CierreDePeriodontograma,
    FiltroPeriodontogramas,
    PeriodontogramaBreve,
    PeriodontogramaNuevo,
    PeriodontogramaSalida,
)
from historia_clinica.modelos import Periodontograma

periodontogramas_bp = Blueprint(
    "periodontogramas", __name__, url_prefix="/historia-clinica", description="Periodontal charts"
)


@periodontogramas_bp.route("/pacientes/<id:paciente_id>/periodontogramas")
class Periodontogramas(MethodView):
    @periodontogramas_bp.permission("historia:leer")
    @periodontogramas_bp.page(
        PeriodontogramaBreve,
        FiltroPeriodontogramas,
        model=Periodontograma,
        sort={"ocurrido_en": Periodontograma.ocurrido_en},
        default="-ocurrido_en",
        beside=CON_ALERTAS,
    )
    def get(self, filtro: dict[str, Any], paciente_id: int) -> Any:
        """Charts of a patient, the latest first."""
        acceso = acceder(paciente_id, Accion.LEER, QUE)
        consulta = en_estado(acceso.lista(Periodontograma), filtro, Periodontograma.cerrado_en, "cerrado")
        return consulta, {"alertas": acceso.alertas}

    @periodontogramas_bp.permission("historia:escribir")
    @periodontogramas_bp.arguments(PeriodontogramaNuevo)
    @periodontogramas_bp.response(201, PeriodontogramaSalida, location="/historia-clinica/periodontogramas/{id}")
    def post(self, datos: dict[str, Any], paciente_id: int) -> Any:
        """A new chart, a draft until it is closed."""
        conocer_citas(datos)
        acceso = acceder(paciente_id, Accion.ESCRIBIR, QUE)
        return con_alertas(crear(acceso, datos), acceso)


@periodontogramas_bp.route("/periodontogramas/<id:periodontograma_id>")
class UnPeriodontograma(MethodView):
    @periodontogramas_bp.permission("historia:leer")
    @periodontogramas_bp.response(200, PeriodontogramaSalida)
    def get(self, periodontograma_id: int) -> Any:
        """A chart: each site of each tooth, and its figures."""
        return con_alertas(*buscar(Periodontograma, periodontograma_id, Accion.LEER, QUE))

    @periodontogramas_bp.permission("historia:escribir")
    @periodontogramas_bp.if_match()
    @periodontogramas_bp.arguments(PeriodontogramaNuevo.as_partial())
    @periodontogramas_bp.response(200, PeriodontogramaSalida)
    def put(self, datos: dict[str, Any], periodontograma_id: int) -> Any:
        """Change a draft; `piezas`, when given, takes the place of all that were measured."""
        return con_alertas(*cambiar(periodontograma_id, datos))

    @periodontogramas_bp.permission("historia:escribir")
    @periodontogramas_bp.if_match(required=False)
    @periodontogramas_bp.response(204)
    def delete(self, periodontograma_id: int) -> Any:
        """Take back a draft."""
        retirar(periodontograma_id)
        return no_content()


@periodontogramas_bp.route("/periodontogramas/<id:periodontograma_id>/estado")
class EstadoDePeriodontograma(MethodView):
    @periodontogramas_bp.permission("historia:escribir")
    @periodontogramas_bp.if_match(required=False)
    @periodontogramas_bp.arguments(CierreDePeriodontograma)
    @periodontogramas_bp.response(200, PeriodontogramaSalida)
    def patch(self, _datos: dict[str, Any], periodontograma_id: int) -> Any:
        """Close it for good."""
        return con_alertas(*cerrar(periodontograma_id))


@periodontogramas_bp.route("/periodontogramas/<id:periodontograma_id>/imagen")
class ImagenDePeriodontograma(MethodView):
    @periodontogramas_bp.permission("historia:imprimir")
    @periodontogramas_bp.response(200, ARCHIVO, content_type=SVG)
    def get(self, periodontograma_id: int) -> Response:
        """The chart as a picture."""
        return svg(imagen(*buscar(Periodontograma, periodontograma_id, Accion.IMPRIMIR, QUE)))
