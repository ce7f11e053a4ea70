"""inventario_service: what treatments there are, what they cost and how long they take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from flask import Flask, current_app

from comun.http import client_of

# By id, as inventario_service has them now.
Tratamientos = Mapping[int, Mapping[str, Any]]


class InventarioCliente:
    """The questions that this service has for inventario_service."""

    def __init__(self, app: Flask) -> None:
        self._http = client_of(app, "inventario", "inventario")

    def tratamientos(self, ids: Iterable[int]) -> Tratamientos:
        """Those of these that exist, in one request. Unavailable when it is down."""
        respuesta = self._http.get("/interno/tratamientos", params={"ids": ",".join(map(str, sorted(set(ids))))})
        return {ficha["id"]: _exacta(ficha) for ficha in respuesta["datos"]}


def inventario() -> InventarioCliente:
    """The client of the current application."""
    cliente: InventarioCliente = current_app.extensions["inventario"]
    return cliente


def _exacta(ficha: Mapping[str, Any]) -> dict[str, Any]:
    # JSON numbers come as floats, whose shortest form is what was written.
    return {**ficha, **{campo: Decimal(str(ficha[campo])) for campo in ("precio", "tarifa_iva")}}
