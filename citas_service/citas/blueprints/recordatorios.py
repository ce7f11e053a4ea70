"""/citas/{id}/recordatorios: what was and will be sent, and one now."""

from typing import Any

from flask.views import MethodView

from citas.casos_de_uso.recordatorios import enviar_ahora
from citas.esquemas.recordatorios import RecordatorioEnviado, RecordatorioSalida
from citas.extensiones import db
from citas.modelos import Cita, Recordatorio
from comun.api import Blueprint
from comun.auth.caller import caller
from comun.schema import PlainPageQuery

recordatorios_bp = Blueprint("recordatorios", __name__, url_prefix="/citas", description="Reminders")


@recordatorios_bp.route("/<id:cita_id>/recordatorio")
class EnvioDeRecordatorio(MethodView):
    @recordatorios_bp.permission("citas:recordar")
    @recordatorios_bp.response(200, RecordatorioEnviado)
    def post(self, cita_id: int) -> Any:
        """Remind the patient now; not twice within five minutes."""
        return enviar_ahora(Cita.obtener(cita_id, caller()), caller())


@recordatorios_bp.route("/<id:cita_id>/recordatorios")
class Recordatorios(MethodView):
    @recordatorios_bp.permission("citas:leer")
    @recordatorios_bp.page(
        RecordatorioSalida, PlainPageQuery, model=Recordatorio, sort={"vence": Recordatorio.vence}, default="vence,id"
    )
    def get(self, _filtro: dict[str, Any], cita_id: int) -> Any:
        """All of an appointment, sent or not."""
        cita = Cita.obtener(cita_id, caller())
        return db.select(Recordatorio).where(Recordatorio.cita_id == cita.id)
