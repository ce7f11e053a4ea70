"""/citas/doctores/{id}/agenda and /citas/centros/{id}/agenda: what a calendar draws."""

from typing import Any

from flask.views import MethodView

from citas.casos_de_uso.agenda import agenda_de_centro, agenda_de_doctor
from citas.esquemas.agenda import AgendaSalida, FiltroAgenda
from comun.api import Blueprint
from comun.auth.caller import caller

agenda_bp = Blueprint("agenda", __name__, url_prefix="/citas", description="Agendas of doctors and centres")


@agenda_bp.route("/doctores/<id:doctor_id>/agenda")
class AgendaDeDoctor(MethodView):
    @agenda_bp.permission("citas:leer")
    @agenda_bp.arguments(FiltroAgenda, location="query")
    @agenda_bp.response(200, AgendaSalida)
    def get(self, filtro: dict[str, Any], doctor_id: int) -> Any:
        """A doctor's days, at each centre by its own calendar: hours, blocks, appointments, holds, free time."""
        return agenda_de_doctor(doctor_id, filtro, caller())


@agenda_bp.route("/centros/<id:centro_id>/agenda")
class AgendaDeCentro(MethodView):
    @agenda_bp.permission("citas:leer")
    @agenda_bp.arguments(FiltroAgenda, location="query")
    @agenda_bp.response(200, AgendaSalida)
    def get(self, filtro: dict[str, Any], centro_id: int) -> Any:
        """A centre's days, a column for each doctor; a doctor sees the own."""
        return agenda_de_centro(centro_id, filtro, caller())
