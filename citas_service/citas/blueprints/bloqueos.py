"""/citas/doctores/{id}/bloqueos: when a doctor is not there."""

from datetime import UTC, datetime, time
from typing import Any

from flask.views import MethodView
from sqlalchemy import Select, or_

from citas.casos_de_uso.bloqueos import cambiar_bloqueo, crear_bloqueo, quitar_bloqueo
from citas.casos_de_uso.horarios import exigir_agenda, exigir_que_exista
from citas.esquemas.bloqueos import BloqueoCambiado, BloqueoNuevo, BloqueoSalida, FiltroBloqueos
from citas.esquemas.horarios import Confirmacion
from citas.extensiones import db
from citas.modelos import Bloqueo
from comun.api import Blueprint, no_content
from comun.auth.caller import caller
from comun.errors import NotFound

bloqueos_bp = Blueprint("bloqueos", __name__, url_prefix="/citas", description="When doctors are not there")

ORDEN = {"inicio": Bloqueo.inicio, "actualizado_en": Bloqueo.actualizado_en}


@bloqueos_bp.route("/doctores/<id:doctor_id>/bloqueos")
class Bloqueos(MethodView):
    @bloqueos_bp.permission("citas:horarios:leer")
    @bloqueos_bp.page(BloqueoSalida, FiltroBloqueos, model=Bloqueo, sort=ORDEN, default="inicio,id")
    def get(self, filtro: dict[str, Any], doctor_id: int) -> Any:
        """The blocks of a doctor; a doctor sees the own."""
        exigir_que_exista(doctor_id)
        return filtrar(db.select(Bloqueo).where(Bloqueo.doctor_id == doctor_id), filtro)

    @bloqueos_bp.permission("citas:horarios:editar")
    @bloqueos_bp.arguments(Confirmacion, location="query")
    @bloqueos_bp.arguments(BloqueoNuevo)
    @bloqueos_bp.response(201, BloqueoCambiado, location="/citas/doctores/{doctor_id}/bloqueos/{id}")
    def post(self, consulta: dict[str, Any], datos: dict[str, Any], doctor_id: int) -> Any:
        """Block time, once or again and again. What would leave appointments outside takes `confirmar=true`."""
        exigir_agenda(doctor_id, caller())
        return crear_bloqueo({**datos, "doctor_id": doctor_id}, caller(), **consulta)


@bloqueos_bp.route("/doctores/<id:doctor_id>/bloqueos/<id:bloqueo_id>")
class UnBloqueo(MethodView):
    @bloqueos_bp.permission("citas:horarios:leer")
    @bloqueos_bp.response(200, BloqueoSalida)
    def get(self, doctor_id: int, bloqueo_id: int) -> Any:
        """One block."""
        return _uno(doctor_id, bloqueo_id)

    @bloqueos_bp.permission("citas:horarios:editar")
    @bloqueos_bp.if_match(required=True)
    @bloqueos_bp.arguments(Confirmacion, location="query")
    @bloqueos_bp.arguments(BloqueoNuevo.as_partial())
    @bloqueos_bp.response(200, BloqueoCambiado)
    def put(self, consulta: dict[str, Any], cambios: dict[str, Any], doctor_id: int, bloqueo_id: int) -> Any:
        """Change a block. What would leave appointments outside takes `confirmar=true` (else 409)."""
        exigir_agenda(doctor_id, caller())
        return cambiar_bloqueo(_uno(doctor_id, bloqueo_id), cambios, caller(), **consulta)

    @bloqueos_bp.permission("citas:horarios:editar")
    @bloqueos_bp.if_match(required=False)
    @bloqueos_bp.response(204)
    def delete(self, doctor_id: int, bloqueo_id: int) -> Any:
        """Give the time back."""
        exigir_agenda(doctor_id, caller())
        quitar_bloqueo(_uno(doctor_id, bloqueo_id), caller())
        return no_content()


def filtrar(consulta: Select[Any], filtro: dict[str, Any]) -> Select[Any]:
    """Those that the caller sees and the filter asks for."""
    consulta = consulta.where(Bloqueo.visibles_para(caller()))
    if "desde" in filtro:
        medianoche = datetime.combine(filtro["desde"], time(tzinfo=UTC))
        consulta = consulta.where(or_(Bloqueo.termina.is_(None), Bloqueo.termina >= medianoche))
    if "tipo" in filtro:
        consulta = consulta.where(Bloqueo.tipo == filtro["tipo"])
    return consulta


def _uno(doctor_id: int, bloqueo_id: int) -> Bloqueo:
    bloqueo = Bloqueo.obtener(bloqueo_id, caller())
    if bloqueo.doctor_id != doctor_id:
        raise NotFound(Bloqueo.AUSENTE)
    return bloqueo
