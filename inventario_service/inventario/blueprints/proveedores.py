"""/inventario/proveedores: who sells to the network."""

from typing import Any

from flask.views import MethodView

from comun.api import Blueprint, no_content
from comun.auth.caller import caller
from inventario.casos_de_uso.proveedores import (
    cambiar_proveedor,
    cargar_proveedores,
    crear_proveedor,
    eliminar_proveedor,
)
from inventario.esquemas.comunes import CargaSalida
from inventario.esquemas.proveedores import FiltroProveedores, ProveedorNuevo, ProveedorSalida
from inventario.extensiones import db
from inventario.modelos import Proveedor
from inventario.modelos.busqueda import contiene

proveedores_bp = Blueprint("proveedores", __name__, url_prefix="/inventario/proveedores", description="Suppliers")

ORDEN = {"nombre": Proveedor.nombre, "actualizado_en": Proveedor.actualizado_en}


@proveedores_bp.route("")
class Proveedores(MethodView):
    @proveedores_bp.permission("inventario:productos:leer")
    @proveedores_bp.page(ProveedorSalida, FiltroProveedores, model=Proveedor, sort=ORDEN, default="nombre")
    def get(self, filtro: dict[str, Any]) -> Any:
        """Suppliers."""
        consulta = db.select(Proveedor).where(Proveedor.visibles_para(caller()))
        if "q" in filtro:
            consulta = consulta.where(contiene(Proveedor.busqueda, filtro["q"]))
        return consulta.filter_by(**{campo: filtro[campo] for campo in ("ruc", "activo") if campo in filtro})

    @proveedores_bp.permission("inventario:proveedores:editar")
    @proveedores_bp.arguments(ProveedorNuevo)
    @proveedores_bp.response(201, ProveedorSalida, location="/inventario/proveedores/{id}")
    def post(self, datos: dict[str, Any]) -> Any:
        """Add a supplier."""
        return crear_proveedor(datos)


@proveedores_bp.route("/carga")
class CargaProveedores(MethodView):
    @proveedores_bp.permission("inventario:proveedores:editar")
    @proveedores_bp.arguments(ProveedorNuevo(many=True))
    @proveedores_bp.response(201, CargaSalida)
    def post(self, filas: list[dict[str, Any]]) -> Any:
        """Add many suppliers, all or none; errors name rows by their place, from 0."""
        return cargar_proveedores(filas)


@proveedores_bp.route("/<id:proveedor_id>")
class UnProveedor(MethodView):
    @proveedores_bp.permission("inventario:productos:leer")
    @proveedores_bp.response(200, ProveedorSalida)
    def get(self, proveedor_id: int) -> Any:
        """One supplier."""
        return Proveedor.obtener(proveedor_id, caller())

    @proveedores_bp.permission("inventario:proveedores:editar")
    @proveedores_bp.if_match(required=False)
    @proveedores_bp.arguments(ProveedorNuevo.as_partial())
    @proveedores_bp.response(200, ProveedorSalida)
    def put(self, cambios: dict[str, Any], proveedor_id: int) -> Any:
        """Change what is given."""
        return cambiar_proveedor(Proveedor.obtener(proveedor_id, caller()), cambios)

    @proveedores_bp.permission("inventario:proveedores:editar")
    @proveedores_bp.if_match(required=False)
    @proveedores_bp.response(204)
    def delete(self, proveedor_id: int) -> Any:
        """Delete it; not while products or open orders name it."""
        eliminar_proveedor(Proveedor.obtener(proveedor_id, caller()))
        return no_content()
