"""/inventario/tratamientos/categorias."""

from typing import Any

from flask.views import MethodView

from comun.api import Blueprint, no_content
from comun.auth.caller import caller
from comun.errors import NotFound
from comun.preconditions import check_version
from inventario.casos_de_uso.categorias import eliminar_categoria
from inventario.casos_de_uso.tratamientos import anunciar_los_de
from inventario.esquemas.categorias import CategoriaNueva, CategoriaSalida, FiltroCategorias
from inventario.extensiones import db
from inventario.modelos import Ambito, Categoria
from inventario.modelos.busqueda import contiene
from inventario.modelos.categoria import plegado

categorias_de_tratamientos_bp = Blueprint(
    "categorias_de_tratamientos",
    __name__,
    url_prefix="/inventario/tratamientos/categorias",
    description="Categories of treatments",
)

ORDEN = {"nombre": Categoria.nombre, "actualizado_en": Categoria.actualizado_en}


@categorias_de_tratamientos_bp.route("")
class CategoriasDeTratamientos(MethodView):
    @categorias_de_tratamientos_bp.permission("inventario:tratamientos:leer")
    @categorias_de_tratamientos_bp.page(
        CategoriaSalida, FiltroCategorias, model=Categoria, sort=ORDEN, default="nombre"
    )
    def get(self, filtro: dict[str, Any]) -> Any:
        """The categories of treatments."""
        de_tratamientos = Categoria.ambito == Ambito.TRATAMIENTO
        consulta = db.select(Categoria).where(de_tratamientos, Categoria.visibles_para(caller()))
        if "q" in filtro:
            consulta = consulta.where(contiene(Categoria.nombre_plegado, filtro["q"]))
        if "nombre" in filtro:
            consulta = consulta.where(Categoria.nombre_plegado == plegado(filtro["nombre"]))
        return consulta

    @categorias_de_tratamientos_bp.permission("inventario:tratamientos:crear")
    @categorias_de_tratamientos_bp.arguments(CategoriaNueva)
    @categorias_de_tratamientos_bp.response(201, CategoriaSalida, location="/inventario/tratamientos/categorias/{id}")
    def post(self, datos: dict[str, Any]) -> Any:
        """Add a category."""
        categoria = Categoria(ambito=Ambito.TRATAMIENTO)
        categoria.nombrar(datos["nombre"])
        db.session.add(categoria)
        return categoria


@categorias_de_tratamientos_bp.route("/<id:categoria_id>")
class UnaCategoriaDeTratamientos(MethodView):
    @categorias_de_tratamientos_bp.permission("inventario:tratamientos:leer")
    @categorias_de_tratamientos_bp.response(200, CategoriaSalida)
    def get(self, categoria_id: int) -> Any:
        """One category."""
        return _una(categoria_id)

    @categorias_de_tratamientos_bp.permission("inventario:tratamientos:editar")
    @categorias_de_tratamientos_bp.if_match(required=False)
    @categorias_de_tratamientos_bp.arguments(CategoriaNueva.as_partial())
    @categorias_de_tratamientos_bp.response(200, CategoriaSalida)
    def put(self, cambios: dict[str, Any], categoria_id: int) -> Any:
        """Rename it; its treatments follow."""
        categoria = _una(categoria_id)
        check_version(categoria)
        if "nombre" in cambios:
            categoria.nombrar(cambios["nombre"])
            anunciar_los_de(categoria)
        return categoria

    @categorias_de_tratamientos_bp.permission("inventario:tratamientos:eliminar")
    @categorias_de_tratamientos_bp.if_match(required=False)
    @categorias_de_tratamientos_bp.response(204)
    def delete(self, categoria_id: int) -> Any:
        """Delete it; not while treatments are in it."""
        categoria = _una(categoria_id)
        check_version(categoria)
        eliminar_categoria(categoria)
        return no_content()


def _una(categoria_id: int) -> Categoria:
    categoria = Categoria.obtener(categoria_id, caller())
    if categoria.ambito != Ambito.TRATAMIENTO:
        raise NotFound(Categoria.AUSENTE)
    return categoria
