"""/historia-clinica: the whole record of a patient."""

from typing import Any

from flask import current_app
from flask.views import MethodView

from comun.api import Blueprint
from historia_clinica.blueprints.respuestas import ARCHIVO, PDF, archivo
from historia_clinica.casos_de_uso.expediente import exportar, imprimir, leer
from historia_clinica.esquemas.expediente import CuantoDelExpediente, ExpedienteSalida

expediente_bp = Blueprint("expediente", __name__, url_prefix="/historia-clinica", description="The whole record")

FHIR = "application/fhir+json"


@expediente_bp.route("/pacientes/<id:paciente_id>/expediente")
class Expediente(MethodView):
    @expediente_bp.permission("historia:leer")
    @expediente_bp.arguments(CuantoDelExpediente, location="query")
    @expediente_bp.response(200, ExpedienteSalida)
    def get(self, cuanto: dict[str, Any], paciente_id: int) -> Any:
        """The record: the newest of each part, or all. A patient gets what is signed of his own."""
        return leer(paciente_id, completo=cuanto["completo"])


@expediente_bp.route("/pacientes/<id:paciente_id>/expediente/pdf")
class ExpedienteEnPdf(MethodView):
    @expediente_bp.permission("historia:exportar")
    @expediente_bp.response(200, ARCHIVO, content_type=PDF)
    def get(self, paciente_id: int) -> Any:
        """The whole record to print."""
        return archivo(imprimir(paciente_id), PDF, f"historia-{paciente_id:06d}.pdf")


@expediente_bp.route("/pacientes/<id:paciente_id>/expediente/fhir")
class ExpedienteEnFhir(MethodView):
    @expediente_bp.permission("historia:exportar")
    @expediente_bp.response(200, {"type": "object"}, content_type=FHIR)
    def get(self, paciente_id: int) -> Any:
        """The whole record as an HL7 FHIR R4 document (a Bundle)."""
        return archivo(current_app.json.dumps(exportar(paciente_id)), FHIR, f"historia-{paciente_id:06d}.fhir.json")


@expediente_bp.route("/notas/<id:nota_id>/formulario-033/pdf")
class FormularioEnPdf(MethodView):
    @expediente_bp.permission("historia:imprimir")
    @expediente_bp.response(200, ARCHIVO, content_type=PDF)
    def get(self, nota_id: int) -> Any:
        """The dental form 033 of a note, laid out as the Ministry of Health has it."""
        from historia_clinica.casos_de_uso.formulario_impreso import imprimir as imprimir_formulario

        return archivo(imprimir_formulario(nota_id), PDF, f"formulario-033-{nota_id:06d}.pdf")
