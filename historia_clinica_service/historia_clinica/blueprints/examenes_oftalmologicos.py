"""/historia-clinica/…/examenes-oftalmologicos: eye exams, and how the eyes fared over time."""

from typing import Any

from flask.views import MethodView

from comun.api import Blueprint, no_content
from historia_clinica.blueprints.respuestas import ARCHIVO, PDF, SVG, archivo, con_alertas, en_estado, svg
from historia_clinica.casos_de_uso import partes_oftalmologicas as _partes  # noqa: F401 - declares them
from historia_clinica.casos_de_uso.acceso import Accion, acceder, buscar, buscar_escribiendo
from historia_clinica.casos_de_uso.citas_conocidas import conocer_citas
from historia_clinica.casos_de_uso.evolucion_ocular import evolucion, imagen
from historia_clinica.casos_de_uso.examenes_oftalmologicos import crear, descartar, editar, firmar
from historia_clinica.esquemas.comunes import CON_ALERTAS
from historia_clinica.esquemas.examenes_oftalmologicos import (
    EvolucionSalida,
    ExamenEscrito,
    ExamenFila,
    ExamenNuevo,
    ExamenSalida,
    FiltroExamenes,
    PeriodoDeEvolucion,
)
from historia_clinica.modelos import ExamenOftalmologico

examenes_oftalmologicos_bp = Blueprint(
    "examenes_oftalmologicos", __name__, url_prefix="/historia-clinica", description="Eye exams"
)

QUE = "examenes_oftalmologicos"


@examenes_oftalmologicos_bp.route("/pacientes/<id:paciente_id>/examenes-oftalmologicos")
class Examenes(MethodView):
    @examenes_oftalmologicos_bp.permission("historia:leer")
    @examenes_oftalmologicos_bp.page(
        ExamenFila,
        FiltroExamenes,
        model=ExamenOftalmologico,
        sort={"momento": ExamenOftalmologico.momento},
        default="-momento",
        beside=CON_ALERTAS,
    )
    def get(self, filtro: dict[str, Any], paciente_id: int) -> Any:
        """The eye exams of a patient, the latest first."""
        acceso = acceder(paciente_id, Accion.LEER, QUE)
        consulta = en_estado(acceso.lista(ExamenOftalmologico), filtro, ExamenOftalmologico.firmado_en, "firmado")
        return consulta, {"alertas": acceso.alertas}

    @examenes_oftalmologicos_bp.permission("historia:escribir")
    @examenes_oftalmologicos_bp.arguments(ExamenNuevo)
    @examenes_oftalmologicos_bp.response(201, ExamenSalida, location="/historia-clinica/examenes-oftalmologicos/{id}")
    def post(self, datos: dict[str, Any], paciente_id: int) -> Any:
        """Begin an exam: a draft of the calling doctor."""
        conocer_citas(datos)
        acceso = acceder(paciente_id, Accion.ESCRIBIR, QUE)
        return con_alertas(crear(acceso, datos), acceso)


@examenes_oftalmologicos_bp.route("/examenes-oftalmologicos/<id:examen_id>")
class UnExamen(MethodView):
    @examenes_oftalmologicos_bp.permission("historia:leer")
    @examenes_oftalmologicos_bp.response(200, ExamenSalida)
    def get(self, examen_id: int) -> Any:
        """One eye exam; `avisos` says what of it should be looked at."""
        return con_alertas(*buscar(ExamenOftalmologico, examen_id, Accion.LEER, QUE))

    @examenes_oftalmologicos_bp.permission("historia:escribir")
    @examenes_oftalmologicos_bp.if_match()
    @examenes_oftalmologicos_bp.arguments(ExamenEscrito.as_partial())
    @examenes_oftalmologicos_bp.response(200, ExamenSalida)
    def put(self, datos: dict[str, Any], examen_id: int) -> Any:
        """Write in the draft; only its doctor. An eye that is given comes whole."""
        examen, acceso = buscar_escribiendo(ExamenOftalmologico, examen_id, QUE)
        editar(examen, acceso, datos)
        return con_alertas(examen, acceso)

    @examenes_oftalmologicos_bp.permission("historia:escribir")
    @examenes_oftalmologicos_bp.if_match(required=False)
    @examenes_oftalmologicos_bp.response(204)
    def delete(self, examen_id: int) -> Any:
        """Discard the draft; only its doctor."""
        descartar(*buscar_escribiendo(ExamenOftalmologico, examen_id, QUE))
        return no_content()


@examenes_oftalmologicos_bp.route("/examenes-oftalmologicos/<id:examen_id>/firma")
class FirmaDeExamen(MethodView):
    @examenes_oftalmologicos_bp.permission("historia:firmar")
    @examenes_oftalmologicos_bp.if_match(required=False)
    @examenes_oftalmologicos_bp.response(200, ExamenSalida)
    def post(self, examen_id: int) -> Any:
        """Sign it; only its doctor. What is signed never changes. Signed already: the same answer."""
        examen, acceso = buscar_escribiendo(ExamenOftalmologico, examen_id, QUE, Accion.FIRMAR)
        firmar(examen, acceso)
        return con_alertas(examen, acceso)


@examenes_oftalmologicos_bp.route("/examenes-oftalmologicos/<id:examen_id>/pdf")
class ExamenImpreso(MethodView):
    @examenes_oftalmologicos_bp.permission("historia:imprimir")
    @examenes_oftalmologicos_bp.response(200, ARCHIVO, content_type=PDF)
    def get(self, examen_id: int) -> Any:
        """The exam on paper, both eyes side by side; 503 when admin_service is down."""
        from historia_clinica.casos_de_uso.examen_impreso import imprimir

        examen, acceso = buscar(ExamenOftalmologico, examen_id, Accion.IMPRIMIR, QUE)
        return archivo(imprimir(examen, acceso), PDF, f"examen-oftalmologico-{examen.id:06d}.pdf")


@examenes_oftalmologicos_bp.route("/pacientes/<id:paciente_id>/oftalmologia/evolucion")
class Evolucion(MethodView):
    @examenes_oftalmologicos_bp.permission("historia:leer")
    @examenes_oftalmologicos_bp.arguments(PeriodoDeEvolucion, location="query")
    @examenes_oftalmologicos_bp.response(200, EvolucionSalida)
    def get(self, periodo: dict[str, Any], paciente_id: int) -> Any:
        """Pressure and acuity of each eye over time, drafts too."""
        acceso = acceder(paciente_id, Accion.LEER, QUE)
        return {**evolucion(acceso, periodo.get("desde"), periodo.get("hasta")), "alertas": acceso.alertas}


@examenes_oftalmologicos_bp.route("/pacientes/<id:paciente_id>/oftalmologia/evolucion/imagen")
class ImagenDeEvolucion(MethodView):
    @examenes_oftalmologicos_bp.permission("historia:imprimir")
    @examenes_oftalmologicos_bp.arguments(PeriodoDeEvolucion, location="query")
    @examenes_oftalmologicos_bp.response(200, ARCHIVO, content_type=SVG)
    def get(self, periodo: dict[str, Any], paciente_id: int) -> Any:
        """The same drawn: two panels over time, the eyes told apart by mark and line too."""
        acceso = acceder(paciente_id, Accion.IMPRIMIR, QUE)
        return svg(imagen(acceso, periodo.get("desde"), periodo.get("hasta")))
