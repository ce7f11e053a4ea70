"""/facturacion/liquidaciones: settlements of doctors' fees."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from comun.answers import FILE, made_file
from comun.api import Blueprint
from comun.auth.caller import caller
from comun.files import PDF
from comun.sheets import FILES, MEDIA_TYPES, sheet
from facturacion.casos_de_uso.liquidaciones import cambiar_estado, lineas, liquidar, por_tratamiento
from facturacion.esquemas.honorarios import (
    CambioDeLiquidacion,
    FiltroLiquidaciones,
    FormatoDeReporte,
    LiquidacionNueva,
    LiquidacionSalida,
    ReporteLiquidacion,
)
from facturacion.extensiones import db
from facturacion.modelos import Honorario, Liquidacion

liquidaciones_bp = Blueprint(
    "liquidaciones", __name__, url_prefix="/facturacion/liquidaciones", description="Settlements of fees"
)

ORDEN = {"hasta": Liquidacion.hasta, "actualizado_en": Liquidacion.actualizado_en}
ARCHIVOS = {tipo.partition(";")[0]: {"schema": FILE} for tipo in (*MEDIA_TYPES.values(), PDF)}
COLUMNAS = ("dia", "factura", "referencia", "descripcion", "base", "porcentaje", "monto")


@liquidaciones_bp.route("")
class Liquidaciones(MethodView):
    @liquidaciones_bp.permission("facturacion:honorarios:leer")
    @liquidaciones_bp.page(LiquidacionSalida, FiltroLiquidaciones, model=Liquidacion, sort=ORDEN, default="-id")
    def get(self, filtro: dict[str, Any]) -> Any:
        """Settlements, the latest first. A doctor sees his own."""
        suyas = db.select(Liquidacion).where(Liquidacion.visibles_para(caller())).filter_by(**filtro)
        return suyas.options(*Liquidacion.cargar())

    @liquidaciones_bp.permission("facturacion:honorarios:liquidar")
    @liquidaciones_bp.arguments(LiquidacionNueva)
    @liquidaciones_bp.response(201, LiquidacionSalida, location="/facturacion/liquidaciones/{id}")
    def post(self, datos: dict[str, Any]) -> Any:
        """Settle all that a doctor earned up to a day and is in no settlement yet."""
        return liquidar(datos, caller())


@liquidaciones_bp.route("/<id:liquidacion_id>")
class UnaLiquidacion(MethodView):
    @liquidaciones_bp.permission("facturacion:honorarios:leer")
    @liquidaciones_bp.response(200, LiquidacionSalida)
    def get(self, liquidacion_id: int) -> Any:
        """One settlement."""
        return Liquidacion.obtener(liquidacion_id, caller())


@liquidaciones_bp.route("/<id:liquidacion_id>/estado")
class EstadoDeLiquidacion(MethodView):
    @liquidaciones_bp.permission("facturacion:honorarios:liquidar")
    @liquidaciones_bp.if_match(required=False)
    @liquidaciones_bp.arguments(CambioDeLiquidacion)
    @liquidaciones_bp.response(200, LiquidacionSalida)
    def patch(self, datos: dict[str, Any], liquidacion_id: int) -> Any:
        """Pay it, which goes out at the cash desk, or take it back, which frees its fees for another one."""
        return cambiar_estado(liquidacion_id, datos, caller())


@liquidaciones_bp.route("/<id:liquidacion_id>/reporte")
class ReporteDeLiquidacion(MethodView):
    @liquidaciones_bp.permission("facturacion:honorarios:leer")
    @liquidaciones_bp.arguments(FormatoDeReporte, location="query")
    @liquidaciones_bp.response(200, ReporteLiquidacion)
    @liquidaciones_bp.doc(responses={200: {"content": ARCHIVOS}})
    def get(self, filtro: dict[str, Any], liquidacion_id: int) -> Any:
        """The settlement with each of its lines: JSON, CSV, XLSX or PDF."""
        liquidacion = Liquidacion.obtener(liquidacion_id, caller())
        nombre = f"liquidacion-{liquidacion.id:06d}"
        if filtro["formato"] == "pdf":
            from facturacion.casos_de_uso.liquidacion_impresa import imprimir

            return made_file(imprimir(liquidacion), PDF, f"{nombre}.pdf")
        filas = lineas(liquidacion)
        if filtro["formato"] in FILES:
            return sheet(nombre, filtro["formato"], COLUMNAS, map(_valores, filas))
        return {"liquidacion": liquidacion, "por_tratamiento": por_tratamiento(filas), "lineas": filas}


def _valores(fila: Honorario) -> list[Any]:
    detalle = fila.detalle
    return [
        fila.dia,
        detalle.factura.numero,
        fila.referencia,
        detalle.descripcion,
        fila.base,
        fila.porcentaje,
        fila.monto,
    ]
