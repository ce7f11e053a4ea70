"""/facturacion: payments, deposits, refunds."""

from typing import Any

from flask.views import MethodView

from comun.answers import FILE, made_file
from comun.api import Blueprint
from comun.auth.caller import caller
from comun.files import PDF
from comun.schema import PageQuery
from facturacion.casos_de_uso.pagos import aplicar_disponible, buscar, de_factura, pagar, registrar
from facturacion.casos_de_uso.reembolsos import reembolsar
from facturacion.esquemas.pagos import (
    AnticipoNuevo,
    FiltroPagos,
    PagoDeFactura,
    PagoNuevo,
    PagoSalida,
    ParteNueva,
    ReembolsoNuevo,
)
from facturacion.modelos import Pagador, Pago

pagos_bp = Blueprint("pagos", __name__, url_prefix="/facturacion", description="Payments, deposits and refunds")

_ORDENES = {"momento": Pago.momento, "monto": Pago.monto}
_UNO = "/facturacion/pagos/{id}"


@pagos_bp.route("/facturas/<id:factura_id>/pagos")
class PagosDeFactura(MethodView):
    @pagos_bp.permission("facturacion:pagos:leer")
    @pagos_bp.page(PagoSalida, PageQuery, model=Pago, sort=_ORDENES)
    def get(self, _filtro: dict[str, Any], factura_id: int) -> Any:
        """What was paid of an invoice, the earliest first; each payment with all that it paid."""
        return de_factura(factura_id, caller())

    @pagos_bp.permission("facturacion:pagos:crear")
    @pagos_bp.arguments(PagoDeFactura)
    @pagos_bp.response(201, PagoSalida, location=_UNO)
    def post(self, datos: dict[str, Any], factura_id: int) -> Any:
        """Take a payment, of the whole balance or a part; never more than is owed (409 `excede_saldo`)."""
        return pagar(factura_id, datos, caller())


@pagos_bp.route("/pagos")
class Pagos(MethodView):
    @pagos_bp.permission("facturacion:pagos:leer")
    @pagos_bp.page(PagoSalida, FiltroPagos, model=Pago, sort=_ORDENES, default="-id")
    def get(self, filtro: dict[str, Any]) -> Any:
        """Those of the caller's centres, or the patient's own; the latest first."""
        return buscar(filtro, caller())

    @pagos_bp.permission("facturacion:pagos:crear")
    @pagos_bp.arguments(PagoNuevo)
    @pagos_bp.response(201, PagoSalida, location=_UNO)
    def post(self, datos: dict[str, Any]) -> Any:
        """Take a payment for several invoices of a patient at once; the rest stays as a deposit."""
        return registrar(datos, caller())


@pagos_bp.route("/anticipos")
class Anticipos(MethodView):
    @pagos_bp.permission("facturacion:pagos:crear")
    @pagos_bp.arguments(AnticipoNuevo)
    @pagos_bp.response(201, PagoSalida, location=_UNO)
    def post(self, datos: dict[str, Any]) -> Any:
        """Take a deposit: money for invoices yet to come."""
        return registrar({**datos, "pagador": Pagador.PACIENTE}, caller())


@pagos_bp.route("/pagos/<id:pago_id>")
class UnPago(MethodView):
    @pagos_bp.permission("facturacion:pagos:leer")
    @pagos_bp.response(200, PagoSalida)
    def get(self, pago_id: int) -> Any:
        """One payment."""
        return Pago.obtener(pago_id, caller())


@pagos_bp.route("/pagos/<id:pago_id>/recibo")
class Recibo(MethodView):
    @pagos_bp.permission("facturacion:pagos:leer")
    @pagos_bp.response(200, FILE, content_type=PDF)
    def get(self, pago_id: int) -> Any:
        """The receipt: what came in, where it went, what was given back of it."""
        from facturacion.casos_de_uso.recibo_pdf import recibo

        contenido, nombre = recibo(Pago.obtener(pago_id, caller()))
        return made_file(contenido, PDF, nombre)


@pagos_bp.route("/pagos/<id:pago_id>/aplicaciones")
class AplicacionesDePago(MethodView):
    @pagos_bp.permission("facturacion:pagos:crear")
    @pagos_bp.arguments(ParteNueva)
    @pagos_bp.response(201, PagoSalida, location=_UNO)
    def post(self, datos: dict[str, Any], pago_id: int) -> Any:
        """Let what is left of a payment pay another invoice of the patient."""
        return aplicar_disponible(pago_id, datos, caller())


@pagos_bp.route("/pagos/<id:pago_id>/reembolsos")
class ReembolsosDePago(MethodView):
    @pagos_bp.permission("facturacion:pagos:reembolsar")
    @pagos_bp.arguments(ReembolsoNuevo)
    @pagos_bp.response(201, PagoSalida, location=_UNO)
    def post(self, datos: dict[str, Any], pago_id: int) -> Any:
        """Give money back: of what is left of the payment, or of what it paid of the invoice that is named."""
        return reembolsar(pago_id, datos, caller())
