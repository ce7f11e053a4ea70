"""What answers about a record have in common."""

from __future__ import annotations

from typing import Any, TypeVar

from flask import Response
from sqlalchemy import Select

from comun.answers import FILE, PRIVATE, made_file, stored_file
from historia_clinica.casos_de_uso.acceso import Acceso

T = TypeVar("T")

ARCHIVO = FILE
archivo, archivo_traido = made_file, stored_file
PDF = "application/pdf"
SVG = "image/svg+xml"


def con_alertas(respuesta: T, acceso: Acceso) -> T:
    """The answer, a row or a mapping, with the alerts of the record."""
    if isinstance(respuesta, dict):
        respuesta["alertas"] = acceso.alertas
    else:
        respuesta.alertas = acceso.alertas  # type: ignore[attr-defined]
    return respuesta


def en_estado(consulta: Select[Any], filtro: dict[str, Any], marca: Any, cerrado: str) -> Select[Any]:
    """What the filter asks for. `estado` is not stored: it is `cerrado` once the column `marca` says when."""
    iguales = {campo: valor for campo, valor in filtro.items() if campo != "estado"}
    consulta = consulta.filter_by(**iguales)
    if (estado := filtro.get("estado")) is not None:
        consulta = consulta.where(marca.is_not(None) == (estado == cerrado))
    return consulta


def svg(dibujo: str) -> Response:
    """A picture of a record: nothing in it may run."""
    politica = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    cabeceras = {**PRIVATE, "Content-Security-Policy": politica}
    return Response(dibujo, content_type=f"{SVG}; charset=utf-8", headers=cabeceras)
