"""/citas/reportes: appointments in figures, and the productivity of doctors."""

from typing import Any

from flask.views import MethodView

from citas.casos_de_uso.reportes import productividad, productividad_de_doctor, reporte_de_citas
from citas.esquemas.reportes import (
    FiltroProductividad,
    FiltroReporte,
    ProductividadDeDoctor,
    Rango,
    ReporteCitas,
    ReporteProductividad,
)
from comun.api import Blueprint
from comun.auth.caller import caller

reportes_bp = Blueprint("reportes", __name__, url_prefix="/citas", description="Reports")


@reportes_bp.route("/reportes/citas")
class CitasEnCifras(MethodView):
    @reportes_bp.permission("citas:reportes:leer")
    @reportes_bp.arguments(FiltroReporte, location="query")
    @reportes_bp.response(200, ReporteCitas)
    def get(self, filtro: dict[str, Any]) -> Any:
        """Counts of appointments by day, doctor, centre or specialty."""
        return reporte_de_citas(filtro, caller())


@reportes_bp.route("/reportes/productividad")
class Productividad(MethodView):
    @reportes_bp.permission("citas:reportes:leer")
    @reportes_bp.arguments(FiltroProductividad, location="query")
    @reportes_bp.response(200, ReporteProductividad)
    def get(self, filtro: dict[str, Any]) -> Any:
        """What each doctor was booked for and attended, against what the hours offered."""
        return productividad(filtro, caller())


@reportes_bp.route("/doctores/<id:doctor_id>/productividad")
class ProductividadDelDoctor(MethodView):
    @reportes_bp.permission("citas:reportes:leer")
    @reportes_bp.arguments(Rango, location="query")
    @reportes_bp.response(200, ProductividadDeDoctor)
    def get(self, filtro: dict[str, Any], doctor_id: int) -> Any:
        """The same for one doctor."""
        return productividad_de_doctor(doctor_id, filtro, caller())
