"""What schemas about teeth share."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from comun import fields
from historia_clinica.dominio.piezas import existe, leer_superficies


class Pieza(fields.Count):
    """A tooth by its FDI number: 11–48 permanent, 51–85 milk teeth."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(11, 85, **{"metadata": {"description": "FDI number."}, **kwargs})

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        pieza = super()._deserialize(value, attr, data, **kwargs)
        if pieza is None or not existe(pieza):
            raise ma.ValidationError("No es una pieza FDI: 11–18, 21–28, 31–38, 41–48; temporales 51–55 … 81–85.")
        return pieza


class Superficies(ma.fields.Field[str]):
    """Surfaces as letters, `"MO"` or `["M", "O"]`: M, D, O (I), V (B), L (P). Written in that order."""

    def __init__(self, **kwargs: Any) -> None:
        described = {"type": "string", "description": "Letters M, D, O (or I), V (or B), L (or P)."}
        super().__init__(**{"metadata": described, **kwargs})

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        letras = list(value) if isinstance(value, str) else value
        if not isinstance(letras, list) or not all(isinstance(letra, str) for letra in letras):
            raise ma.ValidationError("Debe ser un texto como MO, o una lista de letras.")
        try:
            return leer_superficies(letras)
        except ValueError as error:
            raise ma.ValidationError(str(error)) from None
