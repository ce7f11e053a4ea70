"""What answers about a record have in common."""

from __future__ import annotations

from typing import Any, TypeVar

from flask import Response

from historia_clinica.casos_de_uso.acceso import Acceso
from historia_clinica.esquemas.comunes import ConAlertas

T = TypeVar("T")

# What each page of a record tells beside its rows.
ALERTAS = {"alertas": ConAlertas._declared_fields["alertas"]}


def con_alertas(respuesta: T, acceso: Acceso) -> T:
    """The answer, a row or a mapping, with the alerts of the record."""
    if isinstance(respuesta, dict):
        respuesta["alertas"] = acceso.alertas
    else:
        respuesta.alertas = acceso.alertas  # type: ignore[attr-defined]
    return respuesta


def svg(dibujo: str) -> Response:
    """A picture of a record: not to be kept by whoever passes it on, and nothing in it may run."""
    cabeceras: dict[str, Any] = {
        "Cache-Control": "private, no-store",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(dibujo, content_type="image/svg+xml; charset=utf-8", headers=cabeceras)
