"""/inventario/reportes: the stock in figures."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response
from flask.views import MethodView

from comun.api import Blueprint
from comun.auth.caller import caller
from inventario.casos_de_uso.reportes import reporte_de_inventario
from inventario.esquemas.reportes import CifrasSalida, FiltroReporte, ReporteInventario
from inventario.hojas import hoja

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
        return hoja(nombre, _LOTE, [_de_lote(lote) for lote in reporte["caducidades"]["lotes"]])
    if (que := _CONSUMO.get(seccion)) is not None:
        filas = reporte["consumo"][f"por_{que}"]
        return hoja(nombre, (que, "costo"), [(_nombre(fila[que]), fila["costo"]) for fila in filas])
    return _de_existencias(nombre, reporte)


def _de_existencias(nombre: str, reporte: Mapping[str, Any]) -> Response:
    agrupar = reporte["agrupar"]
    if agrupar == "producto":
        columnas: tuple[str, ...] = ("codigo", "producto", "unidad", *_CANTIDADES, *_CIFRAS)
        filas = [
            (f["producto"]["codigo"], f["producto"]["nombre"], f["producto"]["unidad"], *_valores(f, _CANTIDADES))
            for f in reporte["filas"]
        ]
    else:
        columnas = (agrupar, *_CIFRAS)
        filas = [(_nombre(fila[agrupar]),) for fila in reporte["filas"]]
    cifras = (_valores(fila, _CIFRAS) for fila in reporte["filas"])
    return hoja(nombre, columnas, [(*fila, *suyas) for fila, suyas in zip(filas, cifras, strict=True)])


def _valores(fila: Mapping[str, Any], campos: Sequence[str]) -> tuple[Any, ...]:
    return tuple(fila[campo] for campo in campos)


def _nombre(que: Mapping[str, Any] | None) -> str:
    """A name; the id of what was never heard of."""
    return "" if que is None else que["nombre"] or f"#{que['id']}"


def _de_lote(lote: Mapping[str, Any]) -> tuple[Any, ...]:
    producto = lote["producto"]
    return (
        lote["centro"].nombre,
        producto["codigo"],
        producto["nombre"],
        producto["unidad"],
        *_valores(lote, _LOTE[4:]),
    )
