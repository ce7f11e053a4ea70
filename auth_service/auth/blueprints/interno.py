"""/interno: what the other services ask. The gateway never serves it."""

from typing import Any

from flask.views import MethodView
from sqlalchemy import select

from auth.blueprints.base import interno_bp
from auth.casos_de_uso import reservas
from auth.confianza import documento_revocaciones
from auth.dominio.personas import Persona
from auth.esquemas.usuarios import Confirmacion, DatosPersonales, Reserva, ReservaSalida, UsuarioInterno
from auth.extensiones import db
from auth.modelos import Sesion, Usuario
from comun.copies import CopiesQuery, copies_page


@interno_bp.route("/revocaciones")
class Revocaciones(MethodView):
    @interno_bp.permission("interno:revocaciones")
    @interno_bp.response(200)
    def get(self) -> Any:
        """Sessions, users, roles and keys whose tokens are worth nothing before their time."""
        return documento_revocaciones(db.session.connection())


@interno_bp.route("/pacientes/<id:paciente_id>/datos")
class DatosDePaciente(MethodView):
    @interno_bp.permission("interno:consultar")
    @interno_bp.response(200, DatosPersonales)
    def get(self, paciente_id: int) -> Any:
        """All that this service holds of one patient, for a personal-data export (LOPDP, access right)."""
        usuarios = db.session.scalars(select(Usuario).where(Usuario.paciente_id == paciente_id)).all()
        ids = [usuario.id for usuario in usuarios]
        sesiones = db.session.scalars(select(Sesion).where(Sesion.usuario_id.in_(ids)).order_by(Sesion.creada_en))
        return {"usuarios": usuarios, "sesiones": list(sesiones)}


@interno_bp.route("/copias/usuarios")
class CopiasDeUsuarios(MethodView):
    @interno_bp.permission("interno:consultar")
    @interno_bp.arguments(CopiesQuery, location="query")
    @interno_bp.response(200)
    def get(self, consulta: dict[str, Any]) -> Any:
        """All users by id: name, role and whether they may sign in."""
        return copies_page(Usuario, _contar_usuario, consulta, where=Usuario.reservado_hasta.is_(None))


def _contar_usuario(usuario: Usuario) -> dict[str, Any]:
    campos = ("id", "nombre_usuario", "nombres", "apellidos", "rol", "activo")
    return {campo: getattr(usuario, campo) for campo in campos}


@interno_bp.route("/usuarios/reservas")
class Reservas(MethodView):
    @interno_bp.permission("interno:usuarios")
    @interno_bp.arguments(Reserva)
    @interno_bp.response(200, ReservaSalida)
    def put(self, datos: dict[str, Any]) -> Any:
        """Hold a user for a person that is about to be made; it can't sign in before it is confirmed."""
        return reservas.reservar(datos)


@interno_bp.route("/usuarios/<id:usuario_id>")
class UsuarioParaServicios(MethodView):
    @interno_bp.permission("interno:usuarios")
    @interno_bp.response(200, UsuarioInterno)
    def get(self, usuario_id: int) -> Any:
        """A user, to link a person to."""
        return Usuario.de_id(usuario_id)


@interno_bp.route("/usuarios/<id:usuario_id>/confirmacion")
class ConfirmacionDeUsuario(MethodView):
    @interno_bp.permission("interno:usuarios")
    @interno_bp.arguments(Confirmacion)
    @interno_bp.response(200, UsuarioInterno)
    def post(self, datos: dict[str, Any], usuario_id: int) -> Any:
        """The person exists: the reservation becomes a user, or an existing user is linked. Idempotent."""
        return reservas.confirmar(usuario_id, Persona(**datos))
