"""/historia-clinica: prescriptions."""

from typing import Any

from flask.views import MethodView

from comun.api import Blueprint, no_content
from historia_clinica.blueprints.respuestas import ARCHIVO, PDF, archivo, con_alertas
from historia_clinica.casos_de_uso.recetas import borrar_receta, cambiar_receta, recetar, una_receta
from historia_clinica.esquemas.recetas import RecetaCambios, RecetaNueva, RecetaSalida

recetas_bp = Blueprint("recetas", __name__, url_prefix="/historia-clinica", description="Prescriptions")


@recetas_bp.route("/notas/<id:nota_id>/recetas")
class RecetasDeNota(MethodView):
    @recetas_bp.permission("historia:escribir")
    @recetas_bp.arguments(RecetaNueva)
    @recetas_bp.response(201, RecetaSalida, location="/historia-clinica/recetas/{id}")
    def post(self, datos: dict[str, Any], nota_id: int) -> Any:
        """Prescribe in one's own draft note. A drug that matches a known allergy is refused unless confirmed."""
        return con_alertas(*recetar(nota_id, datos))


@recetas_bp.route("/recetas/<id:receta_id>")
class UnaReceta(MethodView):
    @recetas_bp.permission("historia:leer")
    @recetas_bp.response(200, RecetaSalida)
    def get(self, receta_id: int) -> Any:
        """One prescription."""
        return con_alertas(*una_receta(receta_id))

    @recetas_bp.permission("historia:escribir")
    @recetas_bp.if_match(required=True)
    @recetas_bp.arguments(RecetaCambios)
    @recetas_bp.response(200, RecetaSalida)
    def put(self, cambios: dict[str, Any], receta_id: int) -> Any:
        """Change one that is not issued; the drugs come whole, and are held against the allergies again."""
        return con_alertas(*cambiar_receta(receta_id, cambios))

    @recetas_bp.permission("historia:escribir")
    @recetas_bp.if_match(required=False)
    @recetas_bp.response(204)
    def delete(self, receta_id: int) -> Any:
        """Take one that is not issued out of its note."""
        borrar_receta(receta_id)
        return no_content()


@recetas_bp.route("/recetas/<id:receta_id>/pdf")
class RecetaEnPdf(MethodView):
    @recetas_bp.permission("historia:imprimir")
    @recetas_bp.response(200, ARCHIVO, content_type=PDF)
    def get(self, receta_id: int) -> Any:
        """Print an issued prescription: for the pharmacy, and how to take it for the patient."""
        from historia_clinica.casos_de_uso.receta_pdf import receta_impresa

        contenido, nombre = receta_impresa(receta_id)
        return archivo(contenido, PDF, nombre)
