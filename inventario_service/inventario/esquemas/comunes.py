"""What the schemas of this service share: quantities, rates, bulk loads, and costs that not everybody sees."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

import marshmallow as ma

from comun import fields
from comun.auth.caller import caller
from comun.schema import QuerySchema, Schema

VER_COSTOS = "inventario:costos:leer"
CONSULTADOS_MAXIMOS = 1000


class Cantidad(fields.Amount):
    """A quantity, a unit price or a unit cost: six decimals, below 1,000,000,000."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(places=6, digits=15, **kwargs)


class Porcentaje(fields.Amount):
    """A rate in percent, from 0 to 100, with two decimals."""

    def __init__(self, **kwargs: Any) -> None:
        hasta_cien = ma.validate.Range(max=Decimal(100), error="Es un porcentaje: de 0 a 100.")
        super().__init__(places=2, digits=5, validate=hasta_cien, **kwargs)


class CodigoDeLote(ma.fields.String):
    """The code of a lot; null for what is in none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_none=True, **kwargs)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return super()._serialize(value, attr, obj, **kwargs) or None


class ConCostos(Schema):
    """An answer of which those who may not see costs get less: without the fields in `COSTOS`."""

    COSTOS: ClassVar[frozenset[str]] = frozenset({"costo", "costo_unitario"})

    @ma.post_dump
    def _sin_costos(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        if caller().can(VER_COSTOS):
            return data
        return {campo: valor for campo, valor in data.items() if campo not in self.COSTOS}


class CargaSalida(Schema):
    """What a bulk load made: ids in the order of the rows, and what is odd about rows, by place."""

    creados = ma.fields.Integer()
    ids = ma.fields.List(ma.fields.Integer())
    advertencias = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.List(ma.fields.String()))


class TarifaSalida(Schema):
    """A rate of IVA, and the day on which it begins to hold."""

    tarifa = fields.Amount()
    desde = ma.fields.Date()


class TarifasSalida(Schema):
    """All rates of a product or a treatment, the latest first."""

    datos = ma.fields.List(ma.fields.Nested(TarifaSalida))


def mayor_que_cero() -> ma.validate.Range:
    """For quantities of something."""
    return ma.validate.Range(min=Decimal(0), min_inclusive=False, error="Debe ser mayor que cero.")


def advertencias() -> ma.fields.Field[Any]:
    """What is odd, but no reason to refuse; only in the answer to a write."""
    return ma.fields.List(ma.fields.String(), dump_only=True)


def hasta(cuantos: int) -> ma.validate.Length:
    """How long a list may be."""
    return ma.validate.Length(max=cuantos, error=f"Admite hasta {cuantos}.")


class IdsConsulta(QuerySchema):
    """Things that another service asks for."""

    ids = fields.Ids(
        required=True,
        validate=hasta(CONSULTADOS_MAXIMOS),
        metadata={"description": "Ids, separated by commas."},
    )
