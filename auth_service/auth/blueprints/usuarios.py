"""/auth/usuarios: users, their permissions and their invitations."""

from typing import Any

from flask import current_app
from flask.views import MethodView
from sqlalchemy import or_, select

from auth import contrasenas
from auth.blueprints.base import auth_bp
from auth.casos_de_uso import usuarios
from auth.dominio.roles import SINONIMOS
from auth.esquemas.usuarios import (
    CambioDeEstado,
    FiltroUsuarios,
    InvitacionSalida,
    InvitacionVista,
    PermisosNuevos,
    PermisosSalida,
    PrimeraContrasena,
    UsuarioNuevo,
    UsuarioSalida,
)
from auth.eventos.emitidos import anunciar
from auth.extensiones import db
from auth.modelos import Invitacion, Rol, Usuario, UsuarioCentro
from comun import audit
from comun.api import no_content
from comun.auth.caller import caller
from comun.db import release
from comun.errors import Conflict
from comun.fields import fold
from comun.preconditions import check_version

ORDEN = {
    "nombre_usuario": Usuario.nombre_usuario,
    "apellidos": Usuario.apellidos,
    "nombres": Usuario.nombres,
    "creado_en": Usuario.creado_en,
    "actualizado_en": Usuario.actualizado_en,
}
_EXACTOS = ("activo", "doctor_id", "paciente_id")


def _filtrar(filtro: dict[str, Any]) -> Any:
    consulta = select(Usuario).where(Usuario.visibles_para(caller()))
    for campo in _EXACTOS:
        if campo in filtro:
            consulta = consulta.where(getattr(Usuario, campo) == filtro[campo])
    for campo in ("nombre_usuario", "email"):
        if campo in filtro:
            consulta = consulta.where(getattr(Usuario, campo) == filtro[campo].lower())
    if "rol" in filtro:
        nombre = fold(filtro["rol"])
        consulta = consulta.where(
            Usuario.rol_id.in_(select(Rol.id).where(Rol.nombre == SINONIMOS.get(nombre, nombre)))
        )
    if "centro_id" in filtro:
        consulta = consulta.where(Usuario.filas_centro.any(UsuarioCentro.centro_id == filtro["centro_id"]))
    for parte in filtro.get("q", "").split():
        columnas = (Usuario.nombre_usuario, Usuario.email, Usuario.nombres, Usuario.apellidos)
        consulta = consulta.where(or_(*(columna.icontains(parte, autoescape=True) for columna in columnas)))
    return consulta


@auth_bp.route("/usuarios")
class Usuarios(MethodView):
    @auth_bp.permission("auth:usuarios:leer")
    @auth_bp.page(UsuarioSalida, FiltroUsuarios, model=Usuario, sort=ORDEN)
    def get(self, filtro: dict[str, Any]) -> Any:
        """Users that the caller may see."""
        return _filtrar(filtro)

    @auth_bp.permission("auth:usuarios:crear")
    @auth_bp.arguments(UsuarioNuevo)
    @auth_bp.response(201, UsuarioSalida, location="/auth/usuarios/{id}")
    def post(self, datos: dict[str, Any]) -> Any:
        """Make a user."""
        return usuarios.crear(datos, caller())


@auth_bp.route("/usuarios/<id:usuario_id>")
class UnUsuario(MethodView):
    @auth_bp.permission("auth:usuarios:leer")
    @auth_bp.response(200, UsuarioSalida)
    def get(self, usuario_id: int) -> Any:
        """One user."""
        return Usuario.obtener(usuario_id, caller())

    @auth_bp.permission("auth:usuarios:editar")
    @auth_bp.if_match(required=False)
    @auth_bp.arguments(UsuarioNuevo.as_partial())
    @auth_bp.response(200, UsuarioSalida)
    def put(self, cambios: dict[str, Any], usuario_id: int) -> Any:
        """Change a user; `activo: false` keeps it out."""
        usuario = Usuario.obtener(usuario_id, caller())
        check_version(usuario)
        return usuarios.modificar(usuario, cambios, caller())

    @auth_bp.permission("auth:usuarios:eliminar")
    @auth_bp.if_match(required=False)
    @auth_bp.response(204)
    def delete(self, usuario_id: int) -> Any:
        """Delete a user; the name is free again."""
        usuario = Usuario.obtener(usuario_id, caller())
        check_version(usuario)
        usuarios.eliminar(usuario, caller())
        return no_content()


@auth_bp.route("/usuarios/<id:usuario_id>/estado")
class EstadoDeUsuario(MethodView):
    @auth_bp.permission("auth:usuarios:editar")
    @auth_bp.if_match(required=False)
    @auth_bp.arguments(CambioDeEstado)
    @auth_bp.response(200, UsuarioSalida)
    def patch(self, datos: dict[str, Any], usuario_id: int) -> Any:
        """Open or close the account; sessions of a closed one end everywhere within seconds."""
        usuario = Usuario.obtener(usuario_id, caller())
        check_version(usuario)
        usuarios.cambiar_estado(usuario, datos["estado"] == "activo", caller())
        if datos.get("motivo"):
            audit.record("usuario", usuario.id, {"motivo": [None, datos["motivo"]]})
        return usuario


@auth_bp.route("/usuarios/<id:usuario_id>/permisos")
class PermisosDeUsuario(MethodView):
    @auth_bp.permission("auth:usuarios:leer")
    @auth_bp.response(200, PermisosSalida)
    def get(self, usuario_id: int) -> Any:
        """What the role gives, what was granted or denied on top, and the outcome."""
        return Usuario.obtener(usuario_id, caller())

    @auth_bp.permission("auth:usuarios:permisos")
    @auth_bp.if_match(required=False)
    @auth_bp.arguments(PermisosNuevos)
    @auth_bp.response(200, PermisosSalida)
    def put(self, datos: dict[str, Any], usuario_id: int) -> Any:
        """Grant or deny single permissions; nobody grants what he does not have."""
        usuario = Usuario.obtener(usuario_id, caller())
        check_version(usuario)
        usuarios.cambiar_permisos(usuario, datos.get("concedidos"), datos.get("denegados"), caller())
        return usuario


@auth_bp.route("/usuarios/<id:usuario_id>/segundo-factor")
class SegundoFactorDeUsuario(MethodView):
    @auth_bp.permission("auth:usuarios:editar")
    @auth_bp.response(204)
    def delete(self, usuario_id: int) -> Any:
        """Remove the second factor of somebody who lost it."""
        usuario = Usuario.obtener(usuario_id, caller())
        usuarios.quitar_segundo_factor(usuario, caller())
        return no_content()


@auth_bp.route("/usuarios/<id:usuario_id>/invitacion")
class InvitacionDeUsuario(MethodView):
    @auth_bp.permission("auth:usuarios:crear", keeps_secret=True)
    @auth_bp.response(201, InvitacionSalida)
    def post(self, usuario_id: int) -> Any:
        """A link to set a first password, for an account that has none. It voids earlier ones."""
        usuario = Usuario.obtener(usuario_id, caller())
        usuarios.exigir_gobierno(caller(), usuario)
        if usuario.contrasena_hash is not None:
            raise Conflict("usuario_con_contrasena", "El usuario ya tiene contraseña.")
        invitacion, token = Invitacion.emitir(usuario)
        enlace = current_app.config["AUTH_INVITATION_URL"].replace("{token}", token)
        return {"token": token, "enlace": enlace, "expira_en": invitacion.expira_en}


@auth_bp.route("/invitaciones/<string:token>")
class UnaInvitacion(MethodView):
    @auth_bp.public
    @auth_bp.response(200, InvitacionVista)
    def get(self, token: str) -> Any:
        """Whom the invitation is for."""
        return Invitacion.de_token(token)

    @auth_bp.public_secret
    @auth_bp.arguments(PrimeraContrasena)
    @auth_bp.response(204)
    def post(self, datos: dict[str, Any], token: str) -> Any:
        """Set the first password; the invitation is used up by it."""
        invitacion = Invitacion.de_token(token)
        usuario = invitacion.usuario
        contrasenas.exigir_aceptable(datos["contrasena"], usuario.nombre_usuario)
        release(db.session)
        hash_nuevo = contrasenas.cifrar(datos["contrasena"])
        invitacion.usar()
        usuario.cambiar_contrasena(hash_nuevo)
        anunciar(usuario, "actualizado")
        return no_content()
