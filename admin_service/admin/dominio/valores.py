"""Types of configuration values."""

from enum import StrEnum
from typing import Any


class TipoValor(StrEnum):
    """What a configuration value is."""

    TEXTO = "texto"
    NUMERO = "numero"
    BOOLEANO = "booleano"
    LISTA = "lista"
    OBJETO = "objeto"


class ValorInvalido(ValueError):
    """The value is not of its type; the message is for a person."""


def tipo_de(valor: Any) -> TipoValor:
    """The type of a JSON value. Raises ValorInvalido for null."""
    match valor:
        case bool():
            return TipoValor.BOOLEANO
        case int() | float():
            return TipoValor.NUMERO
        case str():
            return TipoValor.TEXTO
        case list():
            return TipoValor.LISTA
        case dict():
            return TipoValor.OBJETO
    raise ValorInvalido("Un ajuste no puede quedar sin valor.")


def comprobar(valor: Any, tipo: TipoValor) -> None:
    """Raises ValorInvalido when the value is of another type."""
    if tipo_de(valor) is not tipo:
        raise ValorInvalido(f"Debe ser de tipo {tipo}.")
