"""What several tables share: amounts, whose rows are whose, lines that are charged."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import CheckConstraint, ColumnElement, Numeric, String, false, true
from sqlalchemy.orm import Mapped, mapped_column

from comun.auth.caller import Caller, Scope
from comun.money import Money

DINERO = Money()
# Quantities and unit prices: six decimals.
CANTIDAD = Numeric(18, 6)
PORCENTAJE = Numeric(5, 2)
DATOS_DEL_COMPRADOR = ("tipo", "identificacion", "nombre", "direccion", "email", "telefono")


class DeUnCentro:
    """For tables with `centro_id`: a secretary sees her centres' rows, an administrator all, others none."""

    centro_id: Mapped[int]

    @classmethod
    def visibles_para(cls, quien: Caller) -> ColumnElement[bool]:
        match quien.alcance:
            case Scope.RED:
                return true()
            case Scope.CENTROS:
                return cls.centro_id.in_(quien.centros)
        return false()


class DeUnPaciente(DeUnCentro):
    """Rows of a patient at a centre: he sees his own; whoever works at the centre its own."""

    paciente_id: Mapped[int]

    @classmethod
    def visibles_para(cls, quien: Caller) -> ColumnElement[bool]:
        if quien.alcance is Scope.PACIENTE and quien.paciente_id is not None:
            return cls.paciente_id == quien.paciente_id
        return super().visibles_para(quien)


def importes_validos() -> tuple[CheckConstraint, ...]:
    """Constraints of a table of lines: each column of amounts fits the others."""
    return (
        CheckConstraint("cantidad > 0", name="cantidad"),
        CheckConstraint("precio_unitario >= 0", name="precio_unitario"),
        CheckConstraint("descuento >= 0 AND base >= 0 AND iva >= 0 AND base = bruto - descuento", name="importes"),
    )


class Linea:
    """Something that is charged: `bruto` before discount, `base` without tax; all in US dollars, to the cent.

    `codigo_iva` is the tax authority's `codigoPorcentaje`; see `dominio/calculo.py`.
    """

    orden: Mapped[int]
    tipo: Mapped[str] = mapped_column(String(12))
    tratamiento_id: Mapped[int | None]
    producto_id: Mapped[int | None]
    codigo: Mapped[str] = mapped_column(String(40))
    descripcion: Mapped[str] = mapped_column(String(300))
    cantidad: Mapped[Decimal] = mapped_column(CANTIDAD)
    precio_unitario: Mapped[Decimal] = mapped_column(CANTIDAD)
    bruto: Mapped[Decimal] = mapped_column(DINERO)
    descuento: Mapped[Decimal] = mapped_column(DINERO)
    base: Mapped[Decimal] = mapped_column(DINERO)
    tarifa_iva: Mapped[Decimal] = mapped_column(PORCENTAJE)
    codigo_iva: Mapped[str] = mapped_column(String(4))
    iva: Mapped[Decimal] = mapped_column(DINERO)

    @property
    def total(self) -> Decimal:
        """With tax."""
        return self.base + self.iva


class Comprador:
    """To whom it is made out, as the document says it; copied when it is written, not looked up.

    `comprador_tipo` is the tax authority's code: 04 RUC, 05 cédula, 06 passport, 07 consumidor final, 08 foreign.
    """

    comprador_tipo: Mapped[str | None] = mapped_column(String(2))
    comprador_identificacion: Mapped[str | None] = mapped_column(String(20))
    comprador_nombre: Mapped[str | None] = mapped_column(String(300))
    comprador_direccion: Mapped[str | None] = mapped_column(String(300))
    comprador_email: Mapped[str | None] = mapped_column(String(200))
    comprador_telefono: Mapped[str | None] = mapped_column(String(20))

    @property
    def comprador(self) -> dict[str, str | None]:
        """These columns, under their names without the prefix."""
        return {campo: getattr(self, f"comprador_{campo}") for campo in DATOS_DEL_COMPRADOR}
