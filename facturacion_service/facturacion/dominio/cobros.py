"""What is charged of an appointment, as its event tells it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

_CODIGO_EXTRA = "OTRO"


def lineas_de(datos: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What an appointment charges, of its event's data: treatments at the price and rate that were agreed, extras.

    As JSON, and equal whenever the same is charged. Extras carry no rate: that is a setting.
    """
    tratamientos = [
        {
            "linea": f"tratamiento/{linea['linea_id']}",
            "tratamiento_id": linea["tratamiento_id"],
            "codigo": linea["codigo"][:40],
            "descripcion": linea["nombre"][:300],
            "tarifa_iva": _exacto(linea["tarifa_iva"]),
            **_cuanto(linea),
        }
        for linea in datos.get("tratamientos") or ()
    ]
    extras = [
        {
            "linea": f"extra/{linea['linea_id']}",
            "tratamiento_id": None,
            "codigo": _CODIGO_EXTRA,
            "descripcion": linea["descripcion"][:300],
            "tarifa_iva": None,
            **_cuanto(linea),
        }
        for linea in datos.get("extras") or ()
    ]
    return tratamientos + extras


def _cuanto(linea: Mapping[str, Any]) -> dict[str, str]:
    return {campo: _exacto(linea[campo]) for campo in ("cantidad", "precio_unitario")}


def _exacto(numero: Any) -> str:
    """JSON numbers come as floats, whose shortest form is what was written; 30 and 30.0 are the same."""
    return f"{Decimal(str(numero)).normalize():f}"
