"""/interno: what other services ask of this one. The gateway never serves it."""

from typing import Any

from flask.views import MethodView

from citas.esquemas.citas import CitaSalida
from citas.esquemas.datos_paciente import (
    ApartadoDelPaciente,
    CalendarioDelPaciente,
    EsperaDelPaciente,
    SerieDelPaciente,
)
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
        citas = db.session.scalars(
            db.select(Cita).where(Cita.paciente_id == paciente_id).options(*Cita.cargar()).order_by(Cita.id)
        )
        return {
            "citas": CitaSalida(many=True).dump(citas),
            **{nombre: _suyos(modelo, esquema, paciente_id) for nombre, (modelo, esquema) in _ADEMAS.items()},
        }


_ADEMAS: dict[str, tuple[Any, type[Schema]]] = {
    "espera": (Espera, EsperaDelPaciente),
    "series": (Serie, SerieDelPaciente),
    "apartados": (Apartado, ApartadoDelPaciente),
    "calendarios": (Calendario, CalendarioDelPaciente),
}


def _suyos(modelo: Any, esquema: type[Schema], paciente_id: int) -> Any:
    filas = db.session.scalars(db.select(modelo).where(modelo.paciente_id == paciente_id).order_by(modelo.id))
    return esquema(many=True).dump(filas)
