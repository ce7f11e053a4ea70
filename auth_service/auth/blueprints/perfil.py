"""/auth/perfil and /auth/menu: the caller's own account."""

from typing import Any

from flask.views import MethodView

from auth import contrasenas
from auth.blueprints.base import auth_bp, origen
from auth.casos_de_uso import segundo_factor
from auth.casos_de_uso.acceso import exigir_contrasena
from auth.dominio.menu import menu_para
from auth.esquemas.perfil import (
    CambioDeContrasena,
    CodigoDeConfirmacion,
    CodigosDeRecuperacion,
    ConContrasena,
    Menu,
    PerfilCambios,
    PerfilSalida,
    SegundoFactorIniciado,
)
from auth.eventos.emitidos import anunciar
from auth.modelos import Usuario
from comun.api import no_content
from comun.auth.caller import caller
from comun.errors import Conflict, NotFound
from comun.preconditions import check_version

_PERFIL = "/perfil/segundo-factor"


def yo() -> Usuario:
    """The caller's user; NotFound for a service."""
    usuario_id = caller().usuario_id
    if usuario_id is None:
        raise NotFound("Un servicio no tiene perfil.")
    return Usuario.de_id(usuario_id)


@auth_bp.route("/perfil")
class Perfil(MethodView):
    @auth_bp.permission("auth:perfil")
    @auth_bp.response(200, PerfilSalida)
    def get(self) -> Any:
        """Who the caller is and what it may do."""
        return yo()

    @auth_bp.permission("auth:perfil")
    @auth_bp.if_match(required=False)
    @auth_bp.arguments(PerfilCambios.as_partial())
    @auth_bp.response(200, PerfilSalida)
    def put(self, cambios: dict[str, Any]) -> Any:
        """Change one's own names and address."""
        usuario = yo()
        check_version(usuario)
        for campo, valor in cambios.items():
            setattr(usuario, campo, valor)
        anunciar(usuario, "actualizado")
        return usuario


@auth_bp.route("/perfil/contrasena")
class Contrasena(MethodView):
    @auth_bp.permission("auth:perfil")
    @auth_bp.if_match(required=False)
    @auth_bp.arguments(CambioDeContrasena)
    @auth_bp.response(204)
    def put(self, datos: dict[str, Any]) -> Any:
        """Change one's own password. Every session ends, this one too: sign in again."""
        usuario = yo()
        check_version(usuario)
        contrasenas.exigir_aceptable(datos["contrasena_nueva"], usuario.nombre_usuario, "contrasena_nueva")
        exigir_contrasena(usuario, datos["contrasena_actual"], origen())
        usuario.cambiar_contrasena(contrasenas.cifrar(datos["contrasena_nueva"]))
        return no_content()


@auth_bp.route(_PERFIL)
class SegundoFactor(MethodView):
    @auth_bp.permission("auth:segundo_factor", keeps_secret=True)
    @auth_bp.arguments(ConContrasena)
    @auth_bp.response(200, SegundoFactorIniciado)
    def post(self, datos: dict[str, Any]) -> Any:
        """Start to set up a second factor: the secret for an authenticator application."""
        usuario = yo()
        exigir_contrasena(usuario, datos["contrasena"], origen(), "contrasena")
        secreto, uri = segundo_factor.iniciar(usuario)
        return {"secreto": secreto, "uri": uri}

    @auth_bp.permission("auth:segundo_factor")
    @auth_bp.arguments(ConContrasena)
    @auth_bp.response(204)
    def delete(self, datos: dict[str, Any]) -> Any:
        """Switch the second factor off, unless the role needs it. Every session ends."""
        usuario = yo()
        exigir_contrasena(usuario, datos["contrasena"], origen(), "contrasena")
        if usuario.entidad_rol.exige_segundo_factor:
            raise Conflict("segundo_factor_exigido", "Su rol exige un segundo factor.")
        segundo_factor.quitar(usuario)
        return no_content()


@auth_bp.route(f"{_PERFIL}/confirmacion")
class ConfirmacionDeSegundoFactor(MethodView):
    @auth_bp.permission("auth:segundo_factor", keeps_secret=True)
    @auth_bp.arguments(CodigoDeConfirmacion)
    @auth_bp.response(200, CodigosDeRecuperacion)
    def post(self, datos: dict[str, Any]) -> Any:
        """Switch it on with a first code. Answers the recovery codes; renew the session for full rights."""
        return {"codigos_recuperacion": segundo_factor.confirmar(yo(), datos["codigo"])}


@auth_bp.route(f"{_PERFIL}/codigos")
class Codigos(MethodView):
    @auth_bp.permission("auth:segundo_factor", keeps_secret=True)
    @auth_bp.arguments(ConContrasena)
    @auth_bp.response(200, CodigosDeRecuperacion)
    def post(self, datos: dict[str, Any]) -> Any:
        """New recovery codes; the old ones are void."""
        usuario = yo()
        exigir_contrasena(usuario, datos["contrasena"], origen(), "contrasena")
        if not usuario.segundo_factor:
            raise Conflict("segundo_factor_no_iniciado", "No tiene un segundo factor activo.")
        return {"codigos_recuperacion": segundo_factor.nuevos_codigos(usuario)}


@auth_bp.route("/menu")
class MenuPropio(MethodView):
    @auth_bp.permission("auth:perfil")
    @auth_bp.response(200, Menu)
    def get(self) -> Any:
        """The menu that the caller's permissions open."""
        return {"menu": menu_para(caller().permisos)}
