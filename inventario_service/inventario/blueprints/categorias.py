"""/inventario/categorias: categories of products."""

from typing import Any

from flask.views import MethodView

from comun.api import Blueprint, no_content
from comun.auth.caller import caller
from comun.errors import NotFound
from comun.preconditions import check_version
from inventario.casos_de_uso.categorias import eliminar_categoria
from inventario.casos_de_uso.productos import anunciar_los_de
from inventario.esquemas.categorias import CategoriaNueva, CategoriaSalida, FiltroCategorias
from inventario.extensiones import db
from inventario.modelos import Ambito, Categoria
from inventario.modelos.busqueda import contiene
from inventario.modelos.categoria import plegado

categorias_bp = Blueprint(
    "categorias", __name__, url_prefix="/inventario/categorias", description="Categories of products"
)

ORDEN = {"nombre": Categoria.nombre, "actualizado_en": Categoria.actualizado_en}


@categorias_bp.route("")
class Categorias(MethodView):
    @categorias_bp.permission("inventario:productos:leer")
    @categorias_bp.page(CategoriaSalida, FiltroCategorias, model=Categoria, sort=ORDEN, default="nombre")
    def get(self, filtro: dict[str, Any]) -> Any:
        """The categories of products."""
        consulta = db.select(Categoria).where(Categoria.ambito == Ambito.PRODUCTO, Categoria.visibles_para(caller()))
        if "q" in filtro:
            consulta = consulta.where(contiene(Categoria.nombre_plegado, filtro["q"]))
        if "nombre" in filtro:
            consulta = consulta.where(Categoria.nombre_plegado == plegado(filtro["nombre"]))
        return consulta

    @categorias_bp.permission("inventario:productos:crear")
    @categorias_bp.arguments(CategoriaNueva)
    @categorias_bp.response(201, CategoriaSalida, location="/inventario/categorias/{id}")
    def post(self, datos: dict[str, Any]) -> Any:
        """Add a category."""
        categoria = Categoria(ambito=Ambito.PRODUCTO)
        categoria.nombrar(datos["nombre"])
        db.session.add(categoria)
        return categoria


@categorias_bp.route("/<id:categoria_id>")
class UnaCategoria(MethodView):
    @categorias_bp.permission("inventario:productos:leer")
    @categorias_bp.response(200, CategoriaSalida)
    def get(self, categoria_id: int) -> Any:
        """One category."""
        return _una(categoria_id)

    @categorias_bp.permission("inventario:productos:editar")
    @categorias_bp.if_match(required=False)
    @categorias_bp.arguments(CategoriaNueva.as_partial())
    @categorias_bp.response(200, CategoriaSalida)
    def put(self, cambios: dict[str, Any], categoria_id: int) -> Any:
        """Rename it; its products follow."""
        categoria = _una(categoria_id)
        check_version(categoria)
        if "nombre" in cambios:
            categoria.nombrar(cambios["nombre"])
            anunciar_los_de(categoria)
        return categoria

    @categorias_bp.permission("inventario:productos:eliminar")
    @categorias_bp.if_match(required=False)
    @categorias_bp.response(204)
    def delete(self, categoria_id: int) -> Any:
        """Delete it; not while products are in it."""
        categoria = _una(categoria_id)
        check_version(categoria)
        eliminar_categoria(categoria)
        return no_content()


def _una(categoria_id: int) -> Categoria:
    categoria = Categoria.obtener(categoria_id, caller())
    if categoria.ambito != Ambito.PRODUCTO:
        raise NotFound(Categoria.AUSENTE)
    return categoria
