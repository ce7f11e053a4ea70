"""The catalogue of diagnoses: loading a list, finding a code, and that a diagnosis is one that can be used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Select, and_, func, select, true, update
from sqlalchemy.engine import Connection

from comun.db import upsert
from historia_clinica.dominio.cie10 import Entrada, capitulo, categorias, comienzo, leer, palabras
from historia_clinica.extensiones import db
from historia_clinica.modelos.cie10 import Cie10

INCLUIDA = Path(__file__).parents[1] / "datos" / "cie10.csv"
_TABLA: Any = Cie10.__table__
_POR_VEZ = 500


def cargar(connection: Connection, entradas: Iterable[Entrada]) -> int:
    """Put codes into the catalogue, new ones and those that are there already; how many. None is ever removed.

    Then says anew which can be a diagnosis: those in use that no longer code in the catalogue divides.
    """
    filas = [_fila(entrada) for entrada in entradas]
    orden = upsert(connection.dialect, _TABLA)
    cambia = {campo: orden.excluded[campo] for campo in ("nombre_es", "capitulo", "activo", "busqueda")}
    # A list without English names takes none away.
    cambia["nombre_en"] = func.coalesce(orden.excluded.nombre_en, _TABLA.c.nombre_en)
    orden = orden.on_conflict_do_update(index_elements=["codigo"], set_=cambia)
    for desde in range(0, len(filas), _POR_VEZ):
        connection.execute(orden, filas[desde : desde + _POR_VEZ])
    _decir_buscables(connection)
    return len(filas)


def cargar_incluido(connection: Connection) -> int:
    """Load the list that comes with the product: teeth, eyes, and what is common in general medicine."""
    with INCLUIDA.open(encoding="utf-8", newline="") as archivo:
        return cargar(connection, leer(archivo))


def _fila(entrada: Entrada) -> dict[str, Any]:
    return {
        "codigo": entrada.codigo,
        "nombre_es": entrada.nombre_es,
        "nombre_en": entrada.nombre_en,
        "capitulo": capitulo(entrada.codigo),
        "activo": entrada.activo,
        "buscable": entrada.activo,
        "busqueda": entrada.busqueda[:900],
    }


def _decir_buscables(connection: Connection) -> None:
    encabezan = categorias(connection.scalars(select(_TABLA.c.codigo)))
    connection.execute(update(_TABLA).values(buscable=_TABLA.c.activo))
    for desde in range(0, len(encabezan), _POR_VEZ):
        grupo = sorted(encabezan)[desde : desde + _POR_VEZ]
        connection.execute(update(_TABLA).where(_TABLA.c.codigo.in_(grupo)).values(buscable=False))


def consulta_de_codigos(filtro: Mapping[str, Any]) -> Select[tuple[Cie10]]:
    """Codes by the beginning of the code, or of words of the name in either language, whatever case and accents."""
    consulta = select(Cie10)
    if not filtro.get("todos"):
        consulta = consulta.where(Cie10.buscable)
    if "capitulo" in filtro:
        consulta = consulta.where(Cie10.capitulo == filtro["capitulo"])
    if "q" not in filtro:
        return consulta
    if (principio := comienzo(filtro["q"])) is not None:
        # Not LIKE: the index on the code serves this on both databases.
        return consulta.where(Cie10.codigo >= principio, Cie10.codigo < principio + "~")
    cada = (Cie10.busqueda.contains(f" {palabra}", autoescape=True) for palabra in palabras(filtro["q"]))
    return consulta.where(and_(true(), *cada))


def codigos_usables(codigos: Iterable[str]) -> dict[str, Cie10]:
    """Those of the codes that a new diagnosis can be."""
    filas = db.session.scalars(select(Cie10).where(Cie10.codigo.in_(set(codigos)), Cie10.buscable))
    return {fila.codigo: fila for fila in filas}
