"""/inventario/reportes: the stock in figures."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response
from flask.views import MethodView

from comun.api import Blueprint
from comun.auth.caller import caller
from comun.sheets import sheet
from inventario.casos_de_uso.reportes import reporte_de_inventario
from inventario.esquemas.comunes import VER_COSTOS, ConCostos
from inventario.esquemas.reportes import (
    CifrasSalida,
    CostoPorCentro,
    FiltroReporte,
    LotePorCaducar,
    ReporteInventario,
)

reportes_bp = Blueprint("reportes", __name__, url_prefix="/inventario/reportes", description="Reports")

_CIFRAS = tuple(CifrasSalida().fields)
_CANTIDADES = ("cantidad_inicial", "cantidad_final", "cantidad_usada")
_LOTE = ("centro", "codigo", "producto", "unidad", "lote", "caducidad", "dias", "cantidad", "valor")
_CONSUMO = {"tratamientos": "tratamiento", "doctores": "doctor", "centros": "centro"}


@reportes_bp.route("/inventario")
class Inventario(MethodView):
    @reportes_bp.permission("inventario:reportes:leer")
    @reportes_bp.arguments(FiltroReporte, location="query")
    @reportes_bp.response(200, ReporteInventario)
    @reportes_bp.doc(responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}})
    def get(self, filtro: dict[str, Any]) -> Any:
        """Value, turnover, expiries, and consumption by treatment, doctor and centre; JSON or CSV."""
        reporte = reporte_de_inventario(filtro, caller())
        return reporte if filtro["formato"] == "json" else _como_hoja(reporte, filtro["seccion"])


def _como_hoja(reporte: Mapping[str, Any], seccion: str) -> Response:
    nombre = f"inventario-{seccion}-{reporte['desde']}-{reporte['hasta']}"
    if seccion == "caducidades":
        columnas = _a_la_vista(LotePorCaducar, _LOTE)
        lotes = [_de_lote(lote) for lote in reporte["caducidades"]["lotes"]]
        return sheet(nombre, "csv", columnas, [_valores(lote, columnas) for lote in lotes])
    if (que := _CONSUMO.get(seccion)) is not None:
        filas = [{**fila, que: _nombre(fila[que])} for fila in reporte["consumo"][f"por_{que}"]]
        columnas = _a_la_vista(CostoPorCentro, (que, "costo"))
        return sheet(nombre, "csv", columnas, [_valores(fila, columnas) for fila in filas])
    return _de_existencias(nombre, reporte)


def _de_existencias(nombre: str, reporte: Mapping[str, Any]) -> Response:
    agrupar = reporte["agrupar"]
    columnas = _a_la_vista(CifrasSalida, _CIFRAS)
    if agrupar == "producto":
        columnas = ("codigo", "producto", "unidad", *_CANTIDADES, *columnas)
        filas = [{**fila, **_de_producto(fila["producto"])} for fila in reporte["filas"]]
    else:
        columnas = (agrupar, *columnas)
        filas = [{**fila, agrupar: _nombre(fila[agrupar])} for fila in reporte["filas"]]
    return sheet(nombre, "csv", columnas, [_valores(fila, columnas) for fila in filas])


def _a_la_vista(esquema: type[ConCostos], columnas: Sequence[str]) -> Sequence[str]:
    """Those of the columns that the caller may see."""
    return [c for c in columnas if c not in esquema.COSTOS or caller().can(VER_COSTOS)]


def _valores(fila: Mapping[str, Any], columnas: Sequence[str]) -> list[Any]:
    return [fila[columna] for columna in columnas]


def _nombre(que: Mapping[str, Any] | None) -> str:
    """A name; the id of what was never heard of."""
    return "" if que is None else que["nombre"] or f"#{que['id']}"


def _de_producto(producto: Mapping[str, Any]) -> dict[str, Any]:
    return {"codigo": producto["codigo"], "producto": producto["nombre"], "unidad": producto["unidad"]}


def _de_lote(lote: Mapping[str, Any]) -> dict[str, Any]:
    return {**lote, **_de_producto(lote["producto"]), "centro": lote["centro"].nombre}
