"""/citas/doctores/{id}/horarios, and what lies outside of all rules."""

from typing import Any

from flask.views import MethodView

from citas.casos_de_uso.citas_fuera import citas_fuera
from citas.casos_de_uso.horarios import (
    cambiar_horario,
    crear_horario,
    exigir_agenda,
    exigir_que_exista,
    quitar_horario,
)
from citas.esquemas.horarios import (
    CitasFuera,
    Confirmacion,
    FiltroFuera,
    FiltroHorarios,
    HorarioCambiado,
    HorarioNuevo,
    HorarioSalida,
)
from citas.extensiones import db
from citas.modelos import Cita, Horario
from comun.api import Blueprint, no_content
from comun.auth.caller import caller
from comun.errors import NotFound

horarios_bp = Blueprint("horarios", __name__, url_prefix="/citas", description="Hours of doctors")

ORDEN = {"dia_semana": Horario.dia_semana, "desde": Horario.desde, "actualizado_en": Horario.actualizado_en}


@horarios_bp.route("/doctores/<id:doctor_id>/horarios")
class Horarios(MethodView):
    @horarios_bp.permission("citas:horarios:leer")
    @horarios_bp.page(HorarioSalida, FiltroHorarios, model=Horario, sort=ORDEN, default="dia_semana,desde,id")
    def get(self, filtro: dict[str, Any], doctor_id: int) -> Any:
        """The hours of a doctor."""
        exigir_que_exista(doctor_id)
        return db.select(Horario).where(Horario.visibles_para(caller())).filter_by(doctor_id=doctor_id, **filtro)

    @horarios_bp.permission("citas:horarios:editar")
    @horarios_bp.arguments(HorarioNuevo)
    @horarios_bp.response(201, HorarioCambiado, location="/citas/doctores/{doctor_id}/horarios/{id}")
    def post(self, datos: dict[str, Any], doctor_id: int) -> Any:
        """Add hours. With the first ones, the doctor's other appointments lie outside: `citas_fuera`."""
        return crear_horario(doctor_id, datos, caller())


@horarios_bp.route("/doctores/<id:doctor_id>/horarios/<id:horario_id>")
class UnHorario(MethodView):
    @horarios_bp.permission("citas:horarios:leer")
    @horarios_bp.response(200, HorarioSalida)
    def get(self, doctor_id: int, horario_id: int) -> Any:
        """One range of hours."""
        return _uno(doctor_id, horario_id)

    @horarios_bp.permission("citas:horarios:editar")
    @horarios_bp.if_match(required=True)
    @horarios_bp.arguments(Confirmacion, location="query")
    @horarios_bp.arguments(HorarioNuevo.as_partial())
    @horarios_bp.response(200, HorarioCambiado)
    def put(self, consulta: dict[str, Any], cambios: dict[str, Any], doctor_id: int, horario_id: int) -> Any:
        """Change hours. What would leave appointments outside takes `confirmar=true` (else 409)."""
        exigir_agenda(doctor_id, caller())
        return cambiar_horario(_uno(doctor_id, horario_id), cambios, caller(), **consulta)

    @horarios_bp.permission("citas:horarios:editar")
    @horarios_bp.if_match(required=False)
    @horarios_bp.arguments(Confirmacion, location="query")
    @horarios_bp.response(204)
    def delete(self, consulta: dict[str, Any], doctor_id: int, horario_id: int) -> Any:
        """Delete hours. What would leave appointments outside takes `confirmar=true` (else 409)."""
        exigir_agenda(doctor_id, caller())
        quitar_horario(_uno(doctor_id, horario_id), caller(), **consulta)
        return no_content()


@horarios_bp.route("/fuera-de-horario")
class FueraDeHorario(MethodView):
    @horarios_bp.permission("citas:horarios:leer")
    @horarios_bp.arguments(FiltroFuera, location="query")
    @horarios_bp.response(200, CitasFuera)
    def get(self, filtro: dict[str, Any]) -> Any:
        """Coming appointments that lie outside hours, blocks, closures and holidays as they are now: all of them."""
        return {"datos": citas_fuera(Cita.visibles_para(caller()), filtro)}


def _uno(doctor_id: int, horario_id: int) -> Horario:
    horario = Horario.obtener(horario_id, caller())
    if horario.doctor_id != doctor_id:
        raise NotFound(Horario.AUSENTE)
    return horario
