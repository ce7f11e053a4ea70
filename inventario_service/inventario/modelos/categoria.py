"""Categories: of products, and of treatments."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import CheckConstraint, ColumnElement, String, true
from sqlalchemy.orm import Mapped, mapped_column

from comun.auth.caller import Caller
from comun.db import insert_if_absent
from comun.fields import fold
from comun.models import Resource, unique_alive
from inventario.extensiones import db, restricciones

LARGO_PLEGADO = 240


class Ambito(StrEnum):
    """What a category is of."""

    PRODUCTO = "producto"
    TRATAMIENTO = "tratamiento"


class Categoria(Resource, db.Model):
    """One name; unique in its kind without regard to case and accents."""

    __tablename__ = "categoria"
    __table_args__ = (
        CheckConstraint(f"ambito IN {tuple(str(a) for a in Ambito)}", name="ambito"),
        unique_alive("categoria", "ambito", "nombre_plegado"),
    )
    AUSENTE = "No existe esa categoría."

    ambito: Mapped[str] = mapped_column(String(12))
    nombre: Mapped[str] = mapped_column(String(120))
    nombre_plegado: Mapped[str] = mapped_column(String(LARGO_PLEGADO))

    @classmethod
    def visibles_para(cls, quien: Caller) -> ColumnElement[bool]:
        """All: whoever may ask at all."""
        return true()

    def nombrar(self, nombre: str) -> None:
        """Give it that name."""
        self.nombre, self.nombre_plegado = nombre, plegado(nombre)

    @classmethod
    def llamada(cls, ambito: Ambito, nombre: str) -> int:
        """The id of the category of that name; a new one when there is none. In the current transaction."""
        fila = {
            "ambito": ambito,
            "nombre": nombre,
            "nombre_plegado": plegado(nombre),
        }
        insert_if_absent(db.session, cls.__table__, fila)
        de_ese_nombre = cls.ambito == ambito, cls.nombre_plegado == plegado(nombre), cls.vivos()
        return db.session.scalars(db.select(cls.id).where(*de_ese_nombre)).one()


def plegado(nombre: str) -> str:
    """A name as categories are compared by; no longer than its column, for a few letters unfold to many."""
    return " ".join(fold(nombre).split())[:LARGO_PLEGADO]


restricciones.add(
    "uq_categoria_ambito_nombre_plegado", "categoria_duplicada", "Ya existe una categoría con ese nombre."
)
