"""/historia-clinica/pacientes/…/retencion: until when a record must be kept."""

from typing import Any

from flask.views import MethodView

from comun.api import Blueprint
from historia_clinica.casos_de_uso.retencion import leer, ordenar
from historia_clinica.esquemas.retencion import OrdenDeRetencion, RetencionSalida

retencion_bp = Blueprint("retencion", __name__, url_prefix="/historia-clinica", description="Retention of records")


@retencion_bp.route("/pacientes/<id:paciente_id>/retencion")
class RetencionDePaciente(MethodView):
    @retencion_bp.permission("historia:leer")
    @retencion_bp.response(200, RetencionSalida)
    def get(self, paciente_id: int) -> Any:
        """Until when it must be kept, and the legal holds that there were."""
        return leer(paciente_id)

    @retencion_bp.permission("historia:retencion:editar")
    @retencion_bp.if_match(required=False)
    @retencion_bp.arguments(OrdenDeRetencion)
    @retencion_bp.response(200, RetencionSalida)
    def put(self, datos: dict[str, Any], paciente_id: int) -> Any:
        """Order a legal hold, or lift it."""
        return ordenar(paciente_id, **datos)
