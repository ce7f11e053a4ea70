"""/facturacion/reportes: the business in figures."""

from collections.abc import Mapping
from typing import Any

from flask import Response
from flask.views import MethodView

from comun.api import Blueprint
from comun.auth.caller import caller
from comun.sheets import DOCUMENTED, sheet
from facturacion.casos_de_uso.cartera import MONTOS, reporte_de_cartera
from facturacion.casos_de_uso.financiero import reporte_financiero
from facturacion.casos_de_uso.tablero import tablero
from facturacion.celdas import a_la_vista
from facturacion.dominio.cifras import FIGURAS
from facturacion.esquemas.cartera import FiltroCartera, ReporteCartera
from facturacion.esquemas.reportes import FiltroFinanciero, ReporteFinanciero
from facturacion.esquemas.tablero import FiltroTablero, Tablero

reportes_bp = Blueprint("reportes", __name__, url_prefix="/facturacion/reportes", description="Reports")


@reportes_bp.route("/financiero")
class Financiero(MethodView):
    @reportes_bp.permission("facturacion:reportes:leer")
    @reportes_bp.arguments(FiltroFinanciero, location="query")
    @reportes_bp.response(200, ReporteFinanciero)
    @reportes_bp.doc(**DOCUMENTED)
    def get(self, filtro: dict[str, Any]) -> Any:
        """What was invoiced, taken in and spent, and the profit, by day, month, centre, doctor, treatment or insurer.

        As a file, its rows.
        """
        reporte = reporte_financiero(filtro, caller())
        return reporte if filtro["formato"] == "json" else _financiero_en_hoja(reporte, filtro["formato"])


@reportes_bp.route("/cartera")
class Cartera(MethodView):
    @reportes_bp.permission("facturacion:cartera:leer")
    @reportes_bp.arguments(FiltroCartera, location="query")
    @reportes_bp.response(200, ReporteCartera)
    @reportes_bp.doc(**DOCUMENTED)
    def get(self, filtro: dict[str, Any]) -> Any:
        """What patients and insurers owe, by the days since it fell due."""
        reporte = reporte_de_cartera(filtro, caller())
        return reporte if filtro["formato"] == "json" else _cartera_en_hoja(reporte, filtro["formato"])


@reportes_bp.route("/tablero")
class TableroDelDia(MethodView):
    @reportes_bp.permission("facturacion:reportes:leer")
    @reportes_bp.arguments(FiltroTablero, location="query")
    @reportes_bp.response(200, Tablero)
    def get(self, filtro: dict[str, Any]) -> Any:
        """Today at a glance: appointments, income, new patients, low stock, what is overdue."""
        return tablero(filtro, caller())


def _financiero_en_hoja(reporte: Mapping[str, Any], formato: str) -> Response:
    agrupar = reporte["agrupar"]
    nombre = f"financiero-{agrupar}-{reporte['desde']}-{reporte['hasta']}"
    filas = ([a_la_vista(fila[agrupar]), *(fila[figura] for figura in FIGURAS)] for fila in reporte["filas"])
    return sheet(nombre, formato, [agrupar, *FIGURAS], filas)


def _cartera_en_hoja(reporte: Mapping[str, Any], formato: str) -> Response:
    agrupar = reporte["agrupar"]
    columnas = [f"{agrupar}_id", agrupar, "facturas", *MONTOS]
    filas = (
        [fila[agrupar]["id"], a_la_vista(fila[agrupar]), *(fila[columna] for columna in columnas[2:])]
        for fila in reporte["filas"]
    )
    return sheet(f"cartera-{agrupar}-{reporte['al']}", formato, columnas, filas)
