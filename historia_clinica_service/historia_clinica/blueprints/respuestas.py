"""What answers about a record have in common."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any, TypeVar
from urllib.parse import quote

from flask import Response
from sqlalchemy import Select
from werkzeug.http import dump_options_header

from historia_clinica.casos_de_uso.acceso import Acceso

T = TypeVar("T")

# The form of an answer that is a file, for the document of the API.
ARCHIVO = {"type": "string", "format": "binary"}
PDF = "application/pdf"
SVG = "image/svg+xml"
_DE_NADIE_MAS = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}


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


def archivo(contenido: bytes | str, tipo: str, nombre: str) -> Response:
    """Something made of a record, to be looked at or saved; nobody in between may keep it."""
    cabeceras = {**_DE_NADIE_MAS, "Content-Disposition": f'inline; filename="{nombre}"'}
    return Response(contenido, content_type=tipo, headers=cabeceras)


def svg(dibujo: str) -> Response:
    """A picture of a record: nothing in it may run."""
    politica = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    cabeceras = {**_DE_NADIE_MAS, "Content-Security-Policy": politica}
    return Response(dibujo, content_type=f"{SVG}; charset=utf-8", headers=cabeceras)


def archivo_traido(piezas: Iterable[bytes], tipo: str, nombre: str | None = None) -> Response:
    """What somebody attached: with a name it is to be saved. Whatever it holds, no browser runs it as ours."""
    cabeceras = {**_DE_NADIE_MAS, "Content-Security-Policy": "default-src 'none'; sandbox"}
    if nombre is not None:
        # Old clients know only the name without accents (RFC 6266).
        simple = unicodedata.normalize("NFKD", nombre).encode("ascii", "ignore").decode()
        nombres = {"filename": simple, "filename*": f"UTF-8''{quote(nombre, safe='')}"}
        cabeceras["Content-Disposition"] = dump_options_header("attachment", nombres)
    return Response(piezas, content_type=tipo, headers=cabeceras)
