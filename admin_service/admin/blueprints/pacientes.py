"""/admin/pacientes: list, search, make, read, change, delete, load many."""

from typing import Any

from flask.views import MethodView

from admin.blueprints import admin_bp
from admin.casos_de_uso.carga_pacientes import cargar_pacientes
from admin.casos_de_uso.pacientes import cambiar_estado, cambiar_paciente, consentir, crear_paciente
from admin.esquemas.cargas import CargaSalida, PacienteDeCarga
from admin.esquemas.pacientes import (
    CambioDeEstado,
    ConsentimientoNuevo,
    ConsentimientoSalida,
    FiltroBusqueda,
    FiltroPacientes,
    PacienteCambios,
    PacienteNuevo,
    PacienteSalida,
)
from admin.eventos.emitidos import anunciar_paciente
from admin.extensiones import db
from admin.modelos import Consentimiento, Paciente
from admin.modelos.consultas import ORDEN_PACIENTES, buscar_pacientes
from comun.api import no_content
from comun.auth.caller import caller
from comun.preconditions import check_version
from comun.schema import PageQuery


@admin_bp.route("/pacientes")
class Pacientes(MethodView):
    @admin_bp.permission("admin:pacientes:leer")
    @admin_bp.page(PacienteSalida, FiltroPacientes, model=Paciente, sort=ORDEN_PACIENTES)
    def get(self, filtro: dict[str, Any]) -> Any:
        """Patients that the caller may see."""
        return buscar_pacientes(filtro, caller())

    @admin_bp.permission("admin:pacientes:crear")
    @admin_bp.arguments(PacienteNuevo)
    @admin_bp.response(201, PacienteSalida, location="/admin/pacientes/{id}")
    def post(self, datos: dict[str, Any]) -> Any:
        """Make a patient, and the user: by name and password, by invitation, or linking an existing one."""
        return crear_paciente(datos, caller())


@admin_bp.route("/pacientes/buscar")
class Busqueda(MethodView):
    @admin_bp.permission("admin:pacientes:leer")
    @admin_bp.page(PacienteSalida, FiltroBusqueda, model=Paciente, sort=ORDEN_PACIENTES)
    def get(self, filtro: dict[str, Any]) -> Any:
        """Search by any part of name, identification, phone or email, without regard to case and accents."""
        return buscar_pacientes(filtro, caller())


@admin_bp.route("/pacientes/carga")
class CargaPacientes(MethodView):
    @admin_bp.permission("admin:pacientes:crear")
    @admin_bp.arguments(PacienteDeCarga(many=True))
    @admin_bp.response(201, CargaSalida)
    def post(self, filas: list[dict[str, Any]]) -> Any:
        """Make many patients without users, all or none; errors name rows by their place, from 0."""
        return cargar_pacientes(filas, caller())


@admin_bp.route("/pacientes/<id:paciente_id>")
class UnPaciente(MethodView):
    @admin_bp.permission("admin:pacientes:leer")
    @admin_bp.response(200, PacienteSalida)
    def get(self, paciente_id: int) -> Any:
        """One patient."""
        return Paciente.obtener(paciente_id, caller())

    @admin_bp.permission("admin:pacientes:editar")
    @admin_bp.if_match(required=False)
    @admin_bp.arguments(PacienteCambios.as_partial())
    @admin_bp.response(200, PacienteSalida)
    def put(self, cambios: dict[str, Any], paciente_id: int) -> Any:
        """Change what is given. A patient changes only `telefono`, `email`, `direccion` and consents of his own."""
        return cambiar_paciente(Paciente.obtener(paciente_id, caller()), cambios, caller())

    @admin_bp.permission("admin:pacientes:eliminar")
    @admin_bp.if_match(required=False)
    @admin_bp.response(204)
    def delete(self, paciente_id: int) -> Any:
        """Delete; not while there are appointments to come."""
        paciente = Paciente.obtener(paciente_id, caller())
        check_version(paciente)
        paciente.exigir_sin_citas_futuras()
        paciente.eliminar()
        anunciar_paciente(paciente, "eliminado")
        return no_content()


@admin_bp.route("/pacientes/<id:paciente_id>/estado")
class EstadoDePaciente(MethodView):
    @admin_bp.permission("admin:pacientes:editar")
    @admin_bp.if_match(required=False)
    @admin_bp.arguments(CambioDeEstado)
    @admin_bp.response(200, PacienteSalida)
    def patch(self, datos: dict[str, Any], paciente_id: int) -> Any:
        """Make active or inactive; an inactive patient takes no appointments."""
        return cambiar_estado(Paciente.obtener(paciente_id, caller()), **datos, quien=caller())


@admin_bp.route("/pacientes/<id:paciente_id>/consentimientos")
class Consentimientos(MethodView):
    @admin_bp.permission("admin:pacientes:leer")
    @admin_bp.page(ConsentimientoSalida, PageQuery, model=Consentimiento, sort={"fecha": Consentimiento.fecha})
    def get(self, _filtro: dict[str, Any], paciente_id: int) -> Any:
        """Every word that the patient gave, not only the ones that count now."""
        paciente = Paciente.obtener(paciente_id, caller())
        return db.select(Consentimiento).where(Consentimiento.paciente_id == paciente.id)

    @admin_bp.permission("admin:pacientes:editar")
    @admin_bp.arguments(ConsentimientoNuevo)
    @admin_bp.response(201, ConsentimientoSalida)
    def post(self, datos: dict[str, Any], paciente_id: int) -> Any:
        """Keep what the patient allows or forbids from now on."""
        paciente = Paciente.obtener(paciente_id, caller())
        paciente.exigir_no_anonimizado()
        consentir(paciente, [datos], caller())
        return paciente.consentimientos[-1]
