"""/historia-clinica/…/recetas-opticas: spectacle prescriptions."""

from typing import Any

from flask.views import MethodView

from comun.api import Blueprint
from historia_clinica.blueprints.respuestas import ARCHIVO, PDF, archivo, con_alertas, en_estado
from historia_clinica.casos_de_uso.acceso import Accion, acceder, buscar, buscar_escribiendo
from historia_clinica.casos_de_uso.recetas_opticas import anular, emitir
from historia_clinica.esquemas.comunes import CON_ALERTAS
from historia_clinica.esquemas.recetas_opticas import (
    AnulacionDeReceta,
    FiltroRecetasOpticas,
    RecetaOpticaFila,
    RecetaOpticaNueva,
    RecetaOpticaSalida,
)
from historia_clinica.modelos import ExamenOftalmologico, RecetaOptica

recetas_opticas_bp = Blueprint(
    "recetas_opticas", __name__, url_prefix="/historia-clinica", description="Spectacle prescriptions"
)

QUE = "recetas_opticas"


@recetas_opticas_bp.route("/examenes-oftalmologicos/<id:examen_id>/recetas-opticas")
class RecetasDeUnExamen(MethodView):
    @recetas_opticas_bp.permission("historia:firmar")
    @recetas_opticas_bp.arguments(RecetaOpticaNueva)
    @recetas_opticas_bp.response(201, RecetaOpticaSalida, location="/historia-clinica/recetas-opticas/{id}")
    def post(self, datos: dict[str, Any], examen_id: int) -> Any:
        """Issue and sign a prescription out of a signed exam: its final refraction, for the use that is asked."""
        examen, acceso = buscar_escribiendo(ExamenOftalmologico, examen_id, QUE, Accion.FIRMAR)
        return con_alertas(emitir(examen, acceso, datos), acceso)


@recetas_opticas_bp.route("/pacientes/<id:paciente_id>/recetas-opticas")
class RecetasDeUnPaciente(MethodView):
    @recetas_opticas_bp.permission("historia:leer")
    @recetas_opticas_bp.page(
        RecetaOpticaFila,
        FiltroRecetasOpticas,
        model=RecetaOptica,
        sort={"emitida_en": RecetaOptica.emitida_en},
        default="-emitida_en",
        beside=CON_ALERTAS,
    )
    def get(self, filtro: dict[str, Any], paciente_id: int) -> Any:
        """The spectacle prescriptions of a patient, the latest first; his own for a patient."""
        acceso = acceder(paciente_id, Accion.LEER, QUE)
        consulta = en_estado(acceso.lista(RecetaOptica), filtro, RecetaOptica.anulada_en, "anulada")
        return consulta, {"alertas": acceso.alertas}


@recetas_opticas_bp.route("/recetas-opticas/<id:receta_id>")
class UnaReceta(MethodView):
    @recetas_opticas_bp.permission("historia:leer")
    @recetas_opticas_bp.response(200, RecetaOpticaSalida)
    def get(self, receta_id: int) -> Any:
        """One prescription."""
        return con_alertas(*buscar(RecetaOptica, receta_id, Accion.LEER, QUE))


@recetas_opticas_bp.route("/recetas-opticas/<id:receta_id>/estado")
class EstadoDeReceta(MethodView):
    @recetas_opticas_bp.permission("historia:firmar")
    @recetas_opticas_bp.if_match(required=False)
    @recetas_opticas_bp.arguments(AnulacionDeReceta)
    @recetas_opticas_bp.response(200, RecetaOpticaSalida)
    def patch(self, datos: dict[str, Any], receta_id: int) -> Any:
        """Annul it; only its doctor. What it says stays as it was signed."""
        receta, acceso = buscar_escribiendo(RecetaOptica, receta_id, QUE, Accion.FIRMAR)
        anular(receta, acceso, datos["motivo"])
        return con_alertas(receta, acceso)


@recetas_opticas_bp.route("/recetas-opticas/<id:receta_id>/pdf")
class RecetaImpresa(MethodView):
    @recetas_opticas_bp.permission("historia:imprimir")
    @recetas_opticas_bp.response(200, ARCHIVO, content_type=PDF)
    def get(self, receta_id: int) -> Any:
        """The prescription on paper (A5), for the optician; 503 when admin_service is down."""
        from historia_clinica.casos_de_uso.receta_optica_impresa import imprimir

        receta, acceso = buscar(RecetaOptica, receta_id, Accion.IMPRIMIR, QUE)
        return archivo(imprimir(receta, acceso.paciente_id), PDF, f"{receta.codigo}.pdf")
