"""/inventario/productos: what is kept in stock, what it comes in, and how much of it there is and should be."""

from typing import Any

from flask.views import MethodView
from sqlalchemy import Select

from comun.api import Blueprint, no_content
from comun.auth.caller import caller
from comun.preconditions import etag
from inventario.casos_de_uso.carga_productos import cargar_productos
from inventario.casos_de_uso.existencias import existencias_de
from inventario.casos_de_uso.minimos_de_centros import fijar_minimos, minimos_de_producto
from inventario.casos_de_uso.productos import (
    cambiar_presentaciones,
    cambiar_producto,
    consulta_de_productos,
    crear_producto,
    eliminar_producto,
    ficha,
    productos_bajos,
)
from inventario.casos_de_uso.tarifas import historia_de_tarifas
from inventario.esquemas.comunes import CargaSalida, TarifasSalida
from inventario.esquemas.productos import (
    DeCentro,
    ExistenciasSalida,
    FiltroBajos,
    FiltroProductos,
    Minimos,
    Presentaciones,
    ProductoBajo,
    ProductoNuevo,
    ProductoSalida,
)
from inventario.extensiones import db
from inventario.modelos import Ambito, Categoria, Producto
from inventario.modelos.busqueda import contiene
from inventario.modelos.categoria import plegado

productos_bp = Blueprint("productos", __name__, url_prefix="/inventario/productos", description="Products")

ORDEN = {"codigo": Producto.codigo, "nombre": Producto.nombre, "actualizado_en": Producto.actualizado_en}


@productos_bp.route("")
class Productos(MethodView):
    @productos_bp.permission("inventario:productos:leer")
    @productos_bp.page(ProductoSalida, FiltroProductos, model=Producto, sort=ORDEN, default="nombre")
    def get(self, filtro: dict[str, Any]) -> Any:
        """Products with their stock."""
        consulta = _filtrar(consulta_de_productos(filtro.get("centro_id")), filtro)
        if "q" in filtro:
            consulta = consulta.where(contiene(Producto.busqueda, filtro["q"]))
        return consulta.filter_by(**{campo: filtro[campo] for campo in ("codigo", "activo") if campo in filtro})

    @productos_bp.permission("inventario:productos:crear")
    @productos_bp.arguments(ProductoNuevo)
    @productos_bp.response(201, ProductoSalida, location="/inventario/productos/{id}")
    def post(self, datos: dict[str, Any]) -> Any:
        """Make a product. Its stock comes with its first movement."""
        return crear_producto(datos, caller())


@productos_bp.route("/carga")
class CargaProductos(MethodView):
    @productos_bp.permission("inventario:productos:crear")
    @productos_bp.arguments(ProductoNuevo(many=True))
    @productos_bp.response(201, CargaSalida)
    def post(self, filas: list[dict[str, Any]]) -> Any:
        """Make many products, all or none; errors name rows by their place, from 0."""
        return cargar_productos(filas, caller())


@productos_bp.route("/stock-bajo")
class StockBajo(MethodView):
    @productos_bp.permission("inventario:productos:leer")
    @productos_bp.page(ProductoBajo, FiltroBajos, model=Producto, sort=ORDEN, default="nombre")
    def get(self, filtro: dict[str, Any]) -> Any:
        """Products in use of which a centre has no more than the least that it should have, and which centres."""
        return _filtrar(productos_bajos(filtro.get("centro_id")), filtro)


@productos_bp.route("/<id:producto_id>")
class UnProducto(MethodView):
    @productos_bp.permission("inventario:productos:leer")
    @productos_bp.arguments(DeCentro, location="query")
    @productos_bp.response(200, ProductoSalida)
    def get(self, consulta: dict[str, int], producto_id: int) -> Any:
        """One product."""
        return ficha(Producto.obtener(producto_id, caller()).id, consulta.get("centro_id"))

    @productos_bp.permission("inventario:productos:editar")
    @productos_bp.if_match(required=True)
    @productos_bp.arguments(ProductoNuevo.as_partial())
    @productos_bp.response(200, ProductoSalida)
    def put(self, cambios: dict[str, Any], producto_id: int) -> Any:
        """Change what is given; `presentaciones` come whole. Nothing that was written in its unit changes."""
        return cambiar_producto(Producto.obtener(producto_id, caller()), cambios, caller())

    @productos_bp.permission("inventario:productos:eliminar")
    @productos_bp.if_match(required=False)
    @productos_bp.response(204)
    def delete(self, producto_id: int) -> Any:
        """Delete it; not while there is any of it, or a recipe or an open order has it."""
        eliminar_producto(Producto.obtener(producto_id, caller()))
        return no_content()


@productos_bp.route("/<id:producto_id>/presentaciones")
class PresentacionesDeProducto(MethodView):
    @productos_bp.permission("inventario:productos:leer")
    @productos_bp.response(200, Presentaciones)
    def get(self, producto_id: int) -> Any:
        """The packages that a product comes in."""
        return Producto.obtener(producto_id, caller())

    @productos_bp.permission("inventario:productos:editar")
    @productos_bp.if_match(required=True)
    @productos_bp.arguments(Presentaciones)
    @productos_bp.response(200, Presentaciones)
    def put(self, datos: dict[str, Any], producto_id: int) -> Any:
        """Set all of them; what was written before stays as it was counted."""
        return cambiar_presentaciones(Producto.obtener(producto_id, caller()), datos["presentaciones"])


@productos_bp.route("/<id:producto_id>/minimos")
class MinimosDeProducto(MethodView):
    @productos_bp.permission("inventario:productos:leer")
    @productos_bp.response(200, Minimos)
    def get(self, producto_id: int) -> Any:
        """How much of a product centres should have, as far as they say other than the product."""
        producto = Producto.obtener(producto_id, caller())
        return {"minimos": minimos_de_producto(producto.id)}, 200, {"ETag": etag(producto)}

    @productos_bp.permission("inventario:productos:editar")
    @productos_bp.if_match(required=True)
    @productos_bp.arguments(Minimos)
    @productos_bp.response(200, Minimos)
    def put(self, datos: dict[str, Any], producto_id: int) -> Any:
        """Set those of the caller's centres, all of them; what is low by them is announced."""
        producto = Producto.obtener(producto_id, caller())
        fijados = fijar_minimos(producto, datos["minimos"], caller())
        return {"minimos": fijados}, 200, {"ETag": etag(producto)}


@productos_bp.route("/<id:producto_id>/existencias")
class ExistenciasDeProducto(MethodView):
    @productos_bp.permission("inventario:productos:leer")
    @productos_bp.arguments(DeCentro, location="query")
    @productos_bp.response(200, ExistenciasSalida)
    def get(self, consulta: dict[str, int], producto_id: int) -> Any:
        """What there is of a product, by centre, warehouse and lot."""
        return existencias_de(Producto.obtener(producto_id, caller()), consulta.get("centro_id"))


@productos_bp.route("/<id:producto_id>/tarifas")
class TarifasDeProducto(MethodView):
    @productos_bp.permission("inventario:productos:leer")
    @productos_bp.response(200, TarifasSalida)
    def get(self, producto_id: int) -> Any:
        """The rates of IVA of a product, those to come too, the latest first."""
        return {"datos": historia_de_tarifas(producto_id=Producto.obtener(producto_id, caller()).id)}


def _filtrar(consulta: Select[Any], filtro: dict[str, Any]) -> Select[Any]:
    consulta = consulta.where(Producto.visibles_para(caller()))
    if "categoria" in filtro:
        de_nombre = Categoria.nombre_plegado == plegado(filtro["categoria"])
        de_productos = Categoria.ambito == Ambito.PRODUCTO, Categoria.vivos()
        consulta = consulta.where(Producto.categoria_id.in_(db.select(Categoria.id).where(de_nombre, *de_productos)))
    if "proveedor_id" in filtro:
        consulta = consulta.where(Producto.proveedor_id == filtro["proveedor_id"])
    return consulta
