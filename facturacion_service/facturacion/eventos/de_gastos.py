"""News of expenses and of settlements of fees."""

from __future__ import annotations

from comun.events import emit
from facturacion.modelos import Gasto, Liquidacion


def anunciar_gasto(gasto: Gasto) -> None:
    """Emit `gasto.registrado.v1` in the current transaction."""
    emit(
        "gasto.registrado.v1",
        f"gasto/{gasto.id}",
        {
            "id": gasto.id,
            "centro_id": gasto.centro_id,
            "categoria_id": gasto.categoria_id,
            "categoria": gasto.categoria.nombre,
            "descripcion": gasto.descripcion,
            "proveedor": gasto.proveedor,
            "monto": gasto.monto,
            "fecha": gasto.fecha,
            "medio_pago": gasto.medio_pago,
            "recurrente_id": gasto.recurrente_id,
        },
    )


def anunciar_liquidacion(liquidacion: Liquidacion) -> None:
    """Emit `liquidacion.cerrada.v1` in the current transaction."""
    campos = ("id", "doctor_id", "centro_id", "desde", "hasta", "base", "total")
    emit(
        "liquidacion.cerrada.v1",
        f"liquidacion/{liquidacion.id}",
        {campo: getattr(liquidacion, campo) for campo in campos},
    )
