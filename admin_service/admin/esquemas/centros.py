"""Centres and rooms."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from admin.dominio.identificacion import TipoIdentificacion
from admin.esquemas.comunes import ParaPublico, advertencias, hasta, identificar
from comun import fields
from comun.schema import PageQuery, ResourceSchema, Schema


class SalaNueva(Schema):
    """A chair or room."""

    nombre = fields.Text(80, required=True)
    tipo = fields.Text(40, metadata={"description": "Such as sillon, consultorio, gabinete."})
    activa = fields.Flag()


class SalaSalida(ResourceSchema):
    """A chair or room of a centre."""

    centro_id = ma.fields.Integer()
    nombre = ma.fields.String()
    tipo = ma.fields.String()
    activa = ma.fields.Boolean()


class FiltroSalas(PageQuery):
    """What the rooms of a centre can be narrowed to."""

    tipo = fields.Text(40)
    activa = fields.Flag()


class CentroNuevo(Schema):
    """A new centre; `codigo` is made when absent."""

    codigo = fields.Text(20, validate=ma.validate.Regexp(r"[\w.-]+\Z", error="Solo letras, dígitos, punto y guion."))
    nombre = fields.Text(120, required=True)
    direccion = fields.Text(255, allow_none=True)
    telefono = fields.Phone(allow_none=True)
    zona_horaria = fields.TimeZone(metadata={"description": "IANA; America/Guayaquil when absent."})
    ruc = fields.Text(20, allow_none=True)
    activo = fields.Flag()
    salas = ma.fields.List(
        ma.fields.Nested(SalaNueva),
        validate=hasta(200),
        metadata={"description": "All rooms; in a PUT, those left out are deleted."},
    )

    @ma.post_load
    def _comprobar_ruc(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        if data.get("ruc") is None:
            return data
        try:
            columnas = identificar(data["ruc"], TipoIdentificacion.RUC)
        except ma.ValidationError as error:
            raise ma.ValidationError({"ruc": error.normalized_messages()["identificacion"]}) from None
        aviso = {"advertencias": columnas["advertencias"]} if "advertencias" in columnas else {}
        return {**data, "ruc": columnas["identificacion"], **aviso}


class CentroSalida(ResourceSchema, ParaPublico):
    """A centre with its rooms."""

    PRIVADOS = frozenset({"ruc", "salas", "creado_en", "actualizado_en", "eliminado_en"})

    codigo = ma.fields.String()
    nombre = ma.fields.String()
    direccion = ma.fields.String(allow_none=True)
    telefono = ma.fields.String(allow_none=True)
    zona_horaria = ma.fields.String()
    ruc = ma.fields.String(allow_none=True)
    activo = ma.fields.Boolean()
    salas = ma.fields.List(ma.fields.Nested(SalaSalida))
    advertencias = advertencias()


class FiltroCentros(PageQuery):
    """What the list of centres can be narrowed to."""

    q = fields.Text(100, metadata={"description": "Part of name, code, address, phone or RUC."})
    codigo = fields.Text(20)
    nombre = fields.Text(120)
    activo = fields.Flag()
