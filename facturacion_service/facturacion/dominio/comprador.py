"""To whom a document can be made out: kinds of buyers and their numbers (SRI, ficha técnica, table 6).

The SRI no longer guarantees the check digit of the RUC of companies and public bodies: there it is not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from stdnum.ec import ci, ruc
from stdnum.exceptions import InvalidChecksum, ValidationError

IDENTIFICACION_FINAL = "9999999999999"
NOMBRE_FINAL = "CONSUMIDOR FINAL"
LARGO_MAXIMO = 20
_TERCER_DIGITO_SOCIEDAD = ("6", "9")


class TipoComprador(StrEnum):
    """The tax authority's codes."""

    RUC = "04"
    CEDULA = "05"
    PASAPORTE = "06"
    CONSUMIDOR_FINAL = "07"
    EXTERIOR = "08"


# How administration names what identifies a person.
TIPOS_DE_PERSONA = {
    "ruc": TipoComprador.RUC,
    "cedula": TipoComprador.CEDULA,
    "pasaporte": TipoComprador.PASAPORTE,
}


class IdentificacionInvalida(ValueError):
    """The number can't be what it says to be; the message is for a person."""


def identificar(numero: str, tipo: TipoComprador | None = None) -> tuple[TipoComprador, str]:
    """The number without spaces, and its kind: guessed from its length when not given. IdentificacionInvalida."""
    numero = re.sub(r"\s+", "", numero).upper()
    if (sin_guiones := numero.replace("-", "")).isdecimal():
        numero = sin_guiones
    if numero == IDENTIFICACION_FINAL:
        raise IdentificacionInvalida("Consumidor final no identifica a un comprador.")
    match tipo := tipo or _supuesto(numero):
        case TipoComprador.CEDULA if not ci.is_valid(numero):
            raise IdentificacionInvalida("No es una cédula válida.")
        case TipoComprador.RUC if not _es_ruc(numero):
            raise IdentificacionInvalida("No es un RUC válido.")
    if not 3 <= len(numero) <= LARGO_MAXIMO:
        raise IdentificacionInvalida(f"Debe tener de 3 a {LARGO_MAXIMO} caracteres.")
    return tipo, numero


def columnas_de(
    tipo: TipoComprador | None,
    identificacion: str | None,
    nombre: str | None,
    contacto: Mapping[str, Any],
) -> dict[str, Any]:
    """The columns of `Comprador`. `contacto`: `direccion`, `email`, `telefono`, as far as they are known."""
    if tipo is TipoComprador.CONSUMIDOR_FINAL:
        identificacion, nombre = IDENTIFICACION_FINAL, NOMBRE_FINAL
    return {
        "comprador_tipo": tipo,
        "comprador_identificacion": identificacion,
        "comprador_nombre": nombre,
        **{f"comprador_{campo}": contacto.get(campo) for campo in ("direccion", "email", "telefono")},
    }


def comprador_de_ficha(ficha: Mapping[str, Any] | None) -> dict[str, Any]:
    """The same columns, of what admin_service says of a patient.

    Without an identification only the name: somebody has to say it before the document is issued.
    """
    if ficha is None:
        return {}
    identificacion = _que_quepa(ficha.get("identificacion"), LARGO_MAXIMO)
    tipo = TIPOS_DE_PERSONA.get(ficha.get("tipo_identificacion") or "") if identificacion else None
    nombre = " ".join(filter(None, (ficha.get("nombres"), ficha.get("apellidos"))))
    contacto = {
        "direccion": (ficha.get("direccion") or "")[:300] or None,
        "email": _que_quepa(ficha.get("email"), 200),
        "telefono": _que_quepa(ficha.get("telefono"), LARGO_MAXIMO),
    }
    return columnas_de(tipo, identificacion if tipo else None, nombre[:300] or None, contacto)


def _que_quepa(texto: str | None, largo: int) -> str | None:
    """Half of an address is none."""
    return texto if texto and len(texto) <= largo else None


def _supuesto(numero: str) -> TipoComprador:
    if numero.isascii() and numero.isdecimal():
        return {10: TipoComprador.CEDULA, 13: TipoComprador.RUC}.get(len(numero), TipoComprador.PASAPORTE)
    return TipoComprador.PASAPORTE


def _es_ruc(numero: str) -> bool:
    try:
        ruc.validate(numero)
    except ValidationError as error:
        return isinstance(error, InvalidChecksum) and numero[2] in _TERCER_DIGITO_SOCIEDAD
    return True
