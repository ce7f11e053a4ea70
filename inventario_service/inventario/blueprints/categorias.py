"""/inventario/categorias (of products) and /inventario/tratamientos/categorias: the same views for both."""

from collections.abc import Callable
from typing import Any

from flask.views import MethodView

from comun.api import Blueprint, no_content
from comun.auth.caller import caller
from comun.errors import NotFound
from comun.preconditions import check_version
from inventario.casos_de_uso import productos, tratamientos
from inventario.casos_de_uso.categorias import eliminar_categoria
from inventario.esquemas.categorias import CategoriaNueva, CategoriaSalida, FiltroCategorias
from inventario.extensiones import db
from inventario.modelos import Ambito, Categoria
from inventario.modelos.busqueda import contiene
from inventario.modelos.categoria import plegado

ORDEN = {"nombre": Categoria.nombre, "actualizado_en": Categoria.actualizado_en}


def _categorias(
    nombre: str, ruta: str, ambito: Ambito, permiso: str, anunciar: Callable[[Categoria], None]
) -> Blueprint:
    """The routes of one kind of categories. `anunciar` tells of what is in one that has another name now."""
    blueprint = Blueprint(nombre, __name__, url_prefix=ruta, description=f"Categories: {permiso}")

    @blueprint.route("")
    class Categorias(MethodView):
        @blueprint.permission(f"inventario:{permiso}:leer")
        @blueprint.page(CategoriaSalida, FiltroCategorias, model=Categoria, sort=ORDEN, default="nombre")
        def get(self, filtro: dict[str, Any]) -> Any:
            """The categories."""
            consulta = db.select(Categoria).where(Categoria.ambito == ambito, Categoria.visibles_para(caller()))
            if "q" in filtro:
                consulta = consulta.where(contiene(Categoria.nombre_plegado, filtro["q"]))
            if "nombre" in filtro:
                consulta = consulta.where(Categoria.nombre_plegado == plegado(filtro["nombre"]))
            return consulta

        @blueprint.permission(f"inventario:{permiso}:crear")
        @blueprint.arguments(CategoriaNueva)
        @blueprint.response(201, CategoriaSalida, location=f"{ruta}/{{id}}")
        def post(self, datos: dict[str, Any]) -> Any:
            """Add a category."""
            categoria = Categoria(ambito=ambito)
            categoria.nombrar(datos["nombre"])
            db.session.add(categoria)
            return categoria

    @blueprint.route("/<id:categoria_id>")
    class UnaCategoria(MethodView):
        @blueprint.permission(f"inventario:{permiso}:leer")
        @blueprint.response(200, CategoriaSalida)
        def get(self, categoria_id: int) -> Any:
            """One category."""
            return _una(ambito, categoria_id)

        @blueprint.permission(f"inventario:{permiso}:editar")
        @blueprint.if_match(required=False)
        @blueprint.arguments(CategoriaNueva.as_partial())
        @blueprint.response(200, CategoriaSalida)
        def put(self, cambios: dict[str, Any], categoria_id: int) -> Any:
            """Rename it; what is in it follows."""
            categoria = _una(ambito, categoria_id)
            check_version(categoria)
            if "nombre" in cambios:
                categoria.nombrar(cambios["nombre"])
                anunciar(categoria)
            return categoria

        @blueprint.permission(f"inventario:{permiso}:eliminar")
        @blueprint.if_match(required=False)
        @blueprint.response(204)
        def delete(self, categoria_id: int) -> Any:
            """Delete it; not while something is in it."""
            categoria = _una(ambito, categoria_id)
            check_version(categoria)
            eliminar_categoria(categoria)
            return no_content()

    return blueprint


def _una(ambito: Ambito, categoria_id: int) -> Categoria:
    categoria = Categoria.obtener(categoria_id, caller())
    if categoria.ambito != ambito:
        raise NotFound(Categoria.AUSENTE)
    return categoria


categorias_bp = _categorias(
    "categorias", "/inventario/categorias", Ambito.PRODUCTO, "productos", productos.anunciar_los_de
)
categorias_de_tratamientos_bp = _categorias(
    "categorias_de_tratamientos",
    "/inventario/tratamientos/categorias",
    Ambito.TRATAMIENTO,
    "tratamientos",
    tratamientos.anunciar_los_de,
)
