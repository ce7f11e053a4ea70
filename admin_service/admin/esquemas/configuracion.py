"""Configuration of the network."""

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from admin.dominio.valores import CLAVE
from comun import fields
from comun.schema import ResourceSchema, Schema

_CLAVE = ma.validate.Regexp(
    rf"{CLAVE.pattern}\Z", error="De 1 a 80 minúsculas, dígitos, puntos, guiones y guiones bajos."
)


class AjusteCambios(Schema):
    """A new value or description of a setting."""

    valor = ma.fields.Raw(required=True, metadata={"description": "Of the setting's type."})
    descripcion = fields.Text(500, allow_none=True)


class AjusteSalida(ResourceSchema):
    """A setting."""

    clave = ma.fields.String()
    tipo = ma.fields.String()
    valor = ma.fields.Raw()
    descripcion = ma.fields.String(allow_none=True)


class ConfiguracionNueva(Schema):
    """Values by key: as `{"valores": {...}}`, or the keys at the top."""

    valores = ma.fields.Dict(keys=ma.fields.String(validate=_CLAVE), values=ma.fields.Raw(), required=True)

    @ma.pre_load
    def _claves_arriba(self, data: Any, **_kwargs: Any) -> Any:
        if isinstance(data, Mapping) and not isinstance(data.get("valores"), Mapping):
            return {"valores": dict(data)}
        return data


class ConfiguracionSalida(Schema):
    """All settings, as a map and one by one."""

    valores = ma.fields.Dict(keys=ma.fields.String())
    ajustes = ma.fields.List(ma.fields.Nested(AjusteSalida))


class CambioSalida(Schema):
    """One change of a setting."""

    id = ma.fields.Integer()
    clave = ma.fields.String()
    antes = ma.fields.Raw(allow_none=True)
    despues = ma.fields.Raw(allow_none=True)
    por = ma.fields.String()
    momento = ma.fields.DateTime()
