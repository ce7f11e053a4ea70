"""Books and the notes of their readers."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Numeric, String, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from biblioteca.extensiones import db, restricciones
from comun.auth.caller import Caller, Scope
from comun.db import UtcDateTime
from comun.models import Audited, Resource, unique_alive

GENEROS = ("ficcion", "historia", "poesia")


class Libro(Resource, db.Model):  # type: ignore[name-defined]
    """A book. `clave` is the code that opens its case: nobody reads it in the audit."""

    __tablename__ = "libro"
    __table_args__ = (
        unique_alive("libro", "codigo"),
        UniqueConstraint("isbn"),
        CheckConstraint("precio >= 0", name="precio"),
    )
    AUSENTE = "No existe ese libro."
    audit_secret = frozenset({"clave"})

    codigo: Mapped[str] = mapped_column(String(20))
    titulo: Mapped[str] = mapped_column(String(120))
    genero: Mapped[str] = mapped_column(String(10), default="ficcion")
    isbn: Mapped[str | None] = mapped_column(String(20))
    precio: Mapped[Decimal] = mapped_column(Numeric(12, 2), default=Decimal(0))
    paginas: Mapped[int] = mapped_column(default=1)
    publicado: Mapped[date] = mapped_column(default=date(2000, 1, 1))
    visto_en: Mapped[datetime] = mapped_column(
        UtcDateTime, default=lambda: datetime.fromisoformat("2026-01-01T00:00Z")
    )
    agotado: Mapped[bool] = mapped_column(default=False)
    calificacion: Mapped[int | None]
    clave: Mapped[str | None] = mapped_column(String(40))
    notas: Mapped[list[Nota]] = relationship(back_populates="libro", lazy="selectin", order_by="Nota.id")

    @classmethod
    def visibles_para(cls, quien: Caller) -> ColumnElement[bool]:
        """Readers see what can be had; those of the house see all."""
        match quien.alcance:
            case Scope.RED | Scope.CENTROS:
                return true()
            case Scope.PACIENTE:
                return cls.agotado.is_(False)
        return false()


class Nota(Audited, db.Model):  # type: ignore[name-defined]
    """What a reader wrote about a book."""

    __tablename__ = "nota"

    id: Mapped[int] = mapped_column(primary_key=True)
    libro_id: Mapped[int] = mapped_column(ForeignKey("libro.id"))
    texto: Mapped[str] = mapped_column(String(500))
    estrellas: Mapped[int] = mapped_column(default=5)
    libro: Mapped[Libro] = relationship(back_populates="notas")


restricciones.add("uq_libro_codigo", "codigo_duplicado", "Ya existe un libro con ese código.")
restricciones.add("uq_libro_isbn", "isbn_duplicado", "Ya existe un libro con ese ISBN.")
