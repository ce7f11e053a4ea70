"""Search by any part of a name, number, phone or email, without regard to case and accents.

Each row keeps what it is found by in `busqueda`, folded. Which way to the rows that contain all words is fast
depends on how many there are: reading rows in order until a page is full, or an index of trigrams. The
conditions below mean the same, and let the planner know which it is. PostgreSQL indexes the array that
`trigramas()` makes (GIN, no extension), SQLite has FTS5.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Connection, Text, and_, column, event, func, select, table
from sqlalchemy.orm import Mapped, mapped_column

from admin.extensiones import db
from comun.fields import fold

LARGO_TRIGRAMA = 3
FIN_DEL_NOMBRE = " |"

_NUMERO = re.compile(r"\+?[\d().-]*\d[\d().-]*")


class Buscable:
    """A row that is found by the text of some of its columns: the name, what else identifies, the phone."""

    NOMBRE: ClassVar[Sequence[str]] = ("nombres", "apellidos")
    OTROS: ClassVar[Sequence[str]] = ("identificacion", "email")

    busqueda: Mapped[str] = mapped_column(Text, default="", sort_order=95)
    audit_ignored: ClassVar[frozenset[str]] = frozenset({"busqueda"})

    @classmethod
    def texto_de_busqueda(cls, valores: Mapping[str, Any]) -> str:
        """What a row with these values is found by. The name stands first and ends with FIN_DEL_NOMBRE."""
        partes = [plegar_nombre(*(valores.get(campo) for campo in cls.NOMBRE)) + FIN_DEL_NOMBRE]
        partes += [fold(valores[campo]) for campo in cls.OTROS if valores.get(campo)]
        partes += _formas_de_telefono(valores.get("telefono"))
        return " ".join(partes)


@event.listens_for(Buscable, "before_insert", propagate=True)
@event.listens_for(Buscable, "before_update", propagate=True)
def _escribir(_mapper: object, _connection: object, fila: Buscable) -> None:
    campos = (*fila.NOMBRE, *fila.OTROS, "telefono")
    fila.busqueda = fila.texto_de_busqueda({campo: getattr(fila, campo, None) for campo in campos})


def plegar_nombre(*partes: str | None) -> str:
    """A name as it stands in `busqueda`: folded, single spaces."""
    return " ".join(fold(" ".join(parte for parte in partes if parte)).split())


def palabras(q: str) -> list[str]:
    """The words of a search, folded; numbers without the signs that people put between digits."""
    vistas = [re.sub(r"\D", "", p) if _NUMERO.fullmatch(p) else p for p in fold(q).split()]
    return list(dict.fromkeys(vistas))


def al_leer(modelo: type[Any], buscadas: Sequence[str]) -> ColumnElement[bool]:
    """The rows that contain all words, for reading in order: the planner takes them to be frequent."""
    posicion = func.strpos if _en_postgresql() else func.instr
    return and_(*(posicion(modelo.busqueda, palabra) > 0 for palabra in buscadas))


def entre_pocas(modelo: type[Any], buscadas: Sequence[str]) -> ColumnElement[bool]:
    """The rows that contain all words, of a set that is small for another reason: the planner begins with that."""
    return and_(*(modelo.busqueda.contains(palabra, autoescape=True) for palabra in buscadas))


def por_indice(modelo: type[Any], buscadas: Sequence[str]) -> ColumnElement[bool]:
    """The rows that contain all words, by the index of trigrams: the planner takes them to be rare.

    Words shorter than a trigram are only compared.
    """
    contienen = entre_pocas(modelo, buscadas)
    largas = [palabra for palabra in buscadas if len(palabra) >= LARGO_TRIGRAMA]
    if not largas:
        return contienen
    if _en_postgresql():
        todos: Any = reduce(lambda unos, otros: unos.op("||")(otros), map(_trigramas, largas))
        return and_(_trigramas(modelo.busqueda).op("@>")(todos), contienen)
    frases = " ".join('"' + palabra.replace('"', '""') + '"' for palabra in largas)
    tabla = modelo.__tablename__
    fts = table(f"{tabla}_fts", column("rowid"), column(f"{tabla}_fts"))
    return and_(modelo.id.in_(select(fts.c.rowid).where(fts.c[f"{tabla}_fts"].op("MATCH")(frases))), contienen)


def crear_indice(conexion: Connection, tabla: str) -> None:
    """Make the index of trigrams of a table; for its migration."""
    for orden in _POSTGRESQL if conexion.dialect.name == "postgresql" else _SQLITE:
        conexion.exec_driver_sql(orden.replace("{tabla}", tabla))


# An SQL function is folded to a constant where its argument is one. The pending list is kept short, because
# every search reads all of it.
_POSTGRESQL = (
    """
    CREATE FUNCTION trigramas(texto text) RETURNS text[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ARRAY(SELECT substr(texto, i, 3) FROM generate_series(1, length(texto) - 2) AS i)
    """,
    "CREATE INDEX ix_{tabla}_trigramas ON {tabla} USING gin (trigramas(busqueda))"
    " WITH (gin_pending_list_limit = 1024)",
)

# The text stays in the table; triggers tell the index of every change, as FTS5 asks for external content.
_SQLITE = (
    "CREATE VIRTUAL TABLE {tabla}_fts USING fts5("
    "busqueda, content='{tabla}', content_rowid='id', tokenize='trigram case_sensitive 1')",
    """
    CREATE TRIGGER {tabla}_fts_alta AFTER INSERT ON {tabla} BEGIN
        INSERT INTO {tabla}_fts(rowid, busqueda) VALUES (new.id, new.busqueda);
    END
    """,
    """
    CREATE TRIGGER {tabla}_fts_baja AFTER DELETE ON {tabla} BEGIN
        INSERT INTO {tabla}_fts({tabla}_fts, rowid, busqueda) VALUES ('delete', old.id, old.busqueda);
    END
    """,
    """
    CREATE TRIGGER {tabla}_fts_cambio AFTER UPDATE OF busqueda ON {tabla} BEGIN
        INSERT INTO {tabla}_fts({tabla}_fts, rowid, busqueda) VALUES ('delete', old.id, old.busqueda);
        INSERT INTO {tabla}_fts(rowid, busqueda) VALUES (new.id, new.busqueda);
    END
    """,
)


def _trigramas(texto: Any) -> Any:
    return func.trigramas(texto)


def _en_postgresql() -> bool:
    return db.session.get_bind().dialect.name == "postgresql"


def _formas_de_telefono(telefono: str | None) -> list[str]:
    """The digits as people dial them: from within Ecuador and from abroad."""
    digitos = re.sub(r"\D", "", telefono or "")
    if digitos.startswith("593"):
        return [f"0{digitos[3:]}", digitos]
    if digitos.startswith("0"):
        return [digitos, f"593{digitos[1:]}"]
    return [digitos] if digitos else []
