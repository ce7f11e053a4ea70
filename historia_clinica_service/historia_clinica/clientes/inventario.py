"""inventario_service: what treatments are called and what they cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from flask import Flask, current_app

from comun.http import client_of


@dataclass(frozen=True)
class Tratamiento:
    """A treatment as it is sold now; `precio` in US dollars, to the cent."""

    id: int
    codigo: str
    nombre: str
    precio: Decimal
    activo: bool


class InventarioCliente:
    """The questions that this service has for inventario_service."""

    def __init__(self, app: Flask) -> None:
        self.http = client_of(app, "inventario", "inventario")

    def tratamientos(self, ids: Iterable[int]) -> dict[int, Tratamiento]:
        """Those of these that exist, in one request. Unavailable when it is down."""
        pedidos = ",".join(map(str, sorted(set(ids))))
        datos = self.http.get("/interno/tratamientos", params={"ids": pedidos})["datos"]
        return {ficha["id"]: _leido(ficha) for ficha in datos}


def inventario() -> InventarioCliente:
    """The client of the current application."""
    cliente: InventarioCliente = current_app.extensions["inventario"]
    return cliente


def _leido(ficha: Mapping[str, Any]) -> Tratamiento:
    # JSON numbers come as floats, whose shortest form is what was written.
    precio = Decimal(str(ficha["precio"])).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return Tratamiento(ficha["id"], ficha["codigo"], ficha["nombre"], precio, ficha["activo"])
