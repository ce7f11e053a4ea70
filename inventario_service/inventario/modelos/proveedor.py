"""Who sells to the network."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import CheckConstraint, ColumnElement, String, true
from sqlalchemy.orm import Mapped, mapped_column

from comun.auth.caller import Caller
from comun.models import Resource, unique_alive
from inventario.extensiones import db, restricciones


class Proveedor(Resource, db.Model):
    """A supplier. `plazo_entrega_dias`: from order to delivery."""

    __tablename__ = "proveedor"
    __table_args__ = (
        CheckConstraint("plazo_entrega_dias >= 0", name="plazo_entrega_dias"),
        unique_alive("proveedor", "ruc"),
    )
    AUSENTE = "No existe ese proveedor."
    audit_ignored: ClassVar[frozenset[str]] = frozenset({"busqueda"})

    nombre: Mapped[str] = mapped_column(String(200))
    busqueda: Mapped[str] = mapped_column(String(300))
    ruc: Mapped[str | None] = mapped_column(String(20))
    contacto: Mapped[str | None] = mapped_column(String(120))
    telefono: Mapped[str | None] = mapped_column(String(20))
    email: Mapped[str | None] = mapped_column(String(255))
    direccion: Mapped[str | None] = mapped_column(String(300))
    plazo_entrega_dias: Mapped[int] = mapped_column(default=7)
    activo: Mapped[bool] = mapped_column(default=True)

    @classmethod
    def visibles_para(cls, quien: Caller) -> ColumnElement[bool]:
        """All: whoever may ask at all."""
        return true()


restricciones.add("uq_proveedor_ruc", "proveedor_duplicado", "Ya existe un proveedor con ese RUC.")
