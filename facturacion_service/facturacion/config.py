"""Settings of this service beside the common ones."""

from decimal import Decimal, InvalidOperation

from comun.config import Setting
from comun.storage import storage_settings


def _numero(texto: str) -> Decimal:
    try:
        return Decimal(texto)
    except InvalidOperation:
        raise ValueError("no es un número") from None


def _dos_al_menos(texto: str) -> float:
    if (segundos := float(texto)) < 2:
        raise ValueError("menos de 2")
    return segundos


AJUSTES = [
    Setting("ADMIN_URL", "Base URL of admin_service.", "http://127.0.0.1:5006"),
    Setting("CITAS_URL", "Base URL of citas_service.", "http://127.0.0.1:5005"),
    Setting("INVENTARIO_URL", "Base URL of inventario_service.", "http://127.0.0.1:5002"),
    *storage_settings("FACTURACION"),
    Setting(
        "FACTURACION_TABLERO_SEGUNDOS",
        "After so many seconds, two at least, the dashboard does without the services that have not answered.",
        2.5,
        _dos_al_menos,
    ),
    Setting(
        "FACTURACION_TARIFA_EXTRAS",
        "Rate of IVA, in percent, of what is charged at an appointment beside its treatments.",
        Decimal(15),
        _numero,
    ),
    Setting(
        "FACTURACION_COTIZACION_DIAS",
        "For how many days a quote holds that doesn't say until when.",
        30,
        int,
    ),
    Setting(
        "FACTURACION_CONSUMIDOR_FINAL_HASTA",
        "Up to what total, in US dollars, an invoice may name no buyer.",
        Decimal(50),
        _numero,
    ),
]
