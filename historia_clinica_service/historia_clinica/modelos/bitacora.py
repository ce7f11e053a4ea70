"""The trace: a row for every look at a record, each sealed together with the seal of the one before it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column, synonym

from comun.db import UtcDateTime
from historia_clinica.extensiones import db

PRIMER_SELLO = "0" * 64


class Resultado(StrEnum):
    """What became of it."""

    PERMITIDO = "permitido"
    DENEGADO = "denegado"


class Relacion(StrEnum):
    """What lets somebody into a record, or nothing."""

    MEDICO = "medico"
    RED = "red"
    PROPIO = "propio"
    EMERGENCIA = "emergencia"
    NINGUNA = "ninguna"


class Anotacion(db.Model):
    """Who did, or was kept from doing, what with whose record, when, from where and why. Never changed.

    `numero` has no gaps, `sello` is the HMAC-SHA256 over the row and the seal before it.
    """

    __tablename__ = "bitacora"
    __table_args__ = (
        CheckConstraint("resultado IN ('permitido', 'denegado')", name="resultado"),
        Index("ix_bitacora_paciente_id_numero", "paciente_id", "numero"),
        Index("ix_bitacora_actor_numero", "actor", "numero"),
        Index("ix_bitacora_resultado_numero", "resultado", "numero"),
    )

    numero: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    momento: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(80))
    nombre: Mapped[str] = mapped_column(String(120))
    rol: Mapped[str] = mapped_column(String(40))
    doctor_id: Mapped[int | None]
    paciente_id: Mapped[int]
    accion: Mapped[str] = mapped_column(String(12))
    que: Mapped[str] = mapped_column(String(40))
    recurso_id: Mapped[int | None]
    resultado: Mapped[str] = mapped_column(String(10))
    relacion: Mapped[str] = mapped_column(String(12))
    # Why: of an emergency what was given, of a denial what was missing.
    motivo: Mapped[str | None] = mapped_column(String(300))
    # What was signed with it.
    huella: Mapped[str | None] = mapped_column(String(64))
    direccion_ip: Mapped[str | None] = mapped_column(String(45))
    traza: Mapped[str] = mapped_column(String(64))
    sello: Mapped[str] = mapped_column(String(64))

    id = synonym("numero")


class Cabeza(db.Model):
    """The last number and seal of the trace: one row, whoever writes to the trace locks it."""

    __tablename__ = "bitacora_cabeza"
    __table_args__ = (CheckConstraint("id = 1", name="una"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    numero: Mapped[int] = mapped_column(BigInteger)
    sello: Mapped[str] = mapped_column(String(64))
