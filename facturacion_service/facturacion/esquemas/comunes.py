"""What the schemas of this service share: quantities, rates, amounts that are more than nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import marshmallow as ma

from comun import fields

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
