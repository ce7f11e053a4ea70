"""News that this service sends."""

from __future__ import annotations

from typing import Any

from comun.events import emit
from facturacion.modelos import Factura, NotaCredito


def anunciar_factura(factura: Factura, suceso: str) -> None:
    """Emit `factura.<suceso>.v1` in the current transaction: what is owed and by whom; of an annulled one why."""
    campos = (
        "id",
        "numero",
        "paciente_id",
        "centro_id",
        "doctor_id",
        "cita_id",
        "aseguradora_id",
        "fecha_emision",
        "vence_el",
        "total",
        "saldo",
    )
    datos: dict[str, Any] = {campo: getattr(factura, campo) for campo in campos}
    datos["estado"] = str(factura.estado)
    if suceso == "anulada":
        datos["motivo"] = factura.motivo_anulacion
    emit(f"factura.{suceso}.v1", f"factura/{factura.id}", datos)


def anunciar_nota(nota: NotaCredito, factura: Factura) -> None:
    """Emit `nota_credito.emitida.v1` in the current transaction, with what is then owed of the invoice."""
    campos = ("id", "numero", "factura_id", "paciente_id", "centro_id", "fecha_emision", "total", "motivo")
    datos: dict[str, Any] = {campo: getattr(nota, campo) for campo in campos}
    emit("nota_credito.emitida.v1", f"nota_credito/{nota.id}", {**datos, "saldo": factura.saldo})


def anunciar_creada(factura: Factura) -> None:
    """Emit `factura.creada.v1` in the current transaction, which has written the invoice."""
    campos = ("id", "paciente_id", "centro_id", "doctor_id", "cita_id", "cotizacion_id", "subtotal", "iva", "total")
    emit("factura.creada.v1", f"factura/{factura.id}", {campo: getattr(factura, campo) for campo in campos})
