"""/facturacion/categorias-gasto: kinds of expenses."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from comun.api import Blueprint, no_content
from comun.auth.caller import caller
from comun.preconditions import check_version
from facturacion.casos_de_uso.categorias_gasto import eliminar_categoria, nombrar
from facturacion.esquemas.gastos import CategoriaGastoNueva, CategoriaGastoSalida, FiltroCategoriasGasto
from facturacion.extensiones import db
from facturacion.modelos import CategoriaGasto

categorias_gasto_bp = Blueprint(
    "categorias_gasto", __name__, url_prefix="/facturacion/categorias-gasto", description="Kinds of expenses"
)

ORDEN = {"nombre": CategoriaGasto.busqueda, "actualizado_en": CategoriaGasto.actualizado_en}


@categorias_gasto_bp.route("")
class CategoriasGasto(MethodView):
    @categorias_gasto_bp.permission("facturacion:gastos:leer")
    @categorias_gasto_bp.page(
        CategoriaGastoSalida, FiltroCategoriasGasto, model=CategoriaGasto, sort=ORDEN, default="nombre"
    )
    def get(self, filtro: dict[str, Any]) -> Any:
        """The kinds of expenses."""
        return db.select(CategoriaGasto).where(CategoriaGasto.visibles_para(caller())).filter_by(**filtro)

    @categorias_gasto_bp.permission("facturacion:gastos:crear")
    @categorias_gasto_bp.arguments(CategoriaGastoNueva)
    @categorias_gasto_bp.response(201, CategoriaGastoSalida, location="/facturacion/categorias-gasto/{id}")
    def post(self, datos: dict[str, Any]) -> Any:
        """Add a kind of expenses."""
        categoria = CategoriaGasto(activa=datos.get("activa", True))
        nombrar(categoria, datos["nombre"])
        db.session.add(categoria)
        return categoria


@categorias_gasto_bp.route("/<id:categoria_id>")
class UnaCategoriaGasto(MethodView):
    @categorias_gasto_bp.permission("facturacion:gastos:leer")
    @categorias_gasto_bp.response(200, CategoriaGastoSalida)
    def get(self, categoria_id: int) -> Any:
        """One kind of expenses."""
        return CategoriaGasto.obtener(categoria_id, caller())

    @categorias_gasto_bp.permission("facturacion:gastos:editar")
    @categorias_gasto_bp.if_match(required=False)
    @categorias_gasto_bp.arguments(CategoriaGastoNueva.as_partial())
    @categorias_gasto_bp.response(200, CategoriaGastoSalida)
    def put(self, cambios: dict[str, Any], categoria_id: int) -> Any:
        """Rename it, or take it out of use; what is of it stays so."""
        categoria = CategoriaGasto.obtener(categoria_id, caller())
        check_version(categoria)
        if "nombre" in cambios:
            nombrar(categoria, cambios["nombre"])
        categoria.activa = cambios.get("activa", categoria.activa)
        return categoria

    @categorias_gasto_bp.permission("facturacion:gastos:eliminar")
    @categorias_gasto_bp.if_match(required=False)
    @categorias_gasto_bp.response(204)
    def delete(self, categoria_id: int) -> Any:
        """Delete it; not while there are expenses of it."""
        eliminar_categoria(CategoriaGasto.obtener(categoria_id, caller()))
        return no_content()
