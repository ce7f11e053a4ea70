"""Users as they come in, go out and are asked for."""

import marshmallow as ma

from auth.dominio.roles import MEDICO, PACIENTE
from auth.esquemas.campos import ALIAS_DE_USUARIO, ConNombre, Contrasena, NombreUsuario
from comun import fields
from comun.schema import PageQuery, ResourceSchema, Schema

_CENTROS_MAXIMOS = 500
_PERMISOS_MAXIMOS = 500


class UsuarioNuevo(ConNombre):
    """What it takes to make a user. Without `contrasena` it is invited, for which it needs `email`."""

    ALIASES = ALIAS_DE_USUARIO

    nombre_usuario = NombreUsuario(required=True)
    contrasena = Contrasena()
    email = fields.Email(allow_none=True)
    nombres = fields.Text(120, allow_none=True)
    apellidos = fields.Text(120, allow_none=True)
    rol = fields.Text(40, required=True)
    activo = fields.Flag()
    centros = ma.fields.List(fields.Id(), validate=ma.validate.Length(max=_CENTROS_MAXIMOS))


class UsuarioSalida(ResourceSchema):
    """A user; no secret in any form."""

    nombre_usuario = ma.fields.String()
    email = ma.fields.String(allow_none=True)
    nombres = ma.fields.String()
    apellidos = ma.fields.String()
    nombre_completo = ma.fields.String()
    rol = ma.fields.String()
    activo = ma.fields.Boolean()
    centros = ma.fields.List(ma.fields.Integer())
    doctor_id = ma.fields.Integer(allow_none=True)
    paciente_id = ma.fields.Integer(allow_none=True)
    segundo_factor = ma.fields.Boolean()
    ultimo_acceso = ma.fields.DateTime(allow_none=True)


class FiltroUsuarios(PageQuery):
    """Filters of the list; `q` is a part of the names, user name or email."""

    ALIASES = {"username": "nombre_usuario", "role": "rol"}

    nombre_usuario = fields.Text(60)
    email = fields.Text(255)
    rol = fields.Text(40)
    activo = fields.Flag()
    centro_id = fields.Id()
    doctor_id = fields.Id()
    paciente_id = fields.Id()
    q = fields.Text(100)


class CambioDeEstado(Schema):
    """PATCH …/estado."""

    estado = fields.Choice(["activo", "inactivo"], required=True)
    motivo = fields.Text(500, allow_none=True)


class PermisosNuevos(Schema):
    """What a user has on top of the role, and what not in spite of it; what is absent stays."""

    concedidos = ma.fields.List(fields.Text(60), validate=ma.validate.Length(max=_PERMISOS_MAXIMOS))
    denegados = ma.fields.List(fields.Text(60), validate=ma.validate.Length(max=_PERMISOS_MAXIMOS))


class PermisosSalida(Schema):
    """Where a user's permissions come from."""

    rol = ma.fields.String()
    alcance = ma.fields.String(attribute="entidad_rol.alcance")
    del_rol = ma.fields.List(ma.fields.String(), attribute="entidad_rol.permisos")
    concedidos = ma.fields.List(ma.fields.String())
    denegados = ma.fields.List(ma.fields.String())
    efectivos = ma.fields.Function(lambda usuario: sorted(usuario.permisos))


class InvitacionSalida(Schema):
    """A link to hand to the invited person; it is shown only here."""

    token = ma.fields.String()
    enlace = ma.fields.String()
    expira_en = ma.fields.DateTime()


class InvitacionVista(Schema):
    """What the holder of an invitation sees."""

    nombre_usuario = ma.fields.String(attribute="usuario.nombre_usuario")
    nombre_completo = ma.fields.String(attribute="usuario.nombre_completo")
    expira_en = ma.fields.DateTime()


class PrimeraContrasena(Schema):
    """The password that the invited person chose."""

    ALIASES = ALIAS_DE_USUARIO

    contrasena = Contrasena(required=True)


class Registro(ConNombre):
    """Self-registration. The fields of the second block are accepted and count only with an administrator's token."""

    ALIASES = {**ALIAS_DE_USUARIO, "dni": "identificacion", "cedula": "identificacion"}

    nombre_usuario = NombreUsuario(required=True)
    contrasena = Contrasena(required=True)
    email = fields.Email(allow_none=True)
    nombres = fields.Text(120)
    apellidos = fields.Text(120)
    telefono = fields.Phone(allow_none=True)
    tipo_identificacion = fields.Text(20, allow_none=True)
    identificacion = fields.Text(20, allow_none=True)
    fecha_nacimiento = fields.Day(allow_none=True)
    genero = fields.Text(20, allow_none=True)
    direccion = fields.Text(255, allow_none=True)

    rol = ma.fields.Raw(allow_none=True)
    centros = ma.fields.Raw(allow_none=True)
    activo = ma.fields.Raw(allow_none=True)
    permisos = ma.fields.Raw(allow_none=True)
    doctor_id = ma.fields.Raw(allow_none=True)
    paciente_id = ma.fields.Raw(allow_none=True)


class Reserva(Schema):
    """A user name held for a person that is about to be made. The same `clave` is the same reservation."""

    clave = fields.Text(80, required=True)
    nombre_usuario = NombreUsuario()
    contrasena = Contrasena()
    email = fields.Email(allow_none=True)
    nombres = fields.Text(120, required=True)
    apellidos = fields.Text(120, required=True)
    rol = fields.Choice([MEDICO, PACIENTE], required=True)


class ReservaSalida(Schema):
    """The reserved user."""

    usuario_id = ma.fields.Integer(attribute="id")


class Confirmacion(Schema):
    """The person that was made for a user: one of the two."""

    doctor_id = fields.Id()
    paciente_id = fields.Id()

    @ma.validates_schema
    def _una(self, datos: dict[str, int], **_kwargs: object) -> None:
        if len(datos) != 1:
            raise ma.ValidationError({"doctor_id": ["Envíe doctor_id o paciente_id, uno de los dos."]})


class UsuarioInterno(Schema):
    """A user, for other services."""

    id = ma.fields.Integer()
    nombre_usuario = ma.fields.String()
    rol = ma.fields.String()
    activo = ma.fields.Boolean()
    doctor_id = ma.fields.Integer(allow_none=True)
    paciente_id = ma.fields.Integer(allow_none=True)


class SesionSalida(Schema):
    """A sign-in: when, from where, with what."""

    creada_en = ma.fields.DateTime()
    usada_en = ma.fields.DateTime()
    revocada_en = ma.fields.DateTime(allow_none=True)
    direccion_ip = ma.fields.String(allow_none=True)
    agente = ma.fields.String(allow_none=True)


class DatosPersonales(Schema):
    """What this service holds of a person."""

    usuarios = ma.fields.List(ma.fields.Nested(UsuarioSalida))
    sesiones = ma.fields.List(ma.fields.Nested(SesionSalida))
