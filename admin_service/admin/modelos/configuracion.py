"""Configuration of the network: typed values under keys, with the history of each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Select, String, func
from sqlalchemy.orm import Mapped, mapped_column

from admin.dominio.valores import CLAVE, TipoValor
from admin.extensiones import db, restricciones
from comun.auth.caller import Caller
from comun.db import UtcDateTime, now
from comun.errors import NotFound
from comun.models import Resource, unique_alive
from comun.tables import Json


class Ajuste(Resource, db.Model):
    """One setting."""

    __tablename__ = "configuracion"
    __table_args__ = (
        CheckConstraint(f"tipo IN {tuple(str(t) for t in TipoValor)}", name="tipo"),
        unique_alive("configuracion", "clave"),
    )

    clave: Mapped[str] = mapped_column(String(80))
    tipo: Mapped[str] = mapped_column(String(10))
    valor: Mapped[Any] = mapped_column(Json, nullable=True)
    descripcion: Mapped[str | None] = mapped_column(String(500))

    @classmethod
    def todos(cls) -> list[Ajuste]:
        """All settings, by key."""
        return [*db.session.scalars(db.select(cls).where(cls.vivos()).order_by(cls.clave))]

    @classmethod
    def de_clave(cls, clave: str) -> Ajuste:
        """The setting with that key; NotFound otherwise."""
        posible = CLAVE.fullmatch(clave)
        ajuste = posible and db.session.scalar(db.select(cls).where(cls.clave == clave, cls.vivos()))
        if ajuste is None:
            raise NotFound("No existe ese ajuste.")
        return ajuste

    def cambiar(self, valor: Any, quien: Caller) -> None:
        """Set the value and remember who did."""
        db.session.add(CambioAjuste(clave=self.clave, antes=self.valor, despues=valor, por=quien.actor))
        self.valor = valor


class CambioAjuste(db.Model):
    """One change of a setting; its id also numbers the versions of the configuration as a whole."""

    __tablename__ = "configuracion_cambio"

    id: Mapped[int] = mapped_column(primary_key=True)
    clave: Mapped[str] = mapped_column(String(80), index=True)
    antes: Mapped[Any] = mapped_column(Json, nullable=True)
    despues: Mapped[Any] = mapped_column(Json, nullable=True)
    por: Mapped[str] = mapped_column(String(80))
    momento: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    @classmethod
    def de(cls, clave: str) -> Select[Any]:
        """The changes of one key, also of one that was removed; NotFound when there never was one."""
        cambios = db.select(cls).where(cls.clave == clave)
        if not CLAVE.fullmatch(clave) or not db.session.scalar(db.select(cambios.exists())):
            raise NotFound("No existe ese ajuste.")
        return cambios

    @classmethod
    def ultimo(cls) -> int:
        """The number of the last change; 0 when there was none."""
        return db.session.scalar(db.select(func.coalesce(func.max(cls.id), 0))) or 0


restricciones.add("uq_configuracion_clave", "clave_duplicada", "Ya existe un ajuste con esa clave.")
