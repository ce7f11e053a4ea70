"""Where the files of expenses are."""

from __future__ import annotations

from flask import Flask, current_app

from comun.storage import Storage, open_storage

_EXTENSION = "almacen"


def preparar_almacen(app: Flask) -> None:
    """Open the storage that the settings name."""
    ajustes = (app.config[f"FACTURACION_ALMACEN{uno}"] for uno in ("", "_CLAVE_ID", "_CLAVE"))
    app.extensions[_EXTENSION] = open_storage(*ajustes)


def almacen() -> Storage:
    """The storage of the current application."""
    abierto: Storage = current_app.extensions[_EXTENSION]
    return abierto
