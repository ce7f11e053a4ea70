"""/interno: what other services ask of this one. The gateway never serves it."""

from typing import Any

from flask.views import MethodView

from citas.esquemas.apartados import ApartadoSalida
from citas.esquemas.citas import CitaSalida
from citas.esquemas.lista_espera import EsperaSalida
from citas.extensiones import db
from citas.modelos import Apartado, Cita, Espera
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
        esperas = db.session.scalars(
            db.select(Espera).where(Espera.paciente_id == paciente_id).options(*Espera.cargar()).order_by(Espera.id)
        )
        apartados = db.session.scalars(
            db.select(Apartado).where(Apartado.paciente_id == paciente_id).order_by(Apartado.id)
        )
        return {
            "citas": CitaSalida(many=True).dump(citas),
            "lista_de_espera": EsperaSalida(many=True).dump(esperas),
            "apartados": ApartadoSalida(many=True).dump(apartados),
        }
