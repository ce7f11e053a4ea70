"""Identity numbers of Ecuador: what a cédula, a RUC or a passport may be.

Rules: Registro Civil (modulo 10 of the cédula) and SRI (RUC), as python-stdnum computes them. Since the SRI
no longer guarantees the RUC checksum of companies and public bodies, there it is only a warning.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from stdnum.ec import ci, ruc
from stdnum.exceptions import InvalidChecksum, ValidationError

CONSUMIDOR_FINAL = "9999999999999"
LARGO_PASAPORTE = 20

_DIGITOS = re.compile(r"\d+")
_TERCER_DIGITO_SOCIEDAD = ("6", "9")


class TipoIdentificacion(StrEnum):
    """What kind of number identifies a person."""

    CEDULA = "cedula"
    RUC = "ruc"
    PASAPORTE = "pasaporte"


class IdentificacionInvalida(ValueError):
    """The number can't be what it says to be; the message is for a person."""


@dataclass(frozen=True)
class Identificacion:
    """A checked number. `advertencia` says what is odd about it without being wrong."""

    tipo: TipoIdentificacion
    numero: str
    advertencia: str | None = None


def identificar(numero: str, tipo: TipoIdentificacion | None = None) -> Identificacion:
    """The number, normalised and checked; its type guessed from its length when not given.

    Raises IdentificacionInvalida.
    """
    numero = normalizar(numero)
    if numero == CONSUMIDOR_FINAL:
        raise IdentificacionInvalida("Consumidor final no identifica a una persona.")
    match tipo or tipo_supuesto(numero):
        case TipoIdentificacion.CEDULA:
            return _cedula(numero)
        case TipoIdentificacion.RUC:
            return _ruc(numero)
    return _pasaporte(numero)


def tipo_supuesto(numero: str) -> TipoIdentificacion:
    """10 digits are a cédula, 13 a RUC, anything else a passport."""
    numero = normalizar(numero)
    if numero.isascii() and numero.isdecimal():
        if len(numero) == 10:
            return TipoIdentificacion.CEDULA
        if len(numero) == 13:
            return TipoIdentificacion.RUC
    return TipoIdentificacion.PASAPORTE


def normalizar(numero: str) -> str:
    """Without spaces and in upper case; numbers also without the hyphen people put before the last digit."""
    compacto = re.sub(r"\s+", "", numero).upper()
    sin_guiones = compacto.replace("-", "")
    return sin_guiones if _DIGITOS.fullmatch(sin_guiones) else compacto


def _cedula(numero: str) -> Identificacion:
    if not ci.is_valid(numero):
        raise IdentificacionInvalida("No es una cédula válida.")
    return Identificacion(TipoIdentificacion.CEDULA, numero)


def _ruc(numero: str) -> Identificacion:
    try:
        ruc.validate(numero)
    except ValidationError as error:
        if not _es_ruc_de_sociedad(numero, error):
            raise IdentificacionInvalida("No es un RUC válido.") from None
        return Identificacion(
            TipoIdentificacion.RUC, numero, "El dígito verificador del RUC no coincide; compruebe el número."
        )
    return Identificacion(TipoIdentificacion.RUC, numero)


def _es_ruc_de_sociedad(numero: str, error: ValidationError) -> bool:
    """Whether only the checksum fails, in a RUC of a company or a public body."""
    return isinstance(error, InvalidChecksum) and numero[2] in _TERCER_DIGITO_SOCIEDAD


def _pasaporte(numero: str) -> Identificacion:
    if not 3 <= len(numero) <= LARGO_PASAPORTE:
        raise IdentificacionInvalida(f"Un pasaporte tiene de 3 a {LARGO_PASAPORTE} caracteres.")
    return Identificacion(TipoIdentificacion.PASAPORTE, numero)
