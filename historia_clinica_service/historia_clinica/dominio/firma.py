"""The form in which signed content is hashed: the same bytes for the same content, whichever database kept it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

# The number of this form. It is part of what is hashed; another way of writing gets another number.
FORMA = 1


def contenido_canonico(contenido: Mapping[str, Any]) -> bytes:
    """Signed content as bytes: JSON in UTF-8 without blanks, names in order, with the number of the form.

    A number is written plainly and without superfluous zeros (`1.50`, `1.5` and 1.5E0 are one), an instant in UTC
    with microseconds, a date as ISO 8601; lists keep their order. Raises TypeError for what has no such form, and
    ValueError for an instant without an offset or a number that is not finite.
    """
    return _escrito({"contenido": contenido, "forma": FORMA}).encode()


def huella(contenido: bytes) -> str:
    """SHA-256 in 64 lower case hexadecimal digits."""
    return sha256(contenido).hexdigest()


def _escrito(valor: Any) -> str:
    if isinstance(valor, Mapping):
        if not all(isinstance(nombre, str) for nombre in valor):
            raise TypeError("names must be text")
        return "{" + ",".join(f"{_texto(nombre)}:{_escrito(valor[nombre])}" for nombre in sorted(valor)) + "}"
    if isinstance(valor, list | tuple):
        return "[" + ",".join(_escrito(uno) for uno in valor) + "]"
    if valor is None or isinstance(valor, bool):
        return {None: "null", True: "true", False: "false"}[valor]
    if isinstance(valor, str):
        return _texto(str(valor))
    if isinstance(valor, date):
        return _texto(_momento(valor))
    if isinstance(valor, int | float | Decimal):
        return _numero(valor)
    raise TypeError(f"no canonical form: {type(valor).__name__}")


def _texto(texto: str) -> str:
    return json.dumps(texto, ensure_ascii=False)


def _momento(valor: date) -> str:
    if not isinstance(valor, datetime):
        return valor.isoformat()
    if valor.tzinfo is None:
        raise ValueError("an instant needs an offset")
    return valor.astimezone(UTC).isoformat(timespec="microseconds")


def _numero(valor: float | Decimal) -> str:
    # By the digits of its shortest writing: a float then is the number that was typed.
    numero = valor if isinstance(valor, Decimal) else Decimal(repr(valor) if isinstance(valor, float) else valor)
    if not numero.is_finite():
        raise ValueError("a number must be finite")
    if numero == 0:
        return "0"
    escrito = f"{numero:f}"
    return escrito.rstrip("0").rstrip(".") if "." in escrito else escrito
