"""Counters that slow down guessing, in the database because several processes share them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, case, delete, update
from sqlalchemy.orm import Mapped, mapped_column

from auth.dominio.frenos import Freno
from auth.extensiones import db
from comun.db import UtcDateTime, changed_rows, now, upsert


class FrenoAcceso(db.Model):
    """Attempts under one key (an account, an address) since the start of its window."""

    __tablename__ = "freno_acceso"

    clave: Mapped[str] = mapped_column(String(80), primary_key=True)
    desde: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    intentos: Mapped[int]

    @classmethod
    def contar(cls, clave: str, freno: Freno) -> int:
        """Count an attempt, before it is known how it ends; the seconds to wait instead, 0 when it may go on."""
        ahora = now()
        caducado = cls.desde <= ahora - freno.ventana
        nuevo = upsert(db.session.get_bind().dialect, cls).values(clave=clave, desde=ahora, intentos=1)
        desde, intentos = db.session.execute(
            nuevo.on_conflict_do_update(
                index_elements=[cls.clave],
                set_={
                    "desde": case((caducado, ahora), else_=cls.desde),
                    "intentos": case((caducado, 1), else_=cls.intentos + 1),
                },
            ).returning(cls.desde, cls.intentos)
        ).one()
        return freno.espera(intentos, desde, ahora)

    @classmethod
    def devolver(cls, clave: str) -> None:
        """Give an attempt back that turned out well."""
        menos_uno = update(cls).where(cls.clave == clave, cls.intentos > 0).values(intentos=cls.intentos - 1)
        changed_rows(db.session, menos_uno)

    @classmethod
    def soltar(cls, clave: str) -> None:
        """Forget all attempts under that key."""
        changed_rows(db.session, delete(cls).where(cls.clave == clave))
