"""Tables for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response

_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def celda(valor: Any) -> Any:
    """A value as it is written; a text that a spreadsheet would take for a formula stays a text."""
    if valor is None:
        return ""
    return f"'{valor}" if isinstance(valor, str) and valor.startswith(_FORMULAS) else valor


def hoja(nombre: str, columnas: Sequence[str], filas: Iterable[Sequence[Any]]) -> Response:
    """A CSV file to be saved under that name."""
    texto = io.StringIO(newline="")
    escritor = csv.writer(texto)
    escritor.writerow(columnas)
    escritor.writerows([celda(valor) for valor in fila] for fila in filas)
    respuesta = Response(texto.getvalue(), content_type="text/csv; charset=utf-8")
    respuesta.headers["Content-Disposition"] = f'attachment; filename="{nombre}.csv"'
    return respuesta
