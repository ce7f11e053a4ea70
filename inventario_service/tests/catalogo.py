"""Treatments and recipes as people make them."""

from __future__ import annotations

from typing import Any

from comun.testing.client import ApiClient, ok

TRATAMIENTOS = "/inventario/tratamientos"


def crear_tratamiento(api: ApiClient, **datos: Any) -> dict[str, Any]:
    """A treatment, through the API."""
    return dict(ok(api.post(TRATAMIENTOS, {"nombre": "Limpieza dental", "precio": 30, **datos}), 201))


def receta_de(api: ApiClient, tratamiento_id: int) -> dict[str, Any]:
    """The present recipe."""
    return dict(ok(api.get(f"{TRATAMIENTOS}/{tratamiento_id}/receta")))


def ingredientes_de(api: ApiClient, tratamiento_id: int) -> list[tuple[Any, ...]]:
    """What it uses: id of the product, or minus that of the included treatment, and how much."""
    lineas = receta_de(api, tratamiento_id)["ingredientes"]
    return [(linea["producto_id"] or -linea["incluye_id"], linea["cantidad"]) for linea in lineas]
