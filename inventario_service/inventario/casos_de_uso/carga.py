"""Loading many rows at once: all or none, with a report of every row at fault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from comun.errors import Invalid, Problem
from inventario.extensiones import db

Fila = dict[str, Any]
Respuesta = dict[str, Any]


class Informe:
    """What is wrong, and what is odd, with the rows of a load, by their place from 0."""

    def __init__(self) -> None:
        self.errores: dict[str, dict[str, list[str]]] = {}
        self.advertencias: dict[str, list[str]] = {}

    def fallo(self, lugar: int, campo: str, mensaje: str) -> None:
        """A row can't be loaded."""
        self.errores.setdefault(str(lugar), {}).setdefault(campo, []).append(mensaje)

    def aviso(self, lugar: int, mensajes: Iterable[str]) -> None:
        """A row is odd."""
        if nuevos := [*mensajes]:
            self.advertencias.setdefault(str(lugar), []).extend(nuevos)

    def exigir_sin_fallos(self) -> None:
        """Invalid with the report, when a row is at fault."""
        if self.errores:
            raise Invalid(self.errores, "carga_invalida", "Ninguna fila se cargó; corrija las que se señalan.")

    def respuesta(self, ids: Sequence[int]) -> Respuesta:
        """What was made."""
        return {"creados": len(ids), "ids": [*ids], "advertencias": self.advertencias}


def senalar_repetidos(informe: Informe, filas: Sequence[Mapping[str, Any]], campo: str, mensaje: str) -> None:
    """A value that must be unique stands in several rows."""
    veces = Counter(fila[campo] for fila in filas if fila.get(campo) is not None)
    for lugar, fila in enumerate(filas):
        if fila.get(campo) is not None and veces[fila[campo]] > 1:
            informe.fallo(lugar, campo, mensaje)


def senalar_existentes(informe: Informe, filas: Sequence[Mapping[str, Any]], columna: Any, mensaje: str) -> None:
    """A value that must be unique is a living row's already; the column has the name of the field."""
    campo, vivos = columna.key, columna.class_.vivos()
    ocupados = existentes(columna, vivos, [fila[campo] for fila in filas if fila.get(campo) is not None])
    for lugar, fila in enumerate(filas):
        if fila.get(campo) in ocupados:
            informe.fallo(lugar, campo, mensaje)


def existentes(columna: Any, vivos: Any, valores: Iterable[Any], tanda: int = 1000) -> set[Any]:
    """Which of the values some living row has."""
    pendientes = [*set(valores)]
    hallados: set[Any] = set()
    for inicio in range(0, len(pendientes), tanda):
        consulta = db.select(columna).where(columna.in_(pendientes[inicio : inicio + tanda]), vivos)
        hallados.update(db.session.scalars(consulta))
    return hallados


def una_a_una(filas: Sequence[Fila], informe: Informe, crear: Callable[[Fila], Any]) -> Respuesta:
    """Make each row as if it came alone, in one transaction; what fails is reported under its row.

    `crear` raises before it writes. Raises Invalid with the report, which takes back the whole.
    """
    informe.exigir_sin_fallos()
    creados = []
    for lugar, fila in enumerate(filas):
        try:
            creado = crear(fila)
        except Invalid as problema:
            for campo, mensajes in problema.errores.items():
                for mensaje in mensajes:
                    informe.fallo(lugar, campo, mensaje)
        except Problem as problema:
            informe.fallo(lugar, "_fila", problema.detail)
        else:
            creados.append(creado)
            informe.aviso(lugar, getattr(creado, "advertencias", ()))
    informe.exigir_sin_fallos()
    db.session.flush()
    return informe.respuesta([creado.id for creado in creados])
