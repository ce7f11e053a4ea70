"""Operating expenses, what recurs of them, and doctors' fees."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped, foreign, joinedload, mapped_column, relationship, selectinload
from sqlalchemy.sql.base import ExecutableOption

from comun.auth.caller import Caller, Scope
from comun.db import UtcDateTime
from comun.models import Resource, partial_index, unique_alive
from facturacion.dominio.medios import Medio
from facturacion.extensiones import db, restricciones
from facturacion.modelos.comunes import DINERO, PORCENTAJE, DeUnCentro
from facturacion.modelos.factura import FacturaDetalle
from facturacion.modelos.referencias import DoctorRef

_MEDIO_O_NADA = f"medio_pago IS NULL OR medio_pago IN {tuple(str(m) for m in Medio)}"


class CategoriaGasto(Resource, db.Model):
    """A kind of operating expense: rent, wages, electricity."""

    __tablename__ = "categoria_gasto"
    __table_args__ = (unique_alive("categoria_gasto", "busqueda"),)
    AUSENTE = "No existe esa categoría de gastos."

    nombre: Mapped[str] = mapped_column(String(80))
    # Folded, so that names that differ in case and accents are one.
    busqueda: Mapped[str] = mapped_column(String(80))
    activa: Mapped[bool] = mapped_column(default=True)

    @classmethod
    def visibles_para(cls, quien: Caller) -> ColumnElement[bool]:
        """All: whoever may ask at all."""
        return true()


class Frecuencia(StrEnum):
    """How often an expense recurs."""

    SEMANAL = "semanal"
    QUINCENAL = "quincenal"
    MENSUAL = "mensual"
    BIMESTRAL = "bimestral"
    TRIMESTRAL = "trimestral"
    SEMESTRAL = "semestral"
    ANUAL = "anual"


class GastoRecurrente(DeUnCentro, Resource, db.Model):
    """An expense that comes again and again: from `desde` on, until `hasta` if that is given.

    `proximo`: the day of the next one that is not written yet; None when there will be none.
    """

    __tablename__ = "gasto_recurrente"
    __table_args__ = (
        CheckConstraint("monto > 0", name="monto"),
        CheckConstraint("hasta IS NULL OR hasta >= desde", name="hasta"),
        CheckConstraint(f"frecuencia IN {tuple(str(f) for f in Frecuencia)}", name="frecuencia"),
        Index("ix_gasto_recurrente_proximo", "proximo"),
    )
    AUSENTE = "No existe ese gasto recurrente, o no es de su centro."

    categoria_id: Mapped[int] = mapped_column(ForeignKey("categoria_gasto.id"), index=True)
    centro_id: Mapped[int] = mapped_column(ForeignKey("centro_ref.id"), index=True)
    descripcion: Mapped[str] = mapped_column(String(200))
    proveedor: Mapped[str | None] = mapped_column(String(200))
    monto: Mapped[Decimal] = mapped_column(DINERO)
    frecuencia: Mapped[str] = mapped_column(String(12))
    desde: Mapped[date]
    hasta: Mapped[date | None]
    proximo: Mapped[date | None]
    activo: Mapped[bool] = mapped_column(default=True)
    creado_por: Mapped[str] = mapped_column(String(80))

    categoria: Mapped[CategoriaGasto] = relationship(lazy="raise_on_sql")

    @classmethod
    def cargar(cls) -> Sequence[ExecutableOption]:
        """With its category."""
        return (joinedload(cls.categoria),)


class Gasto(DeUnCentro, Resource, db.Model):
    """An operating expense of a centre. With `medio_pago` it is paid, and stands in the cash desk too.

    It counts on `fecha`, paid or not.
    """

    __tablename__ = "gasto"
    __table_args__ = (
        CheckConstraint("monto > 0", name="monto"),
        CheckConstraint(_MEDIO_O_NADA, name="medio_pago"),
        CheckConstraint("(medio_pago IS NULL) = (pagado_el IS NULL)", name="pagado"),
        UniqueConstraint("recurrente_id", "fecha"),
        Index("ix_gasto_fecha", "fecha", "id"),
        Index("ix_gasto_centro_id", "centro_id", "fecha", "id"),
        Index("ix_gasto_categoria_id", "categoria_id", "fecha", "id"),
    )
    AUSENTE = "No existe ese gasto, o no es de su centro."

    categoria_id: Mapped[int] = mapped_column(ForeignKey("categoria_gasto.id"))
    centro_id: Mapped[int] = mapped_column(ForeignKey("centro_ref.id"))
    descripcion: Mapped[str] = mapped_column(String(200))
    proveedor: Mapped[str | None] = mapped_column(String(200))
    numero_comprobante: Mapped[str | None] = mapped_column(String(49))
    monto: Mapped[Decimal] = mapped_column(DINERO)
    fecha: Mapped[date]
    medio_pago: Mapped[str | None] = mapped_column(String(20))
    pagado_el: Mapped[date | None]
    recurrente_id: Mapped[int | None] = mapped_column(ForeignKey("gasto_recurrente.id"))
    registrado_por: Mapped[str] = mapped_column(String(80))

    categoria: Mapped[CategoriaGasto] = relationship(lazy="raise_on_sql")
    adjuntos: Mapped[list[AdjuntoGasto]] = relationship(
        lazy="raise_on_sql", order_by="AdjuntoGasto.id", primaryjoin=lambda: _suyos_vivos(), viewonly=True
    )

    @classmethod
    def cargar(cls) -> Sequence[ExecutableOption]:
        """With its category and the list of its files."""
        return (joinedload(cls.categoria), selectinload(cls.adjuntos))


class AdjuntoGasto(Resource, db.Model):
    """A file of an expense: the supplier's invoice, a photograph of the receipt. `clave`: where it is stored."""

    __tablename__ = "adjunto_gasto"
    __table_args__ = (CheckConstraint("tamano > 0", name="tamano"),)
    AUSENTE = "No existe ese archivo."

    gasto_id: Mapped[int] = mapped_column(ForeignKey("gasto.id"), index=True)
    nombre: Mapped[str] = mapped_column(String(200))
    tipo_contenido: Mapped[str] = mapped_column(String(60))
    tamano: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    clave: Mapped[str] = mapped_column(String(200), unique=True)
    subido_por: Mapped[str] = mapped_column(String(80))


def _suyos_vivos() -> ColumnElement[bool]:
    return (AdjuntoGasto.gasto_id == Gasto.id) & AdjuntoGasto.eliminado_en.is_(None)


class DeUnDoctor:
    """Rows of a doctor: his own; all for whoever acts in the whole network."""

    doctor_id: Mapped[int]

    @classmethod
    def visibles_para(cls, quien: Caller) -> ColumnElement[bool]:
        if quien.alcance is Scope.RED:
            return true()
        if quien.alcance is Scope.MEDICO and quien.doctor_id is not None:
            return cls.doctor_id == quien.doctor_id
        return ~true()


class TarifaHonorario(Resource, db.Model):
    """The percentage of a line without tax that its doctor gets, from `desde` on.

    The most specific one holds: of doctor and treatment, of the doctor, of the treatment, of all.
    """

    __tablename__ = "tarifa_honorario"
    __table_args__ = (
        CheckConstraint("porcentaje >= 0 AND porcentaje <= 100", name="porcentaje"),
        # Absent is one value here, or NULLs would be told apart.
        partial_index(
            "uq_tarifa_honorario_desde",
            "eliminado_en IS NULL",
            "doctor_clave",
            "tratamiento_clave",
            "desde",
            unique=True,
        ),
    )
    AUSENTE = "No existe esa tarifa de honorarios."

    doctor_id: Mapped[int | None] = mapped_column(index=True)
    tratamiento_id: Mapped[int | None] = mapped_column(index=True)
    doctor_clave: Mapped[int] = mapped_column(default=0)
    tratamiento_clave: Mapped[int] = mapped_column(default=0)
    porcentaje: Mapped[Decimal] = mapped_column(PORCENTAJE)
    desde: Mapped[date]

    @classmethod
    def visibles_para(cls, quien: Caller) -> ColumnElement[bool]:
        """Administrators see all, a doctor those that may concern him."""
        if quien.alcance is Scope.RED:
            return true()
        if quien.alcance is Scope.MEDICO and quien.doctor_id is not None:
            return cls.doctor_clave.in_([0, quien.doctor_id])
        return ~true()


class EstadoLiquidacion(StrEnum):
    """`anulada`: its fees are free for another settlement."""

    CERRADA = "cerrada"
    PAGADA = "pagada"
    ANULADA = "anulada"


class Liquidacion(DeUnDoctor, Resource, db.Model):
    """The settlement of a doctor's fees of a period."""

    __tablename__ = "liquidacion"
    __table_args__ = (
        CheckConstraint(f"estado IN {tuple(str(e) for e in EstadoLiquidacion)}", name="estado"),
        CheckConstraint("hasta >= desde", name="hasta"),
        CheckConstraint("(estado = 'pagada') = (medio_pago IS NOT NULL)", name="pagada"),
        Index("ix_liquidacion_doctor_id", "doctor_id", "id"),
    )
    AUSENTE = "No existe esa liquidación, o no es suya."

    doctor_id: Mapped[int]
    centro_id: Mapped[int | None] = mapped_column(ForeignKey("centro_ref.id"))
    desde: Mapped[date]
    hasta: Mapped[date]
    base: Mapped[Decimal] = mapped_column(DINERO)
    total: Mapped[Decimal] = mapped_column(DINERO)
    estado: Mapped[str] = mapped_column(String(10), default=EstadoLiquidacion.CERRADA)
    medio_pago: Mapped[str | None] = mapped_column(String(20))
    pagada_en: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Why it was taken back.
    motivo: Mapped[str | None] = mapped_column(String(300))
    cerrada_por: Mapped[str] = mapped_column(String(80))

    doctor: Mapped[DoctorRef | None] = relationship(
        lazy="raise_on_sql", viewonly=True, primaryjoin=lambda: foreign(Liquidacion.doctor_id) == DoctorRef.id
    )

    @classmethod
    def cargar(cls) -> Sequence[ExecutableOption]:
        """With the doctor's name."""
        return (joinedload(cls.doctor),)


class Honorario(DeUnDoctor, db.Model):
    """What a doctor gets of a line of an issued invoice (+), or loses by a credit note or when it is annulled (−)."""

    __tablename__ = "honorario"
    __table_args__ = (
        Index("ix_honorario_doctor_id", "doctor_id", "dia", "id"),
        Index("ix_honorario_liquidacion_id", "liquidacion_id"),
        Index("ix_honorario_referencia", "referencia"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    doctor_id: Mapped[int]
    centro_id: Mapped[int] = mapped_column(ForeignKey("centro_ref.id"))
    detalle_id: Mapped[int] = mapped_column(ForeignKey("factura_detalle.id"), index=True)
    tratamiento_id: Mapped[int | None]
    # `factura/3`, `nota_credito/4`, `anulacion/3`
    referencia: Mapped[str] = mapped_column(String(40))
    dia: Mapped[date]
    base: Mapped[Decimal] = mapped_column(DINERO)
    porcentaje: Mapped[Decimal] = mapped_column(PORCENTAJE)
    monto: Mapped[Decimal] = mapped_column(DINERO)
    liquidacion_id: Mapped[int | None] = mapped_column(ForeignKey("liquidacion.id"))

    detalle: Mapped[FacturaDetalle] = relationship(lazy="raise_on_sql", viewonly=True)

    @classmethod
    def cargar(cls) -> Sequence[ExecutableOption]:
        """With the line, and the invoice, of which it is."""
        return (joinedload(cls.detalle).joinedload(FacturaDetalle.factura),)


restricciones.add("uq_categoria_gasto_busqueda", "categoria_duplicada", "Ya existe una categoría con ese nombre.")
# SQLite names the columns in place of the index.
for _indice in ("uq_tarifa_honorario_desde", "uq_tarifa_honorario_doctor_clave_tratamiento_clave_desde"):
    restricciones.add(_indice, "tarifa_duplicada", "Ya hay una tarifa igual desde ese día.")
restricciones.add("uq_gasto_recurrente_id_fecha", "gasto_ya_registrado", "Ese gasto recurrente ya está registrado.")
