"""The catalogue of diagnoses."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from historia_clinica.dominio.cie10 import CAPITULOS, LARGO_NOMBRE
from historia_clinica.extensiones import db


class Cie10(db.Model):
    """A code of the CIE-10. `buscable`: a diagnosis can be it; a category that is divided further only heads others.

    Codes are never removed: notes name them. `busqueda`: the words of its names, folded, a blank before each.
    """

    __tablename__ = "cie10"
    __table_args__ = (CheckConstraint(f"capitulo IN {CAPITULOS}", name="capitulo"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    codigo: Mapped[str] = mapped_column(String(6), unique=True)
    nombre_es: Mapped[str] = mapped_column(String(LARGO_NOMBRE))
    nombre_en: Mapped[str | None] = mapped_column(String(LARGO_NOMBRE))
    capitulo: Mapped[str] = mapped_column(String(5))
    activo: Mapped[bool]
    buscable: Mapped[bool]
    busqueda: Mapped[str] = mapped_column(String(3 * LARGO_NOMBRE))
