"""/facturacion/gastos: operating expenses and their files."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView
from sqlalchemy import or_

from comun.answers import FILE, stored_file
from comun.api import MULTIPART, Blueprint, no_content
from comun.auth.caller import caller
from comun.files import EXTENSIONS, JPEG
from facturacion.casos_de_uso.adjuntos_gasto import adjuntar, contenido, retirar
from facturacion.casos_de_uso.gastos import editar_gasto, eliminar_gasto, registrar_gasto
from facturacion.casos_de_uso.totales_gastos import totales_de_gastos
from facturacion.esquemas.gastos import (
    AdjuntoGastoSalida,
    AdjuntoNuevo,
    FiltroGastos,
    FiltroTotalesGastos,
    GastoNuevo,
    GastoSalida,
    TotalesGastosSalida,
)
from facturacion.extensiones import db
from facturacion.modelos import Gasto

gastos_bp = Blueprint("gastos", __name__, url_prefix="/facturacion/gastos", description="Operating expenses")

ORDEN = {"fecha": Gasto.fecha, "monto": Gasto.monto, "actualizado_en": Gasto.actualizado_en}


@gastos_bp.route("")
class Gastos(MethodView):
    @gastos_bp.permission("facturacion:gastos:leer")
    @gastos_bp.page(GastoSalida, FiltroGastos, model=Gasto, sort=ORDEN, default="-fecha")
    def get(self, filtro: dict[str, Any]) -> Any:
        """Expenses of the caller's centres, the latest first."""
        consulta = db.select(Gasto).where(Gasto.visibles_para(caller())).options(*Gasto.cargar())
        if (desde := filtro.pop("desde", None)) is not None:
            consulta = consulta.where(Gasto.fecha >= desde)
        if (hasta := filtro.pop("hasta", None)) is not None:
            consulta = consulta.where(Gasto.fecha <= hasta)
        if (pagado := filtro.pop("pagado", None)) is not None:
            consulta = consulta.where(Gasto.medio_pago.is_not(None) == pagado)
        if (q := filtro.pop("q", None)) is not None:
            textos = (Gasto.descripcion, Gasto.proveedor)
            consulta = consulta.where(or_(*(texto.icontains(q, autoescape=True) for texto in textos)))
        return consulta.filter_by(**filtro)

    @gastos_bp.permission("facturacion:gastos:crear")
    @gastos_bp.arguments(GastoNuevo)
    @gastos_bp.response(201, GastoSalida, location="/facturacion/gastos/{id}")
    def post(self, datos: dict[str, Any]) -> Any:
        """Write an expense; with `medio_pago` it is paid, and stands in the cash desk too."""
        return registrar_gasto(datos, caller())


@gastos_bp.route("/totales")
class TotalesDeGastos(MethodView):
    @gastos_bp.permission("facturacion:gastos:leer")
    @gastos_bp.arguments(FiltroTotalesGastos, location="query")
    @gastos_bp.response(200, TotalesGastosSalida)
    def get(self, filtro: dict[str, Any]) -> Any:
        """What expenses come to by category, month and centre."""
        return totales_de_gastos(filtro, caller())


@gastos_bp.route("/<id:gasto_id>")
class UnGasto(MethodView):
    @gastos_bp.permission("facturacion:gastos:leer")
    @gastos_bp.response(200, GastoSalida)
    def get(self, gasto_id: int) -> Any:
        """One expense, with the list of its files."""
        return Gasto.obtener(gasto_id, caller())

    @gastos_bp.permission("facturacion:gastos:editar")
    @gastos_bp.if_match(required=False)
    @gastos_bp.arguments(GastoNuevo.as_partial())
    @gastos_bp.response(200, GastoSalida)
    def put(self, cambios: dict[str, Any], gasto_id: int) -> Any:
        """Change it, or pay it; not what lies in a till that was counted or closed."""
        return editar_gasto(gasto_id, cambios, caller())

    @gastos_bp.permission("facturacion:gastos:eliminar")
    @gastos_bp.if_match(required=False)
    @gastos_bp.response(204)
    def delete(self, gasto_id: int) -> Any:
        """Take it back, and what was paid for it."""
        eliminar_gasto(gasto_id, caller())
        return no_content()


@gastos_bp.route("/<id:gasto_id>/adjuntos")
class AdjuntosDeGasto(MethodView):
    @gastos_bp.permission("facturacion:gastos:leer")
    @gastos_bp.response(200, AdjuntoGastoSalida(many=True))
    def get(self, gasto_id: int) -> Any:
        """Its files: the supplier's invoice, a photograph of the receipt."""
        return Gasto.obtener(gasto_id, caller()).adjuntos

    @gastos_bp.permission("facturacion:gastos:editar")
    @gastos_bp.arguments(AdjuntoNuevo, location=MULTIPART)
    @gastos_bp.response(201, AdjuntoGastoSalida, location="/facturacion/gastos/{gasto_id}/adjuntos/{id}/contenido")
    def post(self, datos: dict[str, Any], gasto_id: int) -> Any:
        """Attach a file, which is looked at: its type is told from its content, and it must open."""
        return adjuntar(gasto_id, datos["archivo"], caller())


@gastos_bp.route("/<id:gasto_id>/adjuntos/<id:adjunto_id>")
class UnAdjuntoDeGasto(MethodView):
    @gastos_bp.permission("facturacion:gastos:editar")
    @gastos_bp.if_match(required=False)
    @gastos_bp.response(204)
    def delete(self, gasto_id: int, adjunto_id: int) -> Any:
        """Take a file away from the expense. The file itself is kept."""
        retirar(gasto_id, adjunto_id, caller())
        return no_content()


@gastos_bp.route("/<id:gasto_id>/adjuntos/<id:adjunto_id>/contenido")
class ContenidoDeAdjunto(MethodView):
    @gastos_bp.permission("facturacion:gastos:leer")
    @gastos_bp.response(200, FILE, content_type=JPEG)
    @gastos_bp.doc(responses={200: {"content": {tipo: {"schema": FILE} for tipo in EXTENSIONS}}})
    def get(self, gasto_id: int, adjunto_id: int) -> Any:
        """The file as it was attached."""
        adjunto, piezas = contenido(gasto_id, adjunto_id, caller())
        respuesta = stored_file(piezas, adjunto.tipo_contenido, adjunto.nombre)
        respuesta.content_length = adjunto.tamano
        return respuesta
