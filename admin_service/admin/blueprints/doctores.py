"""/admin/doctores."""

from typing import Any

from flask.views import MethodView
from sqlalchemy import Select

from admin.blueprints import admin_bp
from admin.casos_de_uso.carga import cargar_doctores
from admin.casos_de_uso.doctores import cambiar_doctor, crear_doctor, ofrecer_servicios
from admin.dominio.identificacion import normalizar
from admin.esquemas.cargas import CargaSalida, DoctorDeCarga
from admin.esquemas.doctores import DoctorCambios, DoctorNuevo, DoctorSalida, FiltroDoctores, Servicios
from admin.eventos.emitidos import anunciar_doctor
from admin.extensiones import db
from admin.modelos import Centro, Doctor, DoctorServicio, Entrada
from admin.modelos.busqueda import al_leer, palabras
from admin.modelos.catalogo import plegado
from comun.api import no_content
from comun.auth.caller import caller
from comun.preconditions import check_version

ORDEN = {
    "apellidos": Doctor.apellidos,
    "nombres": Doctor.nombres,
    "creado_en": Doctor.creado_en,
    "actualizado_en": Doctor.actualizado_en,
}


@admin_bp.route("/doctores")
class Doctores(MethodView):
    @admin_bp.permission("admin:doctores:leer")
    @admin_bp.page(DoctorSalida, FiltroDoctores, model=Doctor, sort=ORDEN)
    def get(self, filtro: dict[str, Any]) -> Any:
        """Doctors; patients see the active ones, without their private data."""
        return _filtrar(db.select(Doctor).where(Doctor.visibles_para(caller())), filtro)

    @admin_bp.permission("admin:doctores:crear")
    @admin_bp.arguments(DoctorNuevo)
    @admin_bp.response(201, DoctorSalida, location="/admin/doctores/{id}")
    def post(self, datos: dict[str, Any]) -> Any:
        """Make a doctor, and the user: by name and password, by invitation, or linking an existing one."""
        return crear_doctor(datos, caller())


@admin_bp.route("/doctores/carga")
class CargaDoctores(MethodView):
    @admin_bp.permission("admin:doctores:crear")
    @admin_bp.arguments(DoctorDeCarga(many=True))
    @admin_bp.response(201, CargaSalida)
    def post(self, filas: list[dict[str, Any]]) -> Any:
        """Make many doctors without users, all or none; errors name rows by their place, from 0."""
        return cargar_doctores(filas, caller())


@admin_bp.route("/doctores/<id:doctor_id>")
class UnDoctor(MethodView):
    @admin_bp.permission("admin:doctores:leer")
    @admin_bp.response(200, DoctorSalida)
    def get(self, doctor_id: int) -> Any:
        """One doctor."""
        return Doctor.obtener(doctor_id, caller())

    @admin_bp.permission("admin:doctores:editar")
    @admin_bp.if_match(required=False)
    @admin_bp.arguments(DoctorCambios.as_partial())
    @admin_bp.response(200, DoctorSalida)
    def put(self, cambios: dict[str, Any], doctor_id: int) -> Any:
        """Change what is given; `usuario_id` links a user to a doctor that has none."""
        return cambiar_doctor(Doctor.para_editar(doctor_id, caller()), cambios, caller())

    @admin_bp.permission("admin:doctores:eliminar")
    @admin_bp.if_match(required=False)
    @admin_bp.response(204)
    def delete(self, doctor_id: int) -> Any:
        """Delete; not while there are appointments to come."""
        doctor = Doctor.para_editar(doctor_id, caller())
        check_version(doctor)
        doctor.retirar()
        anunciar_doctor(doctor, "eliminado")
        return no_content()


@admin_bp.route("/doctores/<id:doctor_id>/servicios")
class ServiciosDeDoctor(MethodView):
    @admin_bp.permission("admin:doctores:leer")
    @admin_bp.response(200, Servicios)
    def get(self, doctor_id: int) -> Any:
        """The treatments that a doctor offers."""
        return Doctor.obtener(doctor_id, caller())

    @admin_bp.permission("admin:doctores:editar")
    @admin_bp.if_match(required=False)
    @admin_bp.arguments(Servicios)
    @admin_bp.response(200, Servicios)
    def put(self, datos: dict[str, Any], doctor_id: int) -> Any:
        """Set the treatments that a doctor offers."""
        return ofrecer_servicios(Doctor.para_editar(doctor_id, caller()), datos["servicios"])


def _filtrar(consulta: Select[Any], filtro: dict[str, Any]) -> Select[Any]:
    if "q" in filtro:
        consulta = consulta.where(al_leer(Doctor, palabras(filtro["q"])))
    if "especialidad" in filtro:
        consulta = consulta.where(Doctor.entradas.any(Entrada.nombre_plegado == plegado(filtro["especialidad"])))
    if "especialidad_id" in filtro:
        consulta = consulta.where(Doctor.entradas.any(Entrada.id == filtro["especialidad_id"]))
    if "centro_id" in filtro:
        consulta = consulta.where(Doctor.centros.any(Centro.id == filtro["centro_id"]))
    if "tratamiento_id" in filtro:
        ofrece = DoctorServicio.tratamiento_id == filtro["tratamiento_id"]
        consulta = consulta.where(Doctor.ofrecidos.any(ofrece))
    if "identificacion" in filtro:
        consulta = consulta.where(Doctor.identificacion == normalizar(filtro["identificacion"]))
    return consulta.filter_by(**{c: filtro[c] for c in ("usuario_id", "activo") if c in filtro})
