"""To whom a document is made out, as the tax authority wants it said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# SRI, ficha técnica, table 6 «tipo de identificación».
RUC, CEDULA, PASAPORTE = "04", "05", "06"
_CODIGOS = {"ruc": RUC, "cedula": CEDULA, "pasaporte": PASAPORTE}


def comprador_de(ficha: Mapping[str, Any] | None) -> dict[str, Any]:
    """The buyer's columns of a document, of what admin_service says of a patient.

    Without an identification only the name: somebody has to say it before the document is issued.
    """
    if ficha is None:
        return {}
    identificacion = _que_quepa(ficha.get("identificacion"), 20)
    nombre = " ".join(filter(None, (ficha.get("nombres"), ficha.get("apellidos"))))
    return {
        "comprador_tipo": _CODIGOS.get(ficha.get("tipo_identificacion") or "") if identificacion else None,
        "comprador_identificacion": identificacion,
        "comprador_nombre": nombre[:300] or None,
        "comprador_direccion": (ficha.get("direccion") or "")[:300] or None,
        "comprador_email": _que_quepa(ficha.get("email"), 200),
        "comprador_telefono": _que_quepa(ficha.get("telefono"), 20),
    }


def _que_quepa(texto: str | None, largo: int) -> str | None:
    """Half of an address is none."""
    return texto if texto and len(texto) <= largo else None
