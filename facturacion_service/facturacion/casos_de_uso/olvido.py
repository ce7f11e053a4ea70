"""What becomes of a patient's data here when he is to be forgotten (LOPDP)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from comun import audit
from comun.events import redact
from facturacion.extensiones import db
from facturacion.modelos import Cotizacion, EstadoFactura, Factura, NotaCredito, Pago, Transaccion
from facturacion.modelos.comunes import DATOS_DEL_COMPRADOR

# Issued documents keep whom they name: tax law wants them whole. How to reach him is no part of them, nor what was
# written when they were annulled.
_DE_EMITIDA = ("comprador_email", "comprador_telefono", "motivo_anulacion")
_DE_BORRADOR = (*(f"comprador_{campo}" for campo in DATOS_DEL_COMPRADOR), "observaciones")


def olvidar(paciente_id: int) -> None:
    """Erase what drafts, quotes and comments say of him, in the current transaction; deleted ones too."""
    for factura in _suyos(Factura, paciente_id):
        _borrar(factura, _DE_BORRADOR if factura.estado == EstadoFactura.BORRADOR else _DE_EMITIDA)
        redact(f"factura/{factura.id}", {"motivo": ""})
    for nota in _suyos(NotaCredito, paciente_id):
        redact(f"nota_credito/{nota.id}", {"motivo": ""})
    for cotizacion in _suyos(Cotizacion, paciente_id):
        _borrar(cotizacion, ("observaciones", "motivo"))
    for pago in _suyos(Pago, paciente_id):
        _borrar(pago, ("comentario",))
    for transaccion in _suyos(Transaccion, paciente_id):
        _borrar(transaccion, ("comentario", "motivo_anulacion"))


def _suyos(modelo: Any, paciente_id: int) -> Iterable[Any]:
    return db.session.scalars(db.select(modelo).where(modelo.paciente_id == paciente_id).order_by(modelo.id)).all()


def _borrar(fila: Any, campos: Iterable[str]) -> None:
    """These of it, and what the trace of its changes says of them."""
    for campo in campos:
        setattr(fila, campo, None)
    db.session.flush()
    audit.forget_values(fila.__tablename__, fila.id)
