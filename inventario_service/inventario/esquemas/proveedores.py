"""Suppliers."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from comun import fields
from comun.schema import PageQuery, ResourceSchema, Schema
from inventario.dominio import ruc
from inventario.esquemas.comunes import advertencias

UN_ANO = 366


class ProveedorNuevo(Schema):
    """A new supplier. What is odd about its RUC goes to `advertencias`."""

    nombre = fields.Text(200, required=True)
    ruc = fields.Text(20, allow_none=True)
    contacto = fields.Text(120, allow_none=True, metadata={"description": "Whom to ask for."})
    telefono = fields.Phone(allow_none=True)
    email = fields.Email(allow_none=True)
    direccion = fields.Text(300, allow_none=True)
    plazo_entrega_dias = fields.Count(0, UN_ANO, metadata={"description": "From order to delivery; 7 when absent."})
    activo = fields.Flag()

    @ma.post_load
    def _comprobar_ruc(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        if data.get("ruc") is None:
            return data
        try:
            numero, aviso = ruc.comprobar(data["ruc"])
        except ruc.RucInvalido as error:
            raise ma.ValidationError({"ruc": [str(error)]}) from None
        return {**data, "ruc": numero, **({"advertencias": [aviso]} if aviso else {})}


class ProveedorSalida(ResourceSchema):
    """A supplier."""

    nombre = ma.fields.String()
    ruc = ma.fields.String(allow_none=True)
    contacto = ma.fields.String(allow_none=True)
    telefono = ma.fields.String(allow_none=True)
    email = ma.fields.String(allow_none=True)
    direccion = ma.fields.String(allow_none=True)
    plazo_entrega_dias = ma.fields.Integer()
    activo = ma.fields.Boolean()
    advertencias = advertencias()


class FiltroProveedores(PageQuery):
    """What suppliers can be narrowed to."""

    q = fields.Text(100, metadata={"description": "Words of name, RUC or contact."})
    ruc = fields.Text(20)
    activo = fields.Flag()
