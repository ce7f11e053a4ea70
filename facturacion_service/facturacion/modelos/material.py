"""What appointments used of stock, as far as it has to be remembered beside the ledger."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from facturacion.extensiones import db


class ConsumoRef(db.Model):
    """A consumption of inventario_service. `revertido`: its appointment was taken up again: it used nothing."""

    __tablename__ = "consumo_ref"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    revertido: Mapped[bool] = mapped_column(default=False)
