"""Keys that sign access tokens. The private half is encrypted at rest and never leaves this service."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, Text, or_
from sqlalchemy.orm import Mapped, mapped_column

from auth.extensiones import db
from comun.db import UtcDateTime, now
from comun.models import partial_index
from comun.tables import Json


class ClaveFirma(db.Model):
    """An RSA key pair. One is active; those before stay published until their last tokens have expired."""

    __tablename__ = "clave_firma"
    __table_args__ = (partial_index("uq_clave_firma_activa", "activa", "activa", unique=True),)

    kid: Mapped[str] = mapped_column(String(43), primary_key=True)
    privada: Mapped[str] = mapped_column(Text)
    publica: Mapped[dict[str, Any]] = mapped_column(Json)
    activa: Mapped[bool] = mapped_column(default=True)
    creada_en: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    publicada_hasta: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @classmethod
    def publicadas(cls) -> ColumnElement[bool]:
        """The ones whose tokens are to be believed."""
        return or_(cls.activa, cls.publicada_hasta > now())
