"""What the schemas of this service share: quantities, rates, amounts, people and centres in answers, days."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import marshmallow as ma

from comun import fields
from comun.schema import DaysQuery, Schema

_MAS_QUE_NADA = ma.validate.Range(min=Decimal(0), min_inclusive=False, error="Debe ser mayor que 0.")


class Cantidad(fields.Amount):
    """A quantity or a unit price: six decimals, below 1,000,000,000."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(places=6, digits=15, **kwargs)


class CantidadPositiva(Cantidad):
    """A quantity that is more than nothing."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=_MAS_QUE_NADA, **kwargs)


class Monto(fields.Amount):
    """An amount of money that is more than nothing, to the cent."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=_MAS_QUE_NADA, **kwargs)


class Porcentaje(fields.Amount):
    """A percentage, from 0 to 100, with two decimals."""

    def __init__(self, **kwargs: Any) -> None:
        hasta_cien = ma.validate.Range(max=Decimal(100), error="Es un porcentaje: de 0 a 100.")
        super().__init__(places=2, digits=5, validate=hasta_cien, **kwargs)


class Persona(Schema):
    """A doctor or a patient inside another answer."""

    id = ma.fields.Integer()
    nombres = ma.fields.String()
    apellidos = ma.fields.String()


class Nombrado(Schema):
    """A centre, a category, whatever has a name, inside another answer; without one when it was never heard of."""

    id = ma.fields.Integer()
    nombre = ma.fields.String(allow_none=True)


class EntreDias(DaysQuery):
    """Days of each centre's own calendar, both inclusive."""

    desde = fields.Day()
    hasta = fields.Day()
