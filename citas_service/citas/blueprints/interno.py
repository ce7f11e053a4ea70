"""/interno: what other services ask of this one. The gateway never serves it."""

from typing import Any

from flask.views import MethodView

from citas.esquemas.citas import CitaSalida
from citas.extensiones import db
from citas.modelos import Cita
from comun.api import Blueprint

interno_bp = Blueprint("interno", __name__, url_prefix="/interno", description="Between services")


@interno_bp.route("/pacientes/<id:paciente_id>/datos")
class DatosDePaciente(MethodView):
    @interno_bp.permission("interno:consultar")
    @interno_bp.response(200)
    def get(self, paciente_id: int) -> Any:
        """All that this service holds of one patient, for a personal-data export (LOPDP, access right)."""
        citas = db.session.scalars(
            db.select(Cita).where(Cita.paciente_id == paciente_id).options(*Cita.cargar()).order_by(Cita.id)
        )
        return {"citas": CitaSalida(many=True).dump(citas)}
