"""/admin/reportes."""

from typing import Any

from flask.views import MethodView

from admin.blueprints import admin_bp
from admin.esquemas.reportes import FiltroReporte, ReportePacientes
from admin.modelos.reportes import reporte_pacientes
from comun.auth.caller import caller


@admin_bp.route("/reportes/pacientes")
class ReporteDePacientes(MethodView):
    @admin_bp.permission("admin:reportes:leer")
    @admin_bp.arguments(FiltroReporte, location="query")
    @admin_bp.response(200, ReportePacientes)
    def get(self, filtro: dict[str, Any]) -> Any:
        """How many patients there are, by status, month of creation, source, insurer, line, gender and age."""
        return reporte_pacientes(filtro, caller())
