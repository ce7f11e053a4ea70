"""/facturacion/gastos-recurrentes: expenses that come again and again."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from comun.api import Blueprint, no_content
from comun.auth.caller import caller
from comun.preconditions import check_version
from facturacion.casos_de_uso.gastos_recurrentes import crear_recurrente, editar_recurrente
from facturacion.esquemas.gastos import FiltroGastosRecurrentes, GastoRecurrenteNuevo, GastoRecurrenteSalida
from facturacion.extensiones import db
from facturacion.modelos import GastoRecurrente

gastos_recurrentes_bp = Blueprint(
    "gastos_recurrentes", __name__, url_prefix="/facturacion/gastos-recurrentes", description="Recurring expenses"
)

ORDEN = {"proximo": GastoRecurrente.proximo, "actualizado_en": GastoRecurrente.actualizado_en}


@gastos_recurrentes_bp.route("")
class GastosRecurrentes(MethodView):
    @gastos_recurrentes_bp.permission("facturacion:gastos:leer")
    @gastos_recurrentes_bp.page(
        GastoRecurrenteSalida, FiltroGastosRecurrentes, model=GastoRecurrente, sort=ORDEN, default="proximo"
    )
    def get(self, filtro: dict[str, Any]) -> Any:
        """Recurring expenses of the caller's centres, the next one to come first."""
        suyos = db.select(GastoRecurrente).where(GastoRecurrente.visibles_para(caller()))
        return suyos.options(*GastoRecurrente.cargar()).filter_by(**filtro)

    @gastos_recurrentes_bp.permission("facturacion:gastos:crear")
    @gastos_recurrentes_bp.arguments(GastoRecurrenteNuevo)
    @gastos_recurrentes_bp.response(201, GastoRecurrenteSalida, location="/facturacion/gastos-recurrentes/{id}")
    def post(self, datos: dict[str, Any]) -> Any:
        """Have an expense written on each of its days."""
        return crear_recurrente(datos, caller())


@gastos_recurrentes_bp.route("/<id:recurrente_id>")
class UnGastoRecurrente(MethodView):
    @gastos_recurrentes_bp.permission("facturacion:gastos:leer")
    @gastos_recurrentes_bp.response(200, GastoRecurrenteSalida)
    def get(self, recurrente_id: int) -> Any:
        """One recurring expense."""
        return GastoRecurrente.obtener(recurrente_id, caller())

    @gastos_recurrentes_bp.permission("facturacion:gastos:editar")
    @gastos_recurrentes_bp.if_match()
    @gastos_recurrentes_bp.arguments(GastoRecurrenteNuevo.as_partial())
    @gastos_recurrentes_bp.response(200, GastoRecurrenteSalida)
    def put(self, cambios: dict[str, Any], recurrente_id: int) -> Any:
        """Change what comes from now on; `activo: false` pauses it."""
        return editar_recurrente(recurrente_id, cambios, caller())

    @gastos_recurrentes_bp.permission("facturacion:gastos:eliminar")
    @gastos_recurrentes_bp.if_match(required=False)
    @gastos_recurrentes_bp.response(204)
    def delete(self, recurrente_id: int) -> Any:
        """End it; what it has written stays."""
        recurrente = GastoRecurrente.obtener(recurrente_id, caller())
        check_version(recurrente)
        recurrente.eliminar()
        return no_content()
