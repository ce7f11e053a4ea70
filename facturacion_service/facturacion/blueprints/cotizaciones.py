"""/facturacion/cotizaciones: what something would cost a patient."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from comun.answers import FILE, made_file
from comun.api import Blueprint, no_content
from comun.auth.caller import caller
from comun.files import PDF
from facturacion.casos_de_uso.cotizaciones import (
    cambiar_cotizacion,
    cotizaciones,
    crear_cotizacion,
    eliminar_cotizacion,
    facturar_cotizacion,
    poner_estado,
)
from facturacion.esquemas.cotizaciones import (
    CambioDeCotizacion,
    CotizacionNueva,
    CotizacionResumen,
    CotizacionSalida,
    FiltroCotizaciones,
)
from facturacion.esquemas.facturas import FacturaSalida
from facturacion.modelos import Cotizacion, EstadoCotizacion

cotizaciones_bp = Blueprint("cotizaciones", __name__, url_prefix="/facturacion/cotizaciones", description="Quotes")

ORDEN = {campo: getattr(Cotizacion, campo) for campo in ("valida_hasta", "total", "creado_en", "actualizado_en")}


@cotizaciones_bp.route("")
class Cotizaciones(MethodView):
    @cotizaciones_bp.permission("facturacion:cotizaciones:leer")
    @cotizaciones_bp.page(CotizacionResumen, FiltroCotizaciones, model=Cotizacion, sort=ORDEN, default="-id")
    def get(self, filtro: dict[str, Any]) -> Any:
        """Quotes of the caller's centres, or those that the caller was sent; the latest first."""
        return cotizaciones(filtro, caller())

    @cotizaciones_bp.permission("facturacion:cotizaciones:editar")
    @cotizaciones_bp.arguments(CotizacionNueva)
    @cotizaciones_bp.response(201, CotizacionSalida, location="/facturacion/cotizaciones/{id}")
    def post(self, datos: dict[str, Any]) -> Any:
        """Make one; prices and rates that it doesn't say are the catalogue's."""
        return crear_cotizacion(datos, caller())


@cotizaciones_bp.route("/<id:cotizacion_id>")
class UnaCotizacion(MethodView):
    @cotizaciones_bp.permission("facturacion:cotizaciones:leer")
    @cotizaciones_bp.response(200, CotizacionSalida)
    def get(self, cotizacion_id: int) -> Any:
        """One quote."""
        return Cotizacion.obtener(cotizacion_id, caller())

    @cotizaciones_bp.permission("facturacion:cotizaciones:editar")
    @cotizaciones_bp.if_match()
    @cotizaciones_bp.arguments(CotizacionNueva.as_partial())
    @cotizaciones_bp.response(200, CotizacionSalida)
    def put(self, cambios: dict[str, Any], cotizacion_id: int) -> Any:
        """Change what is given of one that was not sent yet; `detalles` are all its lines."""
        return cambiar_cotizacion(cotizacion_id, cambios, caller())

    @cotizaciones_bp.permission("facturacion:cotizaciones:editar")
    @cotizaciones_bp.if_match(required=False)
    @cotizaciones_bp.response(204)
    def delete(self, cotizacion_id: int) -> Any:
        """Throw one away of which no invoice was made."""
        eliminar_cotizacion(cotizacion_id, caller())
        return no_content()


@cotizaciones_bp.route("/<id:cotizacion_id>/estado")
class EstadoDeCotizacion(MethodView):
    @cotizaciones_bp.permission("facturacion:cotizaciones:editar")
    @cotizaciones_bp.if_match(required=False)
    @cotizaciones_bp.arguments(CambioDeCotizacion)
    @cotizaciones_bp.response(200, CotizacionSalida)
    def patch(self, datos: dict[str, Any], cotizacion_id: int) -> Any:
        """Say that it was sent, accepted or refused, or that it is edited again."""
        return poner_estado(cotizacion_id, EstadoCotizacion(datos["estado"]), datos.get("motivo"), caller())


@cotizaciones_bp.route("/<id:cotizacion_id>/factura")
class FacturaDeCotizacion(MethodView):
    @cotizaciones_bp.permission("facturacion:cotizaciones:editar")
    @cotizaciones_bp.response(201, FacturaSalida, location="/facturacion/facturas/{id}")
    def post(self, cotizacion_id: int) -> Any:
        """Make a draft of an invoice of it, at the prices that were quoted."""
        return facturar_cotizacion(cotizacion_id, caller())


@cotizaciones_bp.route("/<id:cotizacion_id>/pdf")
class CotizacionEnPdf(MethodView):
    @cotizaciones_bp.permission("facturacion:cotizaciones:leer")
    @cotizaciones_bp.response(200, FILE, content_type=PDF)
    def get(self, cotizacion_id: int) -> Any:
        """Print it for the patient."""
        from facturacion.casos_de_uso.cotizacion_impresa import cotizacion_impresa

        return made_file(*cotizacion_impresa(cotizacion_id, caller()))
