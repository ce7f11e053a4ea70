"""The ledger: every change of stock, never changed itself."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, mapped_column, relationship

from comun.db import UtcDateTime, now
from comun.tables import BigId
from inventario.extensiones import db, restricciones
from inventario.modelos.existencias import Bodega, DeUnCentro, Lote
from inventario.modelos.producto import CANTIDAD, Producto


class Tipo(StrEnum):
    """Why stock changed. The sign of the quantity follows, but for an adjustment and a transfer."""

    ENTRADA = "entrada"
    SALIDA = "salida"
    AJUSTE = "ajuste"
    CONSUMO = "consumo"
    DEVOLUCION = "devolucion"
    TRASLADO = "traslado"


class Movimiento(DeUnCentro, db.Model):
    """One lot in one warehouse, more (+) or less (−) by `cantidad` in the product's own unit.

    `saldo` is what the centre then had of the product, `saldo_lote` what the warehouse had of the lot.
    `corrige_id`: the movement that this one takes back. `referencia` names what it was for: `cita/12`,
    `orden-compra/3`, `conteo/4`, `traslado/5`.
    """

    __tablename__ = "movimiento"
    __table_args__ = (
        CheckConstraint(f"tipo IN {tuple(str(t) for t in Tipo)}", name="tipo"),
        CheckConstraint(
            "cantidad <> 0 AND (corrige_id IS NOT NULL OR tipo IN ('ajuste', 'traslado')"
            " OR (cantidad > 0) = (tipo IN ('entrada', 'devolucion')))",
            name="signo",
        ),
        Index("ix_movimiento_producto_id", "producto_id", "id"),
        Index("ix_movimiento_producto_centro", "producto_id", "centro_id", "id"),
        Index("ix_movimiento_centro_id", "centro_id", "id"),
        Index("ix_movimiento_lote_id", "lote_id", "id"),
        Index("ix_movimiento_referencia", "referencia", "id"),
        Index("ix_movimiento_momento", "momento", "id"),
        Index("ix_movimiento_dia", "dia", "tipo"),
        # What a centre had of a product at the end of a day, however much came after it.
        Index("ix_movimiento_cierre", "producto_id", "centro_id", "dia", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    tipo: Mapped[str] = mapped_column(String(10))
    producto_id: Mapped[int] = mapped_column(ForeignKey("producto.id"))
    lote_id: Mapped[int] = mapped_column(ForeignKey("lote.id"))
    bodega_id: Mapped[int] = mapped_column(ForeignKey("bodega.id"))
    centro_id: Mapped[int] = mapped_column(ForeignKey("centro_ref.id"))
    cantidad: Mapped[Decimal] = mapped_column(CANTIDAD)
    costo_unitario: Mapped[Decimal] = mapped_column(CANTIDAD)
    saldo: Mapped[Decimal] = mapped_column(CANTIDAD)
    saldo_lote: Mapped[Decimal] = mapped_column(CANTIDAD)
    motivo: Mapped[str | None] = mapped_column(String(300))
    referencia: Mapped[str | None] = mapped_column(String(60))
    corrige_id: Mapped[int | None] = mapped_column(ForeignKey("movimiento.id"), unique=True)
    traslado_id: Mapped[int | None] = mapped_column(ForeignKey("traslado.id"), index=True)
    # Of a consumption and of what comes back of it.
    consumo_linea_id: Mapped[int | None] = mapped_column(ForeignKey("consumo_linea.id"), index=True)
    tratamiento_id: Mapped[int | None]
    doctor_id: Mapped[int | None]
    por: Mapped[str] = mapped_column(String(80))
    momento: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    # On the centre's calendar.
    dia: Mapped[date]

    producto: Mapped[Producto] = relationship(lazy="raise_on_sql")
    lote: Mapped[Lote] = relationship(lazy="raise_on_sql")
    bodega: Mapped[Bodega] = relationship(lazy="raise_on_sql")
    # What takes it back.
    correccion: Mapped[Movimiento | None] = relationship(
        lazy="raise_on_sql", viewonly=True, primaryjoin="Movimiento.id == remote(foreign(Movimiento.corrige_id))"
    )

    @property
    def costo_total(self) -> Decimal:
        """What it was worth, to the cent, with its sign."""
        return (self.cantidad * self.costo_unitario).quantize(Decimal("0.01"), ROUND_HALF_UP)


class Traslado(db.Model):
    """What went from one warehouse to another at once: two movements for each lot, linked by this."""

    __tablename__ = "traslado"
    __table_args__ = (CheckConstraint("origen_id <> destino_id", name="dos_bodegas"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    origen_id: Mapped[int] = mapped_column(ForeignKey("bodega.id"))
    destino_id: Mapped[int] = mapped_column(ForeignKey("bodega.id"))
    motivo: Mapped[str | None] = mapped_column(String(300))
    por: Mapped[str] = mapped_column(String(80))
    momento: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    origen: Mapped[Bodega] = relationship(lazy="raise_on_sql", foreign_keys=[origen_id])
    destino: Mapped[Bodega] = relationship(lazy="raise_on_sql", foreign_keys=[destino_id])
    # What left, lot by lot; as much of each came in at the other end.
    salidas: Mapped[list[Movimiento]] = relationship(
        lazy="raise_on_sql",
        viewonly=True,
        order_by="Movimiento.id",
        primaryjoin="and_(Traslado.id == foreign(Movimiento.traslado_id), Movimiento.cantidad < 0,"
        " Movimiento.corrige_id.is_(None))",
    )


def guardar_el_libro(connection: Connection) -> None:
    """Let the database refuse to change or remove a movement; called by the migration that makes the table."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(
            "CREATE FUNCTION movimiento_inmutable() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'movimiento_inmutable' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        connection.exec_driver_sql(
            "CREATE TRIGGER movimiento_inmutable BEFORE UPDATE OR DELETE ON movimiento"
            " FOR EACH ROW EXECUTE FUNCTION movimiento_inmutable()"
        )
        return
    for event in ("UPDATE", "DELETE"):
        connection.exec_driver_sql(
            f"CREATE TRIGGER movimiento_inmutable_{event.lower()} BEFORE {event} ON movimiento"
            " BEGIN SELECT RAISE(ABORT, 'movimiento_inmutable'); END"
        )


restricciones.add("uq_movimiento_corrige_id", "movimiento_ya_corregido", "Ese movimiento ya fue corregido.")
