"""Reservations and forecasts as they are shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from comun.db import now
from comun.times import zone
from inventario.casos_de_uso.libro import Par, disponibles
from inventario.casos_de_uso.reservas import ZONA_POR_DEFECTO, pronostico, reservado
from inventario.extensiones import db
from inventario.modelos import CentroRef, Producto


def reservas(filtro: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What is reserved, and what of the stock is left beside it."""
    por_par = reservado(_pedidos(filtro), filtro.get("centro_id"), filtro.get("hasta"))
    utilizable = _utilizable(por_par)
    productos = _productos(por_par)
    filas = [
        {
            "producto": productos[par[0]],
            "centro_id": par[1],
            "reservado": cantidad,
            "utilizable": utilizable[par],
            "libre": utilizable[par] - cantidad,
        }
        for par, cantidad in por_par.items()
    ]
    return sorted(filas, key=lambda fila: (fila["producto"].nombre, fila["producto"].id, fila["centro_id"]))


def pronosticos(filtro: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What runs out first comes first."""
    previstas = pronostico(filtro["dias"], _pedidos(filtro), filtro.get("centro_id"))
    productos = _productos(previstas)
    filas = [
        {"producto": productos[par[0]], "centro_id": par[1], **asdict(prevision)}
        for par, prevision in previstas.items()
    ]
    return sorted(
        filas,
        key=lambda fila: (
            fila["se_agota_el"] or date.max,
            fila["producto"].nombre,
            fila["producto"].id,
            fila["centro_id"],
        ),
    )


def _pedidos(filtro: Mapping[str, Any]) -> list[int] | None:
    return [filtro["producto_id"]] if "producto_id" in filtro else None


def _productos(pares: Collection[Par]) -> dict[int, Producto]:
    """Deleted ones too, as long as a recipe asks for them."""
    ids = {producto_id for producto_id, _ in pares}
    return {fila.id: fila for fila in db.session.scalars(db.select(Producto).where(Producto.id.in_(ids)))}


def _utilizable(pares: Collection[Par]) -> dict[Par, Decimal]:
    """Neither expired nor blocked today, on each centre's calendar."""
    filas = db.session.execute(
        db.select(CentroRef.id, CentroRef.zona_horaria).where(CentroRef.id.in_({centro for _, centro in pares}))
    )
    zonas = {fila.id: fila.zona_horaria for fila in filas}
    return {
        par: sum(
            (
                lugar.cantidad
                for lugar in lugares
                if lugar.utilizable(now().astimezone(zone(zonas.get(par[1], ZONA_POR_DEFECTO))).date())
            ),
            Decimal(0),
        )
        for par, lugares in disponibles(pares).items()
    }
