"""Suppliers and purchase orders that tests start from."""

from __future__ import annotations

from itertools import count
from typing import Any

from flask import Flask

from comun.fields import fold
from comun.testing.client import ApiClient, ok
from inventario.extensiones import db
from inventario.modelos import MinimoCentro, Presentacion, Proveedor

ORDENES = "/inventario/ordenes-compra"
_numeros = count(1)


def nuevo_proveedor(app: Flask, **datos: Any) -> int:
    """A supplier who delivers within a week."""
    campos = {"nombre": f"Proveedor {next(_numeros)}", **datos}
    with app.app_context():
        proveedor = Proveedor(**campos, busqueda=fold(campos["nombre"]))
        db.session.add(proveedor)
        db.session.commit()
        return proveedor.id


def empaquetar(app: Flask, producto_id: int, nombre: str, factor: int) -> None:
    """One `nombre` of the product holds so many of its own unit."""
    with app.app_context():
        db.session.add(Presentacion(producto_id=producto_id, nombre=nombre, factor=factor))
        db.session.commit()


def fijar_minimo(app: Flask, producto_id: int, minimo: int, maximo: int | None = None, *, centro_id: int = 1) -> None:
    """How much of it a centre should have."""
    with app.app_context():
        db.session.merge(MinimoCentro(producto_id=producto_id, centro_id=centro_id, minimo=minimo, maximo=maximo))
        db.session.commit()


def pedir(api: ApiClient, proveedor: int, *lineas: dict[str, Any], **datos: Any) -> dict[str, Any]:
    """A draft, for centre 1 unless `datos` says otherwise."""
    cuerpo = {"proveedor_id": proveedor, "centro_id": 1, "lineas": lineas, **datos}
    orden: dict[str, Any] = ok(api.post(ORDENES, cuerpo), 201)
    return orden


def enviar(api: ApiClient, orden: dict[str, Any]) -> dict[str, Any]:
    """It goes to the supplier."""
    enviada: dict[str, Any] = ok(api.patch(f"{ORDENES}/{orden['id']}/estado", {"estado": "enviada"}))
    return enviada
