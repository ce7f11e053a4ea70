"""inventario_service: which treatments there are."""

from __future__ import annotations

from collections.abc import Collection

from flask import Flask, current_app

from comun.http import client_of

# So many ids fit the address of a request.
TANDA = 200


class InventarioCliente:
    """What this service asks of inventario_service."""

    def __init__(self, app: Flask) -> None:
        self._http = client_of(app, "inventario", "inventario")

    def desconocidos(self, tratamiento_ids: Collection[int]) -> list[int]:
        """Those of these treatments that do not exist, in order. Unavailable when the service is down."""
        ids = sorted(set(tratamiento_ids))
        hallados: set[int] = set()
        for inicio in range(0, len(ids), TANDA):
            tanda = ",".join(map(str, ids[inicio : inicio + TANDA]))
            respuesta = self._http.get("/interno/tratamientos", params={"ids": tanda})
            hallados.update(ficha["id"] for ficha in respuesta["datos"])
        return [uno for uno in ids if uno not in hallados]


def inventario() -> InventarioCliente:
    """The client of the current application."""
    cliente: InventarioCliente = current_app.extensions["inventario"]
    return cliente
