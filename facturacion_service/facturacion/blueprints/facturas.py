"""/facturacion/facturas: what patients are charged."""

from typing import Any

from flask.views import MethodView

from comun.api import Blueprint, no_content
from comun.auth.caller import caller
from comun.errors import Forbidden
from facturacion.casos_de_uso.consultas import facturas, totales_de_facturas
from facturacion.casos_de_uso.emision import anular, emitir
from facturacion.casos_de_uso.facturas import cambiar_factura, crear_factura, eliminar_factura
from facturacion.esquemas.facturas import (
    CambioDeFactura,
    ConsultaTotales,
    FacturaNueva,
    FacturaResumen,
    FacturaSalida,
    FiltroFacturas,
    TotalesDeFacturas,
)
from facturacion.modelos import EstadoFactura, Factura

facturas_bp = Blueprint("facturas", __name__, url_prefix="/facturacion/facturas", description="Invoices")

ORDEN = {
    campo: getattr(Factura, campo)
    for campo in ("fecha_emision", "vence_el", "numero", "total", "saldo", "creado_en", "actualizado_en")
}
ANULAR = "facturacion:facturas:anular"


@facturas_bp.route("")
class Facturas(MethodView):
    @facturas_bp.permission("facturacion:facturas:leer")
    @facturas_bp.page(FacturaResumen, FiltroFacturas, model=Factura, sort=ORDEN, default="-id")
    def get(self, filtro: dict[str, Any]) -> Any:
        """Invoices of the caller's centres, or the caller's own; the latest first."""
        return facturas(filtro, caller())

    @facturas_bp.permission("facturacion:facturas:crear")
    @facturas_bp.arguments(FacturaNueva)
    @facturas_bp.response(201, FacturaSalida, location="/facturacion/facturas/{id}")
    def post(self, datos: dict[str, Any]) -> Any:
        """Make a draft by hand; what it doesn't say is the catalogue's, and the patient's."""
        return crear_factura(datos, caller())


@facturas_bp.route("/totales")
class Totales(MethodView):
    @facturas_bp.permission("facturacion:facturas:leer")
    @facturas_bp.arguments(ConsultaTotales, location="query")
    @facturas_bp.response(200, TotalesDeFacturas)
    def get(self, filtro: dict[str, Any]) -> Any:
        """How many there are and what they come to, with the filters of the list."""
        return totales_de_facturas(filtro, caller())


@facturas_bp.route("/<id:factura_id>")
class UnaFactura(MethodView):
    @facturas_bp.permission("facturacion:facturas:leer")
    @facturas_bp.response(200, FacturaSalida)
    def get(self, factura_id: int) -> Any:
        """One invoice."""
        return Factura.obtener(factura_id, caller())

    @facturas_bp.permission("facturacion:facturas:editar")
    @facturas_bp.if_match()
    @facturas_bp.arguments(FacturaNueva.as_partial())
    @facturas_bp.response(200, FacturaSalida)
    def put(self, cambios: dict[str, Any], factura_id: int) -> Any:
        """Change what is given of a draft; `detalles` are all its lines."""
        return cambiar_factura(factura_id, cambios, caller())

    @facturas_bp.permission("facturacion:facturas:eliminar")
    @facturas_bp.if_match(required=False)
    @facturas_bp.response(204)
    def delete(self, factura_id: int) -> Any:
        """Throw a draft away."""
        eliminar_factura(factura_id, caller())
        return no_content()


@facturas_bp.route("/<id:factura_id>/estado")
class EstadoDeFactura(MethodView):
    @facturas_bp.permission("facturacion:facturas:emitir")
    @facturas_bp.if_match(required=False)
    @facturas_bp.arguments(CambioDeFactura)
    @facturas_bp.response(200, FacturaSalida)
    def patch(self, datos: dict[str, Any], factura_id: int) -> Any:
        """Issue a draft, or annul what was issued: that needs `facturacion:facturas:anular`."""
        if datos["estado"] == EstadoFactura.EMITIDA:
            return emitir(factura_id, datos, caller())
        if not caller().can(ANULAR):
            raise Forbidden()
        return anular(factura_id, datos["motivo"], caller())
