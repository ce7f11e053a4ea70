"""/historia-clinica: who looked at a record, and emergency access."""

from typing import Any

from flask.views import MethodView

from comun.api import Blueprint
from comun.auth.caller import caller
from historia_clinica.casos_de_uso.acceso import Accion, acceder
from historia_clinica.casos_de_uso.emergencias import abrir_emergencia, revisar
from historia_clinica.casos_de_uso.momentos import en_periodo
from historia_clinica.esquemas.accesos import (
    AnotacionSalida,
    EmergenciaNueva,
    EmergenciaSalida,
    FiltroAccesos,
    FiltroBitacora,
    FiltroEmergencias,
    RevisionDeEmergencia,
)
from historia_clinica.extensiones import db
from historia_clinica.modelos import Anotacion, Emergencia

accesos_bp = Blueprint("accesos", __name__, url_prefix="/historia-clinica", description="Who looked at a record")

_ORDEN = {"numero": Anotacion.numero}


@accesos_bp.route("/pacientes/<id:paciente_id>/accesos")
class AccesosDePaciente(MethodView):
    @accesos_bp.permission("historia:accesos:leer")
    @accesos_bp.page(AnotacionSalida, FiltroAccesos, model=Anotacion, sort=_ORDEN, default="-numero")
    def get(self, filtro: dict[str, Any], paciente_id: int) -> Any:
        """Who looked at this record or was kept from it, the latest first. Patients read their own."""
        acceso = acceder(paciente_id, Accion.LEER, "accesos")
        return _filtrar(filtro).where(Anotacion.paciente_id.in_(acceso.pacientes))


@accesos_bp.route("/bitacora")
class Bitacora(MethodView):
    @accesos_bp.permission("historia:bitacora:leer")
    @accesos_bp.page(AnotacionSalida, FiltroBitacora, model=Anotacion, sort=_ORDEN, default="-numero")
    def get(self, filtro: dict[str, Any]) -> Any:
        """The trace of all records, the latest first."""
        return _filtrar(filtro)


@accesos_bp.route("/pacientes/<id:paciente_id>/emergencias")
class EmergenciasDePaciente(MethodView):
    @accesos_bp.permission("historia:emergencia")
    @accesos_bp.arguments(EmergenciaNueva)
    @accesos_bp.response(201, EmergenciaSalida, location="/historia-clinica/emergencias/{id}")
    def post(self, datos: dict[str, Any], paciente_id: int) -> Any:
        """Open the record of somebody who is not the doctor's patient, for some hours; it is reviewed afterwards."""
        return abrir_emergencia(paciente_id, datos["motivo"])


@accesos_bp.route("/emergencias")
class Emergencias(MethodView):
    @accesos_bp.permission("historia:emergencias:leer")
    @accesos_bp.page(
        EmergenciaSalida, FiltroEmergencias, model=Emergencia, sort={"desde": Emergencia.desde}, default="-id"
    )
    def get(self, filtro: dict[str, Any]) -> Any:
        """Emergency accesses, the latest first; `revisada=no` are those to look at."""
        revisada = filtro.pop("revisada", None)
        consulta = db.select(Emergencia).filter_by(**filtro)
        if revisada is not None:
            consulta = consulta.where(Emergencia.revisada_en.is_not(None) == revisada)
        return consulta


@accesos_bp.route("/emergencias/<id:emergencia_id>")
class UnaEmergencia(MethodView):
    @accesos_bp.permission("historia:emergencias:leer")
    @accesos_bp.response(200, EmergenciaSalida)
    def get(self, emergencia_id: int) -> Any:
        """One emergency access."""
        return Emergencia.obtener(emergencia_id, caller())


@accesos_bp.route("/emergencias/<id:emergencia_id>/revision")
class RevisionDeUnaEmergencia(MethodView):
    @accesos_bp.permission("historia:emergencias:revisar")
    @accesos_bp.if_match(required=False)
    @accesos_bp.arguments(RevisionDeEmergencia)
    @accesos_bp.response(200, EmergenciaSalida)
    def patch(self, datos: dict[str, Any], emergencia_id: int) -> Any:
        """Say whether it was justified, once."""
        return revisar(emergencia_id, datos["justificada"], datos.get("comentario"))


def _filtrar(filtro: dict[str, Any]) -> Any:
    iguales = {campo: valor for campo, valor in filtro.items() if campo not in ("desde", "hasta")}
    return en_periodo(db.select(Anotacion).filter_by(**iguales), Anotacion.momento, filtro)
