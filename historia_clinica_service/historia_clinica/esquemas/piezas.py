"""Teeth in requests."""

from typing import Any

import marshmallow as ma

from comun import fields
from historia_clinica.dominio.consentimientos import pieza_fdi


class Pieza(fields.Count):
    """A tooth in FDI notation: 11–48 permanent, 51–85 deciduous."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(11, 85, **kwargs)

    def _validated(self, value: Any) -> int:
        numero = super()._validated(value)
        if not pieza_fdi(numero):
            raise ma.ValidationError("No es una pieza dental (FDI: 11–48 o 51–85).")
        return numero
