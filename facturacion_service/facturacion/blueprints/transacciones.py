"""/facturacion/transacciones: money in and out at the cash desk, and its figures."""

from collections.abc import Callable
from typing import Any

from flask.views import MethodView

from comun.api import Blueprint, no_content
from comun.auth.caller import caller
from comun.sheets import DOCUMENTED, long_sheet, sheet
from facturacion.casos_de_uso.consultas_transacciones import (
    COLUMNAS,
    COLUMNAS_DE_REPORTE,
    cuales,
    dia_pedido,
    diario,
    filas_de_archivo,
    filas_de_reporte,
    mensual,
    mes_pedido,
    resumen,
)
from facturacion.casos_de_uso.transacciones_manuales import cambiar_estado, editar, eliminar, registrar
from facturacion.esquemas.transacciones import (
    DiarioSalida,
    EstadoDeTransaccion,
    FiltroArchivoTransacciones,
    FiltroDiario,
    FiltroMensual,
    FiltroResumen,
    FiltroTransacciones,
    MensualSalida,
    ResumenSalida,
    TransaccionEditada,
    TransaccionNueva,
    TransaccionSalida,
)
from facturacion.modelos import Transaccion

transacciones_bp = Blueprint(
    "transacciones", __name__, url_prefix="/facturacion/transacciones", description="The cash desk"
)

ORDEN = {"fecha_transaccion": Transaccion.fecha_transaccion, "dia": Transaccion.dia, "monto": Transaccion.monto}
LEER = "facturacion:transacciones:leer"


@transacciones_bp.route("")
class Transacciones(MethodView):
    @transacciones_bp.permission(LEER)
    @transacciones_bp.page(
        TransaccionSalida, FiltroTransacciones, model=Transaccion, sort=ORDEN, default="-fecha_transaccion"
    )
    def get(self, filtro: dict[str, Any]) -> Any:
        """Money in and out, the latest first."""
        return cuales(filtro, caller())

    @transacciones_bp.permission("facturacion:transacciones:crear")
    @transacciones_bp.arguments(TransaccionNueva)
    @transacciones_bp.response(201, TransaccionSalida, location="/facturacion/transacciones/{id}")
    def post(self, datos: dict[str, Any]) -> Any:
        """Write one by hand; payments, refunds, expenses and settlements write their own."""
        return registrar(datos, caller())


@transacciones_bp.route("/archivo")
class Archivo(MethodView):
    @transacciones_bp.permission(LEER)
    @transacciones_bp.arguments(FiltroArchivoTransacciones, location="query")
    @transacciones_bp.response(200, {"type": "string"}, content_type="text/csv")
    @transacciones_bp.doc(**DOCUMENTED)
    def get(self, filtro: dict[str, Any]) -> Any:
        """The same as a file, the oldest first, whole: CSV or XLSX."""
        return long_sheet(
            _nombre("transacciones", filtro), filtro["formato"], COLUMNAS, filas_de_archivo(filtro, caller())
        )


@transacciones_bp.route("/resumen")
class Resumen(MethodView):
    @transacciones_bp.permission(LEER)
    @transacciones_bp.arguments(FiltroResumen, location="query")
    @transacciones_bp.response(200, ResumenSalida)
    @transacciones_bp.doc(**DOCUMENTED)
    def get(self, filtro: dict[str, Any]) -> Any:
        """What came in and went out: in all, and by type, means of payment, origin, doctor and centre."""
        return _en_su_formato("resumen", resumen, filtro)


@transacciones_bp.route("/reporte-diario")
class ReporteDiario(MethodView):
    @transacciones_bp.permission(LEER)
    @transacciones_bp.arguments(FiltroDiario, location="query")
    @transacciones_bp.response(200, DiarioSalida)
    @transacciones_bp.doc(**DOCUMENTED)
    def get(self, filtro: dict[str, Any]) -> Any:
        """One day in figures."""
        return _en_su_formato("diario", diario, {**filtro, "fecha": dia_pedido(filtro, caller())})


@transacciones_bp.route("/reporte-mensual")
class ReporteMensual(MethodView):
    @transacciones_bp.permission(LEER)
    @transacciones_bp.arguments(FiltroMensual, location="query")
    @transacciones_bp.response(200, MensualSalida)
    @transacciones_bp.doc(**DOCUMENTED)
    def get(self, filtro: dict[str, Any]) -> Any:
        """One month in figures, and day by day."""
        desde, hasta = mes_pedido(filtro, caller())
        return _en_su_formato("mensual", mensual, {**filtro, "desde": desde, "hasta": hasta})


@transacciones_bp.route("/<id:transaccion_id>")
class UnaTransaccion(MethodView):
    @transacciones_bp.permission(LEER)
    @transacciones_bp.response(200, TransaccionSalida)
    def get(self, transaccion_id: int) -> Any:
        """One transaction."""
        return Transaccion.obtener(transaccion_id, caller())

    @transacciones_bp.permission("facturacion:transacciones:editar")
    @transacciones_bp.if_match(required=False)
    @transacciones_bp.arguments(TransaccionEditada)
    @transacciones_bp.response(200, TransaccionSalida)
    def put(self, cambios: dict[str, Any], transaccion_id: int) -> Any:
        """Correct one that was written by hand, unless its till was counted."""
        return editar(transaccion_id, cambios, caller())

    @transacciones_bp.permission("facturacion:transacciones:eliminar")
    @transacciones_bp.if_match(required=False)
    @transacciones_bp.response(204)
    def delete(self, transaccion_id: int) -> Any:
        """Take one away that was written by hand, unless its till was counted."""
        eliminar(transaccion_id, caller())
        return no_content()


@transacciones_bp.route("/<id:transaccion_id>/estado")
class EstadoDeUna(MethodView):
    @transacciones_bp.permission("facturacion:transacciones:editar")
    @transacciones_bp.if_match(required=False)
    @transacciones_bp.arguments(EstadoDeTransaccion)
    @transacciones_bp.response(200, TransaccionSalida)
    def patch(self, datos: dict[str, Any], transaccion_id: int) -> Any:
        """Complete what was pending, or annul it."""
        return cambiar_estado(transaccion_id, datos["estado"], datos.get("motivo"), caller())


def _en_su_formato(que: str, reporte: Callable[..., Any], filtro: dict[str, Any]) -> Any:
    if filtro["formato"] == "json":
        return reporte(filtro, caller())
    nombre = _nombre(f"caja-{que}", filtro)
    return sheet(nombre, filtro["formato"], COLUMNAS_DE_REPORTE, filas_de_reporte(filtro, caller()))


def _nombre(que: str, filtro: dict[str, Any]) -> str:
    dias = [str(filtro[campo]) for campo in ("fecha", "desde", "hasta") if campo in filtro]
    return "-".join([que, *dias])
