"""Consents of a patient: each word given is kept, the last one counts (LOPDP: care needs none, marketing does)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from admin.extensiones import db
from comun.db import UtcDateTime, now
from comun.models import Audited

if TYPE_CHECKING:
    from admin.modelos.paciente import Paciente

TIPOS = ("tratamiento_datos", "mercadeo", "comunicaciones", "imagenes", "historia_clinica")
CANALES = ("presencial", "web", "telefono", "email", "whatsapp", "otro")


class Consentimiento(Audited, db.Model):
    """What a patient allowed or forbade, when and through which channel. Never changed."""

    __tablename__ = "consentimiento"

    id: Mapped[int] = mapped_column(primary_key=True)
    paciente_id: Mapped[int] = mapped_column(ForeignKey("paciente.id"), index=True)
    tipo: Mapped[str] = mapped_column(String(30))
    otorgado: Mapped[bool]
    fecha: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    canal: Mapped[str] = mapped_column(String(20))
    registrado_por: Mapped[str] = mapped_column(String(80))
    creado_en: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    paciente: Mapped[Paciente] = relationship(back_populates="consentimientos")
