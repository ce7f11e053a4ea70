"""Catalogues: lists of names that doctors and patients refer to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from admin.extensiones import db, restricciones
from admin.modelos.visibilidad import ParaElegir
from comun import audit
from comun.auth.caller import Caller
from comun.db import insert_if_absent
from comun.errors import Invalid, NotFound
from comun.fields import fold
from comun.models import Resource, unique_alive

CREAR = "admin:catalogos:crear"
LARGO_PLEGADO = 240


class Catalogo(StrEnum):
    """The catalogues, as they stand in routes."""

    ESPECIALIDADES = "especialidades"
    ASEGURADORAS = "aseguradoras"
    FUENTES = "fuentes"
    LINEAS_NEGOCIO = "lineas-negocio"


class Entrada(ParaElegir, Resource, db.Model):
    """One name in a catalogue; unique there without regard to case and accents."""

    __tablename__ = "entrada_catalogo"
    __table_args__ = (
        CheckConstraint(f"catalogo IN {tuple(str(c) for c in Catalogo)}", name="catalogo"),
        unique_alive("entrada_catalogo", "catalogo", "nombre_plegado"),
    )

    AUSENTE = "No existe esa entrada en el catálogo."

    catalogo: Mapped[str] = mapped_column(String(20))
    nombre: Mapped[str] = mapped_column(String(120))
    nombre_plegado: Mapped[str] = mapped_column(String(LARGO_PLEGADO))
    descripcion: Mapped[str | None] = mapped_column(String(500))
    activo: Mapped[bool] = mapped_column(default=True)

    def cambiar(self, datos: Mapping[str, Any]) -> None:
        """Set what is given."""
        for campo, valor in datos.items():
            setattr(self, campo, valor)
        if "nombre" in datos:
            self.nombre_plegado = plegado(self.nombre)

    @classmethod
    def de(cls, catalogo: Catalogo, entrada_id: int, quien: Caller) -> Entrada:
        """As `obtener`, in that catalogue only."""
        entrada = cls.obtener(entrada_id, quien)
        if entrada.catalogo != catalogo:
            raise NotFound(cls.AUSENTE)
        return entrada


def plegado(nombre: str) -> str:
    """A name as entries are compared by; no longer than its column, for a few letters unfold to many."""
    return " ".join(fold(nombre).split())[:LARGO_PLEGADO]


def buscar(catalogo: Catalogo, nombres_o_ids: Iterable[str | int]) -> dict[str | int, int]:
    """What was found of the given names and ids: each with the id of its entry."""
    pedidos = set(nombres_o_ids)
    por_nombre = {plegado(p): p for p in pedidos if isinstance(p, str)}
    filas = db.session.execute(
        db.select(Entrada.id, Entrada.nombre_plegado).where(
            Entrada.catalogo == catalogo,
            Entrada.vivos(),
            db.or_(
                Entrada.nombre_plegado.in_(por_nombre),
                Entrada.id.in_([p for p in pedidos if isinstance(p, int)]),
            ),
        )
    ).all()
    ids = {fila.id for fila in filas}
    nombres = {fila.nombre_plegado: fila.id for fila in filas}
    encontrados: dict[str | int, int] = {p: p for p in pedidos if isinstance(p, int) and p in ids}
    return encontrados | {p: nombres[plegado(p)] for p in pedidos if isinstance(p, str) and plegado(p) in nombres}


def comprobar(campo: str, catalogo: Catalogo, nombres_o_ids: Sequence[str | int], quien: Caller) -> None:
    """Invalid when one of them is neither known nor, being a name, the caller's to add."""
    desconocidos = [p for p in nombres_o_ids if p not in buscar(catalogo, nombres_o_ids)]
    if any(isinstance(p, int) for p in desconocidos) or (desconocidos and not quien.can(CREAR)):
        raise Invalid({campo: [f"No está en el catálogo {catalogo}: {', '.join(map(str, desconocidos))}."]})


def resolver(
    campo: str, catalogo: Catalogo, nombres_o_ids: Sequence[str | int], quien: Caller
) -> dict[str | int, int]:
    """The id of each entry, given by name or id; unknown names are added when the caller may add them."""
    comprobar(campo, catalogo, nombres_o_ids, quien)
    conocidos = buscar(catalogo, nombres_o_ids)
    nuevos: dict[str, str] = {}
    for nombre in nombres_o_ids:
        if isinstance(nombre, str) and nombre not in conocidos:
            # Of several ways to write it the first one counts.
            nuevos.setdefault(plegado(nombre), nombre)
    if nuevos:
        _agregar(catalogo, nuevos.values())
    return buscar(catalogo, nombres_o_ids)


def _agregar(catalogo: Catalogo, nombres: Iterable[str]) -> None:
    """New entries; one that somebody else adds at this moment is taken as it is."""
    filas = [
        {
            "catalogo": catalogo,
            "nombre": nombre,
            "nombre_plegado": plegado(nombre),
        }
        for nombre in nombres
    ]
    insert_if_absent(db.session, Entrada.__table__, filas)
    audit.record("entrada_catalogo", None, {"operacion": "alta", "catalogo": str(catalogo), "nombres": [*nombres]})


restricciones.add(
    "uq_entrada_catalogo_catalogo_nombre_plegado",
    "entrada_duplicada",
    "Ya existe una entrada con ese nombre en el catálogo.",
)
