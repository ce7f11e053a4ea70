"""A history of stock as it could have been, of any length, for `inventario.py`."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from inventario.modelos import Bodega, Categoria, CentroRef, DoctorRef, Producto, Proveedor, Tratamiento

TANDA = 10_000
CENTROS, CATEGORIAS, PROVEEDORES, DOCTORES, TRATAMIENTOS = 3, 12, 8, 20, 40
POR_DIA = 50
GUANTES = 1  # the product of which one movement in twenty is
ZONA = ZoneInfo("America/Guayaquil")
HOY = datetime.now(ZONA).date()


def catalogos(azar: random.Random, productos: int) -> dict[Any, list[dict[str, Any]]]:
    """Centres, products, treatments and all that they refer to."""
    momento = datetime.now(UTC)
    sellos = {"version": 1, "creado_en": momento, "actualizado_en": momento}
    return {
        CentroRef.__table__: [
            {"id": n, "nombre": f"Centro {n}", "zona_horaria": ZONA.key, "activo": True, "secuencia": 1}
            for n in range(1, CENTROS + 1)
        ],
        DoctorRef.__table__: [
            {"id": n, "nombres": "Ana", "apellidos": f"Doctora {n}", "secuencia": 1} for n in range(1, DOCTORES + 1)
        ],
        Categoria.__table__: [
            {"ambito": "producto", "nombre": f"Categoría {n}", "nombre_plegado": f"categoria {n}", **sellos}
            for n in range(CATEGORIAS)
        ],
        Proveedor.__table__: [
            {"nombre": f"Proveedor {n}", "busqueda": "", "plazo_entrega_dias": 7, "activo": True, **sellos}
            for n in range(PROVEEDORES)
        ],
        Producto.__table__: [
            {
                "codigo": f"P-{n:05}",
                "nombre": f"Producto {azar.randrange(10**6)}",
                "busqueda": f"p-{n:05}",
                "categoria_id": n % CATEGORIAS + 1,
                "proveedor_id": n % PROVEEDORES + 1,
                "unidad": "unidad",
                "stock_minimo": minimo_de(n + 1),
                "costo_unitario": Decimal(2),
                "precio_venta": Decimal(3),
                "controla_lotes": True,
                "permite_negativo": False,
                "activo": True,
                **sellos,
            }
            for n in range(productos)
        ],
        Tratamiento.__table__: [
            {
                "codigo": f"T-{n:03}",
                "nombre": f"Tratamiento {n}",
                "busqueda": "",
                "precio": Decimal(30),
                "duracion_minutos": 30,
                "activo": True,
                **sellos,
            }
            for n in range(TRATAMIENTOS)
        ],  # fmt: skip
        Bodega.__table__: [
            {"centro_id": n, "nombre": "Principal", "principal": True, **sellos} for n in range(1, CENTROS + 1)
        ],
    }


def minimo_de(producto: int) -> Decimal:
    """How much of a product a centre should have."""
    return Decimal(producto % 3 * 10)


@dataclass
class EnLote:
    """What a warehouse has of a lot."""

    id: int
    producto_id: int
    centro_id: int
    costo: Decimal
    cantidad: int = 0


@dataclass
class Historia:
    """Entries of forty, each a lot of its own, used up by appointments a few at a time."""

    azar: random.Random
    productos: int
    cuantos: int
    lotes: list[EnLote] = field(default_factory=list)
    costos: list[dict[str, Any]] = field(default_factory=list)
    _actual: dict[tuple[int, int], EnLote] = field(default_factory=dict)
    _saldos: dict[tuple[int, int], int] = field(default_factory=dict)
    _escritos: int = 0

    @property
    def dias(self) -> int:
        """How many days it lasts."""
        return max(self.cuantos // POR_DIA, 1)

    def por_tandas(self) -> Iterator[list[dict[str, Any]]]:
        """All movements in their order."""
        for primero in range(0, self.cuantos, TANDA):
            yield [self._siguiente(n) for n in range(primero, min(primero + TANDA, self.cuantos))]

    def _siguiente(self, numero: int) -> dict[str, Any]:
        azar = self.azar
        producto = GUANTES if azar.random() < 0.05 else azar.randint(1, self.productos)
        par = producto, azar.randint(1, CENTROS)
        dia = HOY - timedelta(days=self.dias - 1 - numero // POR_DIA)
        momento = datetime(dia.year, dia.month, dia.day, 8, tzinfo=ZONA) + timedelta(minutes=numero % POR_DIA * 10)
        lote = self._actual.get(par)
        if lote is None or lote.cantidad == 0:
            # In the beginning, as much as one finds on any day.
            tipo, cantidad = "entrada", 40 if lote else azar.randint(1, 40)
            lote = self._actual[par] = self._lote(par, momento)
        else:
            tipo, cantidad = (
                azar.choice(("consumo", "consumo", "consumo", "salida")),
                -min(azar.randint(1, 3), lote.cantidad),
            )
        lote.cantidad += cantidad
        self._saldos[par] = self._saldos.get(par, 0) + cantidad
        return {
            "tipo": tipo,
            "producto_id": par[0],
            "lote_id": lote.id,
            "bodega_id": par[1],
            "centro_id": par[1],
            "cantidad": Decimal(cantidad),
            "costo_unitario": lote.costo,
            "saldo": Decimal(self._saldos[par]),
            "saldo_lote": Decimal(lote.cantidad),
            "referencia": f"cita/{numero}" if tipo == "consumo" else None,
            "tratamiento_id": azar.randint(1, TRATAMIENTOS) if tipo == "consumo" else None,
            "doctor_id": azar.randint(1, DOCTORES) if tipo == "consumo" else None,
            "por": "usuario:1",
            "momento": momento.astimezone(UTC),
            "dia": dia,
        }

    def _lote(self, par: tuple[int, int], momento: datetime) -> EnLote:
        lote = EnLote(len(self.lotes) + 1, *par, Decimal(self.azar.randint(100, 300)) / 100)
        self.lotes.append(lote)
        self.costos.append({"producto_id": par[0], "costo": lote.costo, "desde": momento.astimezone(UTC)})
        return lote

    def lotes_nuevos(self) -> list[dict[str, Any]]:
        """Those that were made since this was asked last."""
        momento = datetime.now(UTC)
        nuevos, self._escritos = self.lotes[self._escritos :], len(self.lotes)
        return [
            {
                "id": lote.id,
                "producto_id": lote.producto_id,
                "codigo": f"L{lote.id}",
                "caducidad": HOY + timedelta(days=self.azar.randint(-30, 700)),
                "costo": lote.costo,
                "bloqueado": False,
                "version": 1,
                "creado_en": momento,
                "actualizado_en": momento,
            }
            for lote in nuevos
        ]

    def stock(self) -> list[dict[str, Any]]:
        """What each centre has."""
        return [
            {
                "producto_id": p,
                "centro_id": c,
                "cantidad": Decimal(saldo),
                "permite_negativo": False,
                "bajo_desde": datetime.now(UTC) if saldo <= minimo_de(p) else None,
            }
            for (p, c), saldo in self._saldos.items()
        ]

    def existencias(self) -> list[dict[str, Any]]:
        """What is left of each lot, nothing of most."""
        return [
            {
                "lote_id": lote.id,
                "bodega_id": lote.centro_id,
                "producto_id": lote.producto_id,
                "centro_id": lote.centro_id,
                "cantidad": Decimal(lote.cantidad),
                "permite_negativo": False,
            }
            for lote in self.lotes
        ]
