"""Types of configuration values."""

import json
import re
from enum import StrEnum
from typing import Any

LARGO_MAXIMO = 10_000
CLAVE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,79}")

# Escaped as JSON does: what PostgreSQL can't store, or nobody means.
_CONTROL = re.compile(r"\\u00[01][0-9a-f]|\\u007f|\\ud[89a-f]")


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
    """Raises ValorInvalido when the value is of another type, too long, or can't be stored as text."""
    if tipo_de(valor) is not tipo:
        raise ValorInvalido(f"Debe ser de tipo {tipo}.")
    texto = json.dumps(valor)
    if len(texto) > LARGO_MAXIMO:
        raise ValorInvalido(f"Admite hasta {LARGO_MAXIMO} caracteres.")
    if _CONTROL.search(texto):
        raise ValorInvalido("Contiene caracteres de control.")
