"""/inventario/consumos and /inventario/faltantes: what appointments used, and what they lacked."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from comun.api import Blueprint
from comun.auth.caller import caller
from inventario.casos_de_uso.consultas_consumo import consumos, detalle, faltantes
from inventario.casos_de_uso.faltantes import Accion, faltante, resolver_faltante
from inventario.esquemas.consumos import (
    ConsumoBreve,
    ConsumoSalida,
    FaltanteSalida,
    FiltroConsumos,
    FiltroFaltantes,
    ResolucionNueva,
)
from inventario.modelos import Consumo, ConsumoLinea

consumos_bp = Blueprint("consumos", __name__, url_prefix="/inventario", description="What appointments used")


@consumos_bp.route("/consumos")
class Consumos(MethodView):
    @consumos_bp.permission("inventario:movimientos:leer")
    @consumos_bp.page(
        ConsumoBreve, FiltroConsumos, model=Consumo, sort={"completada_en": Consumo.completada_en}, default="-id"
    )
    def get(self, filtro: dict[str, Any]) -> Any:
        """What appointments of the caller's centres used."""
        return consumos(filtro, caller())


@consumos_bp.route("/consumos/<id:consumo_id>")
class UnConsumo(MethodView):
    @consumos_bp.permission("inventario:movimientos:leer")
    @consumos_bp.response(200, ConsumoSalida)
    def get(self, consumo_id: int) -> Any:
        """One, with the lots that were taken and what they had cost."""
        return detalle(consumo_id, caller())


@consumos_bp.route("/faltantes")
class Faltantes(MethodView):
    @consumos_bp.permission("inventario:movimientos:leer")
    @consumos_bp.page(FaltanteSalida, FiltroFaltantes, model=ConsumoLinea, sort={}, default="-id")
    def get(self, filtro: dict[str, Any]) -> Any:
        """What was not in stock when appointments used it, until somebody says what became of it."""
        return faltantes(filtro, caller())


@consumos_bp.route("/faltantes/<id:linea_id>")
class UnFaltante(MethodView):
    @consumos_bp.permission("inventario:movimientos:leer")
    @consumos_bp.response(200, FaltanteSalida)
    def get(self, linea_id: int) -> Any:
        """One of them."""
        return faltante(linea_id, caller())


@consumos_bp.route("/faltantes/<id:linea_id>/resolucion")
class ResolucionDeFaltante(MethodView):
    @consumos_bp.permission("inventario:faltantes:resolver")
    @consumos_bp.arguments(ResolucionNueva)
    @consumos_bp.response(200, FaltanteSalida)
    def post(self, datos: dict[str, Any], linea_id: int) -> Any:
        """Say what became of it: taken from stock after all, or not to be taken."""
        return resolver_faltante(linea_id, Accion(datos["accion"]), datos["motivo"], caller())
