"""What this service holds of a patient, for an export of personal data (LOPDP, access right)."""

from __future__ import annotations

from typing import Any

from facturacion.extensiones import db
from facturacion.modelos import Cotizacion, Factura, NotaCredito, Pago, Transaccion

_PARTES: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    (
        "facturas",
        Factura,
        ("id", "numero", "estado", "fecha_emision", "comprador_nombre", "comprador_identificacion", "total", "saldo"),
    ),
    ("notas_credito", NotaCredito, ("id", "numero", "factura_id", "fecha_emision", "motivo", "total")),
    ("cotizaciones", Cotizacion, ("id", "estado", "valida_hasta", "total", "observaciones")),
    ("pagos", Pago, ("id", "momento", "medio_pago", "monto", "disponible", "referencia")),
    ("transacciones", Transaccion, ("id", "fecha_transaccion", "tipo_transaccion", "concepto", "monto", "estado")),
)


def datos_personales(paciente_id: int) -> dict[str, Any]:
    """Invoices, credit notes, quotes, payments and transactions of a patient, with what they say of him."""
    return {
        nombre: [
            {campo: getattr(fila, campo) for campo in campos}
            for fila in db.session.scalars(
                db.select(modelo).where(modelo.paciente_id == paciente_id, modelo.vivos()).order_by(modelo.id)
            )
        ]
        for nombre, modelo, campos in _PARTES
    }
