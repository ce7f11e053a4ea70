"""Writing many rows at once, straight into the database: COPY on PostgreSQL, one statement for many on SQLite."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Table
from sqlalchemy.orm import Session

from comun.db import UtcDateTime

MOMENTO = datetime.now(UTC)


class Volcado:
    """Rows of one table, of which only some columns differ; the others are as a new row has them."""

    def __init__(self, session: Session, modelo: Any, *variables: str) -> None:
        self._session = session
        self._tabla: Table = modelo.__table__
        resto = [columna for columna in self._tabla.columns if columna.name not in variables]
        self.columnas = [*variables, *(columna.name for columna in resto)]
        self._iguales = tuple(_de_fabrica(columna) for columna in resto)
        self._filas: list[tuple[Any, ...]] = []
        self.escritas = 0

    def anotar(self, *valores: Any) -> None:
        """One more row."""
        self._filas.append(valores)

    def escribir(self) -> None:
        """What was noted since this was asked last, in the current transaction."""
        conversores = self._conversores()
        variables = conversores[: len(conversores) - len(self._iguales)]
        iguales = _convertidos(self._iguales, conversores[len(variables) :])
        filas = [_convertidos(fila, variables) + iguales for fila in self._filas]
        cursor = self._session.connection().connection.cursor()
        nombres = ", ".join(self.columnas)
        if self._session.get_bind().dialect.name == "sqlite":
            huecos = ", ".join("?" * len(self.columnas))
            cursor.executemany(f"INSERT INTO {self._tabla.name} ({nombres}) VALUES ({huecos})", filas)
        else:
            orden = f"COPY {self._tabla.name} ({nombres}) FROM STDIN WITH (FORMAT csv, NULL '\\N')"
            cursor.copy_expert(orden, _csv(filas))
        self.escritas += len(self._filas)
        self._filas.clear()

    def _conversores(self) -> list[Any]:
        """What makes of a value what the driver takes; None where it takes it as it is."""
        dialecto = self._session.get_bind().dialect
        tipos = (self._tabla.c[nombre].type for nombre in self.columnas)
        return [tipo.dialect_impl(dialecto).bind_processor(dialecto) for tipo in tipos]


def _convertidos(valores: Sequence[Any], conversores: Sequence[Any]) -> list[Any]:
    return [valor if como is None else como(valor) for valor, como in zip(valores, conversores, strict=True)]


def _csv(filas: Sequence[Sequence[Any]]) -> io.StringIO:
    texto = io.StringIO()
    csv.writer(texto).writerows([["\\N" if valor is None else valor for valor in fila] for fila in filas])
    texto.seek(0)
    return texto


def _de_fabrica(columna: Any) -> Any:
    if columna.default is not None and columna.default.is_scalar:
        return columna.default.arg
    return MOMENTO if isinstance(columna.type, UtcDateTime) and not columna.nullable else None
