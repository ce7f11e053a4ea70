"""/inventario/tratamientos/{id}/receta: what a treatment uses up."""

from dataclasses import dataclass
from typing import Any

from flask.views import MethodView
from sqlalchemy.orm import selectinload

from comun.api import Blueprint, no_content
from comun.auth.caller import caller
from comun.preconditions import check_version
from comun.schema import PlainPageQuery
from inventario.casos_de_uso.costos import RecetaConCosto, receta_con_costo, version_vigente
from inventario.casos_de_uso.recetas import bloquear_recetas, poner_ingrediente, quitar_ingrediente, reemplazar
from inventario.casos_de_uso.tratamientos import recargado
from inventario.esquemas.recetas import IngredienteNuevo, RecetaEntera, RecetaSalida, VersionSalida
from inventario.extensiones import db
from inventario.modelos import Ingrediente, Receta, Tratamiento

recetas_bp = Blueprint(
    "recetas", __name__, url_prefix="/inventario/tratamientos/<id:tratamiento_id>/receta", description="Recipes"
)


@dataclass
class _Leida:
    """What a caller read, when it says so by If-Match."""

    version: int


def _para_cambiar(tratamiento_id: int) -> Tratamiento:
    """The treatment, with nobody else changing recipes; NotFound, 412."""
    bloquear_recetas()
    tratamiento = Tratamiento.obtener(tratamiento_id, caller())
    check_version(_Leida(version_vigente(tratamiento.id)))
    return tratamiento


def _ahora(tratamiento: Tratamiento) -> RecetaConCosto:
    return receta_con_costo(recargado(tratamiento.id).id, caller())


@recetas_bp.route("")
class LaReceta(MethodView):
    @recetas_bp.permission("inventario:tratamientos:leer")
    @recetas_bp.response(200, RecetaSalida)
    def get(self, tratamiento_id: int) -> Any:
        """The present recipe, with what it costs for those who may see costs."""
        return receta_con_costo(tratamiento_id, caller())

    @recetas_bp.permission("inventario:tratamientos:editar")
    @recetas_bp.if_match(required=False)
    @recetas_bp.arguments(IngredienteNuevo)
    @recetas_bp.alt_response(200, schema=RecetaSalida, success=True)
    @recetas_bp.response(201, RecetaSalida, location="/inventario/tratamientos/{tratamiento_id}/receta")
    def post(self, datos: dict[str, Any], tratamiento_id: int) -> Any:
        """Add an ingredient or change one, in a new version: 201; 200 when it is so already."""
        tratamiento = _para_cambiar(tratamiento_id)
        cambio = poner_ingrediente(tratamiento, datos, caller())
        return _ahora(tratamiento), 201 if cambio else 200

    @recetas_bp.permission("inventario:tratamientos:editar")
    @recetas_bp.if_match(required=False)
    @recetas_bp.arguments(RecetaEntera)
    @recetas_bp.response(200, RecetaSalida)
    def put(self, datos: dict[str, Any], tratamiento_id: int) -> Any:
        """Set all ingredients, in a new version unless they are so already."""
        tratamiento = _para_cambiar(tratamiento_id)
        reemplazar(tratamiento, datos["ingredientes"], caller())
        return _ahora(tratamiento)


@recetas_bp.route("/<id:producto_id>")
class UnIngrediente(MethodView):
    @recetas_bp.permission("inventario:tratamientos:editar")
    @recetas_bp.if_match(required=False)
    @recetas_bp.response(204)
    def delete(self, tratamiento_id: int, producto_id: int) -> Any:
        """Take a product out of the recipe, in a new version."""
        quitar_ingrediente(_para_cambiar(tratamiento_id), caller(), producto_id=producto_id)
        return no_content()


@recetas_bp.route("/tratamientos/<id:incluye_id>")
class UnIncluido(MethodView):
    @recetas_bp.permission("inventario:tratamientos:editar")
    @recetas_bp.if_match(required=False)
    @recetas_bp.response(204)
    def delete(self, tratamiento_id: int, incluye_id: int) -> Any:
        """Take an included treatment out of the recipe, in a new version."""
        quitar_ingrediente(_para_cambiar(tratamiento_id), caller(), incluye_id=incluye_id)
        return no_content()


@recetas_bp.route("/versiones")
class Versiones(MethodView):
    @recetas_bp.permission("inventario:tratamientos:leer")
    @recetas_bp.page(VersionSalida, PlainPageQuery, model=Receta, sort={"numero": Receta.numero}, default="-numero")
    def get(self, _filtro: dict[str, Any], tratamiento_id: int) -> Any:
        """What the recipe was, the latest first: what was done by it keeps it."""
        tratamiento = Tratamiento.obtener(tratamiento_id, caller())
        ingredientes = selectinload(Receta.ingredientes)
        return (
            db.select(Receta)
            .where(Receta.tratamiento_id == tratamiento.id)
            .options(ingredientes.joinedload(Ingrediente.producto), ingredientes.joinedload(Ingrediente.incluye))
        )
