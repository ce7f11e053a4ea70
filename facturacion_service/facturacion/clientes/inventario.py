"""inventario_service: what treatments and products are called, what they cost and what tax they carry."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import Flask, current_app

from comun.http import client_of
from facturacion.clientes.breve import brief_client, params_de


@dataclass(frozen=True)
class EnVenta:
    """A treatment or a product as it is sold now: `precio` in US dollars, without tax; `tarifa_iva` in percent."""

    id: int
    codigo: str
    nombre: str
    precio: Decimal
    tarifa_iva: Decimal
    activo: bool


class InventarioCliente:
    """The questions that this service has for inventario_service."""

    def __init__(self, app: Flask) -> None:
        self.http = client_of(app, "inventario", "inventario")
        self.breve = brief_client("inventario", app, "inventario")

    def tratamientos(self, ids: Iterable[int]) -> dict[int, EnVenta]:
        """Those of these that exist, in one request. Unavailable when it is down."""
        return self._en_venta("/interno/tratamientos", ids, "precio")

    def productos(self, ids: Iterable[int]) -> dict[int, EnVenta]:
        """Those of these that exist, in one request. Unavailable when it is down."""
        return self._en_venta("/interno/productos", ids, "precio_venta")

    def _en_venta(self, ruta: str, ids: Iterable[int], precio: str) -> dict[int, EnVenta]:
        pedidos = ",".join(map(str, sorted(set(ids))))
        datos = self.http.get(ruta, params={"ids": pedidos})["datos"]
        return {ficha["id"]: _leido(ficha, precio) for ficha in datos}

    def resumen(self, centros: Collection[int] | None) -> Any:
        """What is low in all or in these centres (`stock_bajo`)."""
        return self.breve.get("/interno/resumen", params=params_de(centros=centros))


def inventario() -> InventarioCliente:
    """The client of the current application."""
    cliente: InventarioCliente = current_app.extensions["inventario"]
    return cliente


def _leido(ficha: Mapping[str, Any], precio: str) -> EnVenta:
    # JSON numbers come as floats, whose shortest form is what was written.
    return EnVenta(
        ficha["id"],
        ficha["codigo"],
        ficha["nombre"],
        Decimal(str(ficha[precio])),
        Decimal(str(ficha["tarifa_iva"])),
        ficha["activo"],
    )
