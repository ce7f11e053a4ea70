"""What this service holds of a patient, for an export of personal data (LOPDP, access right)."""

from __future__ import annotations

from typing import Any

from facturacion.esquemas.cotizaciones import CotizacionSalida
from facturacion.esquemas.facturas import FacturaSalida
from facturacion.esquemas.notas import NotaSalida
from facturacion.esquemas.pagos import PagoSalida
from facturacion.esquemas.transacciones import TransaccionSalida
from facturacion.extensiones import db
from facturacion.modelos import Cotizacion, Factura, NotaCredito, Pago, Transaccion

_PARTES: dict[str, tuple[Any, Any]] = {
    "facturas": (Factura, FacturaSalida),
    "notas_credito": (NotaCredito, NotaSalida),
    "cotizaciones": (Cotizacion, CotizacionSalida),
    "pagos": (Pago, PagoSalida),
    "transacciones": (Transaccion, TransaccionSalida),
}


def datos_personales(paciente_id: int) -> dict[str, Any]:
    """His invoices, credit notes, quotes, payments and transactions as they are shown; what was deleted too."""
    return {
        nombre: esquema(many=True).dump(
            db.session.scalars(
                db.select(modelo)
                .where(modelo.paciente_id == paciente_id)
                .options(*modelo.cargar())
                .order_by(modelo.id)
            )
        )
        for nombre, (modelo, esquema) in _PARTES.items()
    }
