"""/interno: what other services ask of this one. The gateway never serves it."""

from typing import Any

from flask.views import MethodView

from citas.esquemas.apartados import ApartadoSalida
from citas.esquemas.calendarios import CalendarioSalida
from citas.esquemas.citas import CitaSalida
from citas.esquemas.lista_espera import EsperaSalida
from citas.esquemas.series import SerieSalida
from citas.extensiones import db
from citas.modelos import Apartado, Calendario, Cita, Espera, Serie
from comun.api import Blueprint
from comun.schema import Schema

interno_bp = Blueprint("interno", __name__, url_prefix="/interno", description="Between services")


@interno_bp.route("/pacientes/<id:paciente_id>/datos")
class DatosDePaciente(MethodView):
    @interno_bp.permission("interno:consultar")
    @interno_bp.response(200)
    def get(self, paciente_id: int) -> Any:
        """All that this service holds of one patient, for a personal-data export (LOPDP, access right)."""
        return {
            nombre: esquema(many=True).dump(
                db.session.scalars(
                    db.select(modelo)
                    .where(modelo.paciente_id == paciente_id)
                    .options(*modelo.cargar())
                    .order_by(modelo.id)
                )
            )
            for nombre, (modelo, esquema) in _DEL_PACIENTE.items()
        }


# Deleted ones as well: they are held all the same.
_DEL_PACIENTE: dict[str, tuple[Any, type[Schema]]] = {
    "citas": (Cita, CitaSalida),
    "espera": (Espera, EsperaSalida),
    "series": (Serie, SerieSalida),
    "apartados": (Apartado, ApartadoSalida),
    "calendarios": (Calendario, CalendarioSalida),
}
