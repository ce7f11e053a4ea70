"""/admin/pacientes/{id}/…: duplicates and merge, export and erasure of personal data."""

from typing import Any

from flask.views import MethodView

from admin.blueprints import admin_bp
from admin.casos_de_uso.anonimizacion import anonimizar
from admin.casos_de_uso.exportacion import exportar
from admin.casos_de_uso.fusion import fusionar
from admin.esquemas.pacientes import Anonimizacion, Exportacion, Fusion, PacienteSalida
from admin.modelos import Paciente
from admin.modelos.consultas import ORDEN_PACIENTES
from comun.auth.caller import caller
from comun.schema import PageQuery


@admin_bp.route("/pacientes/<id:paciente_id>/duplicados")
class Duplicados(MethodView):
    @admin_bp.permission("admin:pacientes:leer")
    @admin_bp.page(PacienteSalida, PageQuery, model=Paciente, sort=ORDEN_PACIENTES)
    def get(self, _filtro: dict[str, Any], paciente_id: int) -> Any:
        """Patients who are probably the same person: same name but for case and accents, same birth date."""
        return Paciente.obtener(paciente_id, caller()).posibles_duplicados(caller())


@admin_bp.route("/pacientes/<id:paciente_id>/fusion")
class FusionDePacientes(MethodView):
    @admin_bp.permission("admin:pacientes:fusionar")
    @admin_bp.if_match(required=False)
    @admin_bp.arguments(Fusion)
    @admin_bp.response(200, PacienteSalida)
    def post(self, datos: dict[str, Any], paciente_id: int) -> Any:
        """Absorb another record of the same person: what it has and this one lacks goes over, it vanishes."""
        return fusionar(paciente_id, **datos, quien=caller())


@admin_bp.route("/pacientes/<id:paciente_id>/exportacion")
class ExportacionDePaciente(MethodView):
    @admin_bp.permission("admin:pacientes:exportar")
    @admin_bp.response(200, Exportacion)
    def get(self, paciente_id: int) -> Any:
        """All that the network holds of the patient; names the services that did not answer."""
        return exportar(paciente_id, caller())


@admin_bp.route("/pacientes/<id:paciente_id>/anonimizacion")
class AnonimizacionDePaciente(MethodView):
    @admin_bp.permission("admin:pacientes:anonimizar")
    @admin_bp.if_match(required=False)
    @admin_bp.arguments(Anonimizacion)
    @admin_bp.response(200, PacienteSalida)
    def post(self, datos: dict[str, Any], paciente_id: int) -> Any:
        """Erase who the patient is, for good; while the record must be kept, only how to reach the person."""
        return anonimizar(Paciente.obtener(paciente_id, caller()), **datos)
