"""/interno: what other services ask of this one. The gateway never serves it."""

from typing import Any

from flask.views import MethodView
from sqlalchemy.orm import selectinload

from comun.api import Blueprint
from inventario.casos_de_uso.productos import consulta_de_productos, resumen_de_bajos
from inventario.esquemas.comunes import IdsConsulta
from inventario.esquemas.interno import ResumenConsulta, ResumenSalida
from inventario.esquemas.productos import ProductosInternos
from inventario.esquemas.tratamientos import TratamientosInternos
from inventario.extensiones import db
from inventario.modelos import Producto, Tratamiento

PRIMEROS = 10

interno_bp = Blueprint("interno", __name__, url_prefix="/interno", description="Between services")


@interno_bp.route("/tratamientos")
class TratamientosPedidos(MethodView):
    @interno_bp.permission("interno:tratamientos")
    @interno_bp.arguments(IdsConsulta, location="query")
    @interno_bp.response(200, TratamientosInternos)
    def get(self, consulta: dict[str, Any]) -> Any:
        """Name, price, duration and rate of IVA of the treatments with these ids, as of now; others are absent."""
        pedidos = db.select(Tratamiento).where(Tratamiento.id.in_(consulta["ids"]), Tratamiento.vivos())
        con_tarifa = pedidos.options(selectinload(Tratamiento.tarifas)).order_by(Tratamiento.id)
        return {"datos": db.session.scalars(con_tarifa).all()}


@interno_bp.route("/productos")
class ProductosPedidos(MethodView):
    @interno_bp.permission("interno:tratamientos")
    @interno_bp.arguments(IdsConsulta, location="query")
    @interno_bp.response(200, ProductosInternos)
    def get(self, consulta: dict[str, Any]) -> Any:
        """Name, price and rate of IVA of the products with these ids, as of now; others are absent."""
        pedidos = consulta_de_productos().where(Producto.id.in_(consulta["ids"]), Producto.vivos())
        return {"datos": db.session.scalars(pedidos.order_by(Producto.id)).all()}


@interno_bp.route("/resumen")
class Resumen(MethodView):
    @interno_bp.permission("interno:consultar")
    @interno_bp.arguments(ResumenConsulta, location="query")
    @interno_bp.response(200, ResumenSalida)
    def get(self, consulta: dict[str, Any]) -> Any:
        """What is low, for dashboards."""
        return {"stock_bajo": resumen_de_bajos(consulta.get("centros"), PRIMEROS)}
