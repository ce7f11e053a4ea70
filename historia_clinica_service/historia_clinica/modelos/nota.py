"""Notes of care with their diagnoses, the dental form 033, and the amendments of what was signed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, selectinload
from sqlalchemy.sql.base import ExecutableOption

from comun.db import UtcDateTime
from comun.errors import Conflict
from comun.models import partial_index
from comun.tables import Json
from historia_clinica.dominio.formulario_033 import ANGLE, GRADOS
from historia_clinica.dominio.notas import Condicion, Ojo, TipoNota
from historia_clinica.dominio.piezas import PIEZAS
from historia_clinica.extensiones import db, restricciones
from historia_clinica.modelos.comunes import DelExpediente
from historia_clinica.modelos.receta import Receta
from historia_clinica.modelos.referencias import DoctorRef

MEDIA = Numeric(3, 2)


class Nota(DelExpediente, db.Model):
    """What a doctor writes of an appointment: a draft of his until he signs it; then nothing of it changes.

    `momento`: of the appointment. `huella`: of `contenido_de_nota` (casos_de_uso/firmas.py) in the canonical form
    number `forma`. `firmante`: the doctor's name when signing, `firmada_por` the account that did.
    """

    __tablename__ = "nota"
    __table_args__ = (
        CheckConstraint(f"tipo IN {tuple(str(t) for t in TipoNota)}", name="tipo"),
        CheckConstraint(
            "(firmada_en IS NULL) = (huella IS NULL) AND (firmada_en IS NULL) = (firmante IS NULL)"
            " AND (firmada_en IS NULL) = (firmada_por IS NULL) AND (firmada_en IS NULL) = (forma IS NULL)",
            name="firma",
        ),
        CheckConstraint("firmada_en IS NULL OR eliminado_en IS NULL", name="firmada_queda"),
        Index("ix_nota_paciente_id_momento", "paciente_id", "momento", "id"),
        Index("ix_nota_paciente_id_creado_en", "paciente_id", "creado_en"),
        Index("ix_nota_cita_id", "cita_id"),
        partial_index(
            "uq_nota_cita_id_doctor_id",
            "firmada_en IS NULL AND eliminado_en IS NULL",
            "cita_id",
            "doctor_id",
            unique=True,
        ),
    )
    AUSENTE = "No existe esa nota, o no le corresponde verla."

    cita_id: Mapped[int]
    centro_id: Mapped[int]
    doctor_id: Mapped[int]
    momento: Mapped[datetime] = mapped_column(UtcDateTime)
    tipo: Mapped[str] = mapped_column(String(15))
    especialidad: Mapped[str | None] = mapped_column(String(120))
    motivo_consulta: Mapped[str | None] = mapped_column(String(500))
    enfermedad_actual: Mapped[str | None] = mapped_column(Text)
    subjetivo: Mapped[str | None] = mapped_column(Text)
    objetivo: Mapped[str | None] = mapped_column(Text)
    analisis: Mapped[str | None] = mapped_column(Text)
    plan: Mapped[str | None] = mapped_column(Text)
    evolucion: Mapped[str | None] = mapped_column(Text)
    texto_libre: Mapped[str | None] = mapped_column(Text)
    firmada_en: Mapped[datetime | None] = mapped_column(UtcDateTime)
    firmante: Mapped[str | None] = mapped_column(String(200))
    firmada_por: Mapped[str | None] = mapped_column(String(80))
    huella: Mapped[str | None] = mapped_column(String(64))
    forma: Mapped[int | None]

    doctor: Mapped[DoctorRef | None] = relationship(
        lazy="raise_on_sql", viewonly=True, primaryjoin="foreign(Nota.doctor_id) == DoctorRef.id"
    )
    diagnosticos: Mapped[list[Diagnostico]] = relationship(
        lazy="raise_on_sql", order_by="Diagnostico.orden", cascade="all, delete-orphan"
    )
    formulario: Mapped[Formulario033 | None] = relationship(lazy="raise_on_sql", cascade="all, delete-orphan")
    recetas: Mapped[list[Receta]] = relationship(
        lazy="raise_on_sql",
        order_by=Receta.id,
        primaryjoin="and_(Nota.id == foreign(Receta.nota_id), Receta.eliminado_en.is_(None))",
        viewonly=True,
    )
    enmiendas: Mapped[list[Enmienda]] = relationship(lazy="raise_on_sql", order_by="Enmienda.numero", viewonly=True)

    @classmethod
    def cargar(cls) -> Sequence[ExecutableOption]:
        """All that belongs to it, each kind in one statement for however many notes."""
        return (
            joinedload(cls.doctor),
            selectinload(cls.diagnosticos),
            selectinload(cls.formulario),
            selectinload(cls.recetas).selectinload(Receta.items),
            selectinload(cls.recetas).joinedload(Receta.doctor),
            selectinload(cls.enmiendas),
        )

    @classmethod
    def firmados(cls) -> ColumnElement[bool]:
        """Those that can't change any more."""
        return cls.firmada_en.is_not(None)

    @property
    def firmada(self) -> bool:
        """Whether it can't change any more."""
        return self.firmada_en is not None

    @property
    def estado(self) -> str:
        """`borrador` or `firmada`."""
        return "firmada" if self.firmada else "borrador"

    def exigir_borrador(self) -> None:
        """Conflict `nota_firmada` when it is signed."""
        if self.firmada:
            raise Conflict("nota_firmada", "La nota está firmada: ya no cambia. Agregue una enmienda.")


class Diagnostico(db.Model):
    """A diagnosis of a note. `nombre`: what the code was called then."""

    __tablename__ = "diagnostico"
    __table_args__ = (
        CheckConstraint(f"condicion IN {tuple(str(c) for c in Condicion)}", name="condicion"),
        CheckConstraint(f"pieza_dental IN {PIEZAS}", name="pieza_dental"),
        CheckConstraint(f"ojo IN {tuple(str(o) for o in Ojo)}", name="ojo"),
        UniqueConstraint("nota_id", "orden"),
        partial_index("uq_diagnostico_principal", "principal", "nota_id", unique=True),
        Index("ix_diagnostico_codigo_cie10", "codigo_cie10", "nota_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    nota_id: Mapped[int] = mapped_column(ForeignKey("nota.id"))
    orden: Mapped[int]
    codigo_cie10: Mapped[str] = mapped_column(ForeignKey("cie10.codigo"))
    nombre: Mapped[str] = mapped_column(String(300))
    condicion: Mapped[str] = mapped_column(String(10))
    principal: Mapped[bool]
    pieza_dental: Mapped[int | None]
    ojo: Mapped[str | None] = mapped_column(String(2))
    detalle: Mapped[str | None] = mapped_column(String(500))


class Formulario033(db.Model):
    """What the dental form 033 asks for besides the note. `indices`: CPO-D and ceo-d as the odontogram had them."""

    __tablename__ = "formulario_033"
    __table_args__ = (
        CheckConstraint(f"enfermedad_periodontal IN {GRADOS}", name="enfermedad_periodontal"),
        CheckConstraint(f"angle IN {ANGLE}", name="angle"),
        CheckConstraint(f"fluorosis IN {GRADOS}", name="fluorosis"),
        CheckConstraint("placa BETWEEN 0 AND 3", name="placa"),
        CheckConstraint("calculo BETWEEN 0 AND 3", name="calculo"),
        CheckConstraint("gingivitis BETWEEN 0 AND 1", name="gingivitis"),
    )

    nota_id: Mapped[int] = mapped_column(ForeignKey("nota.id"), primary_key=True)
    estomatognatico: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    higiene: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    placa: Mapped[Decimal | None] = mapped_column(MEDIA)
    calculo: Mapped[Decimal | None] = mapped_column(MEDIA)
    gingivitis: Mapped[Decimal | None] = mapped_column(MEDIA)
    enfermedad_periodontal: Mapped[str | None] = mapped_column(String(8))
    angle: Mapped[str | None] = mapped_column(String(3))
    fluorosis: Mapped[str | None] = mapped_column(String(8))
    examenes: Mapped[list[str]] = mapped_column(Json)
    plan_diagnostico: Mapped[str | None] = mapped_column(Text)
    plan_terapeutico: Mapped[str | None] = mapped_column(Text)
    plan_educacional: Mapped[str | None] = mapped_column(Text)
    sesiones: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    indices: Mapped[dict[str, Any] | None] = mapped_column(Json)


class Enmienda(db.Model):
    """What was added to a signed note: signed itself, and chained to the hash of the note or amendment before it."""

    __tablename__ = "enmienda"
    __table_args__ = (
        UniqueConstraint("nota_id", "numero"),
        CheckConstraint("numero > 0", name="numero"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    nota_id: Mapped[int] = mapped_column(ForeignKey("nota.id"))
    numero: Mapped[int]
    motivo: Mapped[str] = mapped_column(String(500))
    texto: Mapped[str] = mapped_column(Text)
    doctor_id: Mapped[int]
    firmada_en: Mapped[datetime] = mapped_column(UtcDateTime)
    firmante: Mapped[str] = mapped_column(String(200))
    firmada_por: Mapped[str] = mapped_column(String(80))
    huella_anterior: Mapped[str] = mapped_column(String(64))
    huella: Mapped[str] = mapped_column(String(64))
    forma: Mapped[int]


restricciones.add(
    "uq_nota_cita_id_doctor_id", "borrador_existente", "Ya tiene un borrador de esta cita: siga en él o fírmelo."
)
for _guardada in ("nota", "diagnostico", "formulario_033"):
    restricciones.add(f"{_guardada}_inmutable", "nota_firmada", "La nota está firmada: ya no cambia.")
restricciones.add("enmienda_inmutable", "enmienda_firmada", "Una enmienda ya no cambia.")
restricciones.add("uq_enmienda_nota_id_numero", "cambio_simultaneo", "Se agregó otra enmienda a la vez; reintente.")
