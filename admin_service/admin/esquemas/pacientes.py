"""Patients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import marshmallow as ma

from admin.esquemas.catalogos import EntradaSalida
from admin.esquemas.comunes import ConCuenta, ConIdentificacion, ConNombre, NombreOId, advertencias, hasta
from admin.modelos.consentimiento import CANALES, TIPOS
from admin.modelos.paciente import ESTADOS, GENEROS
from comun import fields
from comun.schema import PageQuery, ResourceSchema, Schema

_ALIASES: Mapping[str, str] = {**ConIdentificacion.ALIASES, "estado": "estado_paciente"}

# What a patient may change of himself.
CONTACTO = frozenset({"telefono", "email", "direccion"})


class Representante(ConNombre, ConIdentificacion):
    """Who answers for a minor."""

    telefono = fields.Phone(allow_none=True)
    email = fields.Email(allow_none=True)
    parentesco = fields.Text(40, allow_none=True)

    @ma.post_load
    def _comprobar_identificacion(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        comprobado = super()._comprobar_identificacion(data)
        return {campo: valor for campo, valor in comprobado.items() if campo != "advertencias"}


class ConsentimientoNuevo(Schema):
    """What a patient allows or forbids. `fecha` is now when absent."""

    tipo = fields.Choice(TIPOS, required=True)
    otorgado = fields.Flag(required=True)
    fecha = fields.Moment()
    canal = fields.Choice(CANALES, load_default="presencial")


class ConsentimientoSalida(Schema):
    """A word once given."""

    id = ma.fields.Integer()
    tipo = ma.fields.String()
    otorgado = ma.fields.Boolean()
    fecha = ma.fields.DateTime()
    canal = ma.fields.String()
    registrado_por = ma.fields.String()


class PacienteCambios(ConNombre, ConIdentificacion):
    """What can be changed of a patient."""

    ALIASES: ClassVar = _ALIASES

    referencia_externa = fields.Text(80, allow_none=True)
    telefono = fields.Phone(allow_none=True)
    email = fields.Email(allow_none=True)
    fecha_nacimiento = fields.Day(allow_none=True)
    genero = fields.Choice(GENEROS, allow_none=True)
    direccion = fields.Text(255, allow_none=True)
    estado_paciente = fields.Choice(ESTADOS)
    fuente_captacion = NombreOId(allow_none=True)
    aseguradora = NombreOId(allow_none=True)
    linea_negocio = NombreOId(allow_none=True)
    presupuesto = fields.Amount(allow_none=True)
    centro_id = fields.Id(allow_none=True, metadata={"description": "Home centre."})
    usuario_id = fields.Id(metadata={"description": "An existing user, to be linked."})
    representante = ma.fields.Nested(Representante, allow_none=True)
    consentimientos = ma.fields.List(
        ma.fields.Nested(ConsentimientoNuevo),
        validate=hasta(50),
        metadata={"description": "Added to those given before."},
    )


class PacienteNuevo(ConCuenta, PacienteCambios):
    """A new patient, and how the user is made."""

    ALIASES: ClassVar = {**ConCuenta.ALIASES, **_ALIASES}


class CambioDeEstado(Schema):
    """PATCH …/estado."""

    estado = fields.Choice(ESTADOS, required=True)
    motivo = fields.Text(500, allow_none=True, load_default=None)


class RepresentanteSalida(Schema):
    """Who answers for a minor."""

    nombres = ma.fields.String()
    apellidos = ma.fields.String()
    tipo_identificacion = ma.fields.String(allow_none=True)
    identificacion = ma.fields.String(allow_none=True)
    telefono = ma.fields.String(allow_none=True)
    email = ma.fields.String(allow_none=True)
    parentesco = ma.fields.String(allow_none=True)


class PacienteSalida(ResourceSchema):
    """A patient. The four figures of appointments come from citas_service, within seconds."""

    nombres = ma.fields.String()
    apellidos = ma.fields.String()
    nombre_completo = ma.fields.String()
    tipo_identificacion = ma.fields.String(allow_none=True)
    identificacion = ma.fields.String(allow_none=True)
    referencia_externa = ma.fields.String(allow_none=True)
    telefono = ma.fields.String(allow_none=True)
    email = ma.fields.String(allow_none=True)
    fecha_nacimiento = ma.fields.Date(allow_none=True)
    genero = ma.fields.String(allow_none=True)
    direccion = ma.fields.String(allow_none=True)
    estado_paciente = ma.fields.String()
    fuente_captacion = ma.fields.Pluck(EntradaSalida, "nombre", attribute="fuente", allow_none=True)
    aseguradora = ma.fields.Pluck(EntradaSalida, "nombre", allow_none=True)
    linea_negocio = ma.fields.Pluck(EntradaSalida, "nombre", allow_none=True)
    presupuesto = fields.Amount(allow_none=True)
    centro_id = ma.fields.Integer(allow_none=True)
    usuario_id = ma.fields.Integer(allow_none=True)
    representante = ma.fields.Nested(RepresentanteSalida, allow_none=True)
    consentimientos = ma.fields.List(ma.fields.Nested(ConsentimientoSalida), attribute="consentimientos_vigentes")
    ultima_cita = ma.fields.DateTime(allow_none=True)
    proxima_cita = ma.fields.DateTime(allow_none=True)
    total_citas = ma.fields.Integer()
    citas_realizadas = ma.fields.Integer()
    advertencias = advertencias()


class FiltroPacientes(PageQuery):
    """What the list of patients can be narrowed to."""

    ALIASES: ClassVar = {**_ALIASES, "status": "estado_paciente", "fuente": "fuente_captacion"}

    q = fields.Text(100, metadata={"description": "Parts of name, identification, phone or email; all must occur."})
    identificacion = fields.Text(30)
    referencia_externa = fields.Text(80)
    estado_paciente = fields.Choice(ESTADOS)
    centro_id = fields.Id()
    doctor_id = fields.Id(metadata={"description": "Who has or had an appointment with this doctor."})
    usuario_id = fields.Id()
    fuente_captacion = fields.Text(120)
    aseguradora = fields.Text(120)
    linea_negocio = fields.Text(120)


class FiltroBusqueda(FiltroPacientes):
    """A search."""

    q = fields.Text(
        100, required=True, metadata={"description": "Parts of name, identification, phone or email; all must occur."}
    )


class Fusion(Schema):
    """Which patient is absorbed, and why."""

    absorbido_id = fields.Id(required=True)
    motivo = fields.Text(500, required=True)


class Anonimizacion(Schema):
    """Why, and how much is erased: everything, or only how to reach the person."""

    motivo = fields.Text(500, required=True)
    alcance = fields.Choice(("completa", "contacto"), load_default="completa")


class Exportacion(Schema):
    """All data of one patient. `completa` is false when a service did not answer; `sin_respuesta` names it."""

    generado_en = ma.fields.String()
    completa = ma.fields.Boolean()
    sin_respuesta = ma.fields.List(ma.fields.String())
    datos = ma.fields.Dict(keys=ma.fields.String(), metadata={"description": "Service to what it holds."})
