"""News that this service sends."""

from __future__ import annotations

from comun.events import emit
from facturacion.modelos import Factura


def anunciar_creada(factura: Factura) -> None:
    """Emit `factura.creada.v1` in the current transaction, which has written the invoice."""
    campos = ("id", "paciente_id", "centro_id", "doctor_id", "cita_id", "cotizacion_id", "subtotal", "iva", "total")
    emit("factura.creada.v1", f"factura/{factura.id}", {campo: getattr(factura, campo) for campo in campos})
