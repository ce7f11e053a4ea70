"""One's own account."""

import marshmallow as ma

from auth.esquemas.campos import ConNombre, Contrasena
from auth.esquemas.usuarios import UsuarioSalida
from comun import fields
from comun.schema import Schema


class PerfilSalida(UsuarioSalida):
    """The caller's account, with what it may do."""

    username = ma.fields.String(attribute="nombre_usuario", dump_only=True)
    role = ma.fields.String(attribute="rol", dump_only=True)
    full_name = ma.fields.String(attribute="nombre_completo", dump_only=True)
    alcance = ma.fields.String(attribute="entidad_rol.alcance")
    permisos = ma.fields.Function(lambda usuario: sorted(usuario.permisos))
    segundo_factor_pendiente = ma.fields.Boolean(attribute="debe_segundo_factor")


class PerfilCambios(ConNombre):
    """What people may change of themselves."""

    email = fields.Email(allow_none=True)
    nombres = fields.Text(120)
    apellidos = fields.Text(120)


class CambioDeContrasena(Schema):
    """The old password, and the new one."""

    ALIASES = {
        "contrasena": "contrasena_nueva",
        "password": "contrasena_nueva",
        "new_password": "contrasena_nueva",
        "old_password": "contrasena_actual",
        "current_password": "contrasena_actual",
    }

    contrasena_actual = Contrasena(required=True)
    contrasena_nueva = Contrasena(required=True)


class ConContrasena(Schema):
    """The caller's password again, for what a stolen token must not be enough."""

    ALIASES = {"password": "contrasena"}

    contrasena = Contrasena(required=True)


class SegundoFactorIniciado(Schema):
    """The secret for an authenticator application; it is shown only here."""

    secreto = ma.fields.String()
    uri = ma.fields.String(metadata={"description": "otpauth: URI, to show as a QR code."})


class CodigoDeConfirmacion(Schema):
    """A code of the application."""

    codigo = fields.Text(10, required=True)


class CodigosDeRecuperacion(Schema):
    """Codes that stand in for the application, each once; they are shown only here."""

    codigos_recuperacion = ma.fields.List(ma.fields.String())


class Menu(Schema):
    """The tree of what the caller's permissions open."""

    menu = ma.fields.List(ma.fields.Dict())
