"""The taxpayer's number (RUC) of a supplier.

Rules: SRI, as python-stdnum computes them. Since the SRI no longer guarantees the checksum of companies and public
bodies, there it is only a warning.
"""

from __future__ import annotations

import re

from stdnum.ec import ruc
from stdnum.exceptions import InvalidChecksum, ValidationError

CONSUMIDOR_FINAL = "9999999999999"
AVISO = "El dígito verificador del RUC no coincide; compruebe el número."

_TERCER_DIGITO_SOCIEDAD = ("6", "9")


class RucInvalido(ValueError):
    """The number can't be a RUC; the message is for a person."""


def comprobar(numero: str) -> tuple[str, str | None]:
    """The number without spaces and hyphens, and what is odd about it without being wrong. Raises RucInvalido."""
    compacto = re.sub(r"[\s-]+", "", numero)
    if compacto == CONSUMIDOR_FINAL:
        raise RucInvalido("Consumidor final no identifica a un proveedor.")
    try:
        ruc.validate(compacto)
    except ValidationError as error:
        if isinstance(error, InvalidChecksum) and compacto[2] in _TERCER_DIGITO_SOCIEDAD:
            return compacto, AVISO
        raise RucInvalido("No es un RUC válido.") from None
    return compacto, None
