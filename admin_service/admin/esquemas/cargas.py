"""Bulk loads: the same rows as one by one, without users."""

import marshmallow as ma

from admin.esquemas.doctores import DoctorCambios
from admin.esquemas.pacientes import PacienteCambios
from comun import fields
from comun.schema import Schema


class SinUsuario(Schema):
    """Rows of a load make no users; to say so is accepted."""

    crear_usuario = fields.Flag(
        validate=ma.validate.Equal(False, error="Una carga no crea usuarios; cree la persona de una en una."),
        load_only=True,
    )

    @ma.post_load
    def _sin_cuenta(self, data: dict[str, object], **_kwargs: object) -> dict[str, object]:
        return {campo: valor for campo, valor in data.items() if campo != "crear_usuario"}


class DoctorDeCarga(SinUsuario, DoctorCambios):
    """A doctor in a load."""

    class Meta(Schema.Meta):
        exclude = ("usuario_id",)


class PacienteDeCarga(SinUsuario, PacienteCambios):
    """A patient in a load."""

    class Meta(Schema.Meta):
        exclude = ("usuario_id", "consentimientos")


class CargaSalida(Schema):
    """What a bulk load made: ids in the order of the rows, and what is odd about rows, by place."""

    creados = ma.fields.Integer()
    ids = ma.fields.List(ma.fields.Integer())
    advertencias = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.List(ma.fields.String()))
