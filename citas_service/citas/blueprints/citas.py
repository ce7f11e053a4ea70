"""/citas: book, list, read, move, cancel, delete, and the steps of an appointment's life."""

from typing import Any

from flask.views import MethodView

from citas.casos_de_uso.acomodar import exigir_plazo
from citas.casos_de_uso.agendar import programar
from citas.casos_de_uso.modificar import modificar
from citas.dominio.estados import Estado
from citas.esquemas.citas import (
    CambioDeEstado,
    CambioEstadoSalida,
    CitaCambiada,
    CitaCambios,
    CitaPedida,
    CitaSalida,
    FiltroCitas,
)
from citas.eventos.emitidos import anunciar
from citas.extensiones import db
from citas.modelos import CambioEstado, Cita
from citas.modelos.consultas import filtrar
from comun.api import Blueprint, no_content
from comun.auth.caller import caller
from comun.errors import Conflict
from comun.preconditions import check_version
from comun.schema import PlainPageQuery

citas_bp = Blueprint("citas", __name__, url_prefix="/citas", description="Appointments")

ORDEN = {"fecha_hora": Cita.inicio, "creado_en": Cita.creado_en, "actualizado_en": Cita.actualizado_en}


@citas_bp.route("")
class Citas(MethodView):
    @citas_bp.permission("citas:leer")
    @citas_bp.page(CitaSalida, FiltroCitas, model=Cita, sort=ORDEN, default="fecha_hora,id")
    def get(self, filtro: dict[str, Any]) -> Any:
        """Appointments that the caller may see."""
        return filtrar(Cita.visibles_para(caller()), filtro)

    @citas_bp.permission("citas:crear")
    @citas_bp.arguments(CitaPedida)
    @citas_bp.response(201, CitaSalida, location="/citas/{id}")
    def post(self, datos: dict[str, Any]) -> Any:
        """Book an appointment."""
        return programar(datos, caller())


@citas_bp.route("/historial")
class Historial(MethodView):
    @citas_bp.permission("citas:leer")
    @citas_bp.page(CitaSalida, FiltroCitas, model=Cita, sort=ORDEN, default="-fecha_hora,id")
    def get(self, filtro: dict[str, Any]) -> Any:
        """The caller's own past and coming appointments: as patient, as doctor, or those they registered."""
        quien = caller()
        if quien.paciente_id is not None:
            propias = Cita.paciente_id == quien.paciente_id
        elif quien.doctor_id is not None:
            propias = Cita.doctor_id == quien.doctor_id
        else:
            propias = Cita.registrado_por_id == quien.usuario_id
        return filtrar(propias & Cita.visibles_para(quien), filtro)


@citas_bp.route("/<id:cita_id>")
class UnaCita(MethodView):
    @citas_bp.permission("citas:leer")
    @citas_bp.response(200, CitaSalida)
    def get(self, cita_id: int) -> Any:
        """One appointment."""
        return Cita.obtener(cita_id, caller())

    @citas_bp.permission("citas:editar")
    @citas_bp.if_match(required=False)
    @citas_bp.arguments(CitaCambios.as_partial())
    @citas_bp.response(200, CitaCambiada)
    def put(self, cambios: dict[str, Any], cita_id: int) -> Any:
        """Cancel (`estado: cancelada`), move (another time, doctor, centre or patient) or correct in place.

        Only correcting in place needs If-Match.
        """
        return modificar(Cita.obtener(cita_id, caller()), cambios, caller())

    @citas_bp.permission("citas:eliminar")
    @citas_bp.if_match(required=False)
    @citas_bp.response(204)
    def delete(self, cita_id: int) -> Any:
        """Delete it and free its time; not once it is under way or done."""
        cita = Cita.obtener(cita_id, caller())
        check_version(cita)
        if cita.estado in (Estado.EN_CURSO, Estado.COMPLETADA):
            raise Conflict("cita_atendida", "Una cita en curso o completada no se elimina.")
        estaba_viva = cita.esta_pendiente()
        cita.liberar()
        cita.eliminar()
        if estaba_viva:
            cita.dejar_hueco()
            anunciar(cita, "cancelada", "Eliminada")
        return no_content()


@citas_bp.route("/<id:cita_id>/estado")
class EstadoDeCita(MethodView):
    @citas_bp.permission("citas:estado")
    @citas_bp.if_match(required=False)
    @citas_bp.arguments(CambioDeEstado)
    @citas_bp.response(200, CitaSalida)
    def patch(self, datos: dict[str, Any], cita_id: int) -> Any:
        """One step: confirm, receive, attend, complete, cancel, mark as missed, reopen."""
        cita = Cita.obtener(cita_id, caller())
        check_version(cita)
        nuevo, motivo = Estado(datos["estado"]), datos.get("motivo")
        reabre = cita.estado == Estado.COMPLETADA
        if nuevo is Estado.CANCELADA:
            exigir_plazo(cita, caller())
            cita.cancelar(caller(), motivo)
        else:
            cita.cambiar_estado(nuevo, caller(), motivo)
        anunciar(cita, "reabierta" if reabre else nuevo.value, motivo)
        return cita


@citas_bp.route("/<id:cita_id>/cambios")
class CambiosDeCita(MethodView):
    @citas_bp.permission("citas:leer")
    @citas_bp.page(CambioEstadoSalida, PlainPageQuery, model=CambioEstado, sort={}, default="id")
    def get(self, _filtro: dict[str, Any], cita_id: int) -> Any:
        """Who brought it into which state, when and why."""
        cita = Cita.obtener(cita_id, caller())
        return db.select(CambioEstado).where(CambioEstado.cita_id == cita.id)
