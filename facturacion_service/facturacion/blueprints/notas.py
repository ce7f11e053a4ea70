"""/facturacion/notas-credito: what was taken back of issued invoices."""

from typing import Any

from flask.views import MethodView

from comun.api import Blueprint
from comun.auth.caller import caller
from facturacion.casos_de_uso.notas import acreditar, notas
from facturacion.esquemas.notas import FiltroNotas, NotaNueva, NotaSalida
from facturacion.modelos import NotaCredito

notas_bp = Blueprint("notas", __name__, url_prefix="/facturacion", description="Credit notes")

ORDEN = {campo: getattr(NotaCredito, campo) for campo in ("fecha_emision", "numero", "total", "actualizado_en")}


@notas_bp.route("/facturas/<id:factura_id>/notas-credito")
class NotasDeFactura(MethodView):
    @notas_bp.permission("facturacion:facturas:acreditar")
    @notas_bp.arguments(NotaNueva)
    @notas_bp.response(201, NotaSalida, location="/facturacion/notas-credito/{id}")
    def post(self, datos: dict[str, Any], factura_id: int) -> Any:
        """Credit an issued invoice: what is left of it, or a part; what was paid too much becomes available."""
        return acreditar(factura_id, datos, caller())


@notas_bp.route("/notas-credito")
class Notas(MethodView):
    @notas_bp.permission("facturacion:facturas:leer")
    @notas_bp.page(NotaSalida, FiltroNotas, model=NotaCredito, sort=ORDEN, default="-id")
    def get(self, filtro: dict[str, Any]) -> Any:
        """Credit notes of the caller's centres, or the caller's own; the latest first."""
        return notas(filtro, caller())


@notas_bp.route("/notas-credito/<id:nota_id>")
class UnaNota(MethodView):
    @notas_bp.permission("facturacion:facturas:leer")
    @notas_bp.response(200, NotaSalida)
    def get(self, nota_id: int) -> Any:
        """One credit note."""
        return NotaCredito.obtener(nota_id, caller())
