"""How fast stock is listed and reported, with a short history and with a long one. Prints p50, p95 and statements.

    python benchmarks/inventario.py
    python benchmarks/inventario.py --bd sqlite --movimientos 1000 100000 --veces 20

Fills a fresh database for each length of history through the service's own migrations and asks through its own
views, in this process: token, permission, queries and JSON are in the figures; the network and nginx are not. There
are as many movements a day in both, so that a hundred times as many are a hundred times as many days.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

RAIZ = Path(__file__).parents[1]
sys.path[:0] = [str(RAIZ / carpeta) for carpeta in ("inventario_service", "comun")]

from flask import Flask  # noqa: E402
from sqlalchemy import event, insert, text  # noqa: E402

from comun.migrations import upgrade  # noqa: E402
from comun.testing.client import ApiClient  # noqa: E402
from comun.testing.databases import postgres_database, postgres_server, sqlite_database  # noqa: E402
from comun.testing.tokens import StaticTrust  # noqa: E402
from inventario.extensiones import db  # noqa: E402
from inventario.modelos import (  # noqa: E402
    Bodega,
    Categoria,
    CentroRef,
    CostoProducto,
    DoctorRef,
    Existencia,
    Lote,
    Movimiento,
    Producto,
    Proveedor,
    Stock,
    Tratamiento,
)
from inventario.servicio import SERVICIO  # noqa: E402

TANDA = 10_000
CENTROS, CATEGORIAS, PROVEEDORES, DOCTORES, TRATAMIENTOS = 3, 12, 8, 20, 40
POR_DIA = 50
DIAS = 20  # of the range that is reported: as long as the short history
GUANTES = 1  # the product of which one movement in twenty is
ZONA = ZoneInfo("America/Guayaquil")
HOY = datetime.now(ZONA).date()

PREGUNTAS = {
    "products with stock": "/inventario/productos",
    "products by name, of a centre": "/inventario/productos?orden=nombre&centro_id=2",
    "one product": "/inventario/productos/{guantes}",
    "products that are low": "/inventario/productos/stock-bajo",
    "kardex page": "/inventario/productos/{guantes}/movimientos",
    "kardex page of a centre": "/inventario/productos/{guantes}/movimientos?centro_id=2",
    "kardex page by cursor": "/inventario/productos/{guantes}/movimientos?cursor={cursor}",
    "movements page": "/inventario/movimientos",
    "movements page of a centre": "/inventario/movimientos?centro_id=2",
    "movements page of a type": "/inventario/movimientos?tipo=entrada",
    "movements page of 20 days": "/inventario/movimientos?{ultimos}",
    "lots that expire soon": "/inventario/lotes?por_caducar_dias=60",
    "what to buy": "/inventario/compras/sugeridas",
    "report of the last 20 days": "/inventario/reportes/inventario?{ultimos}",
    "… of one centre": "/inventario/reportes/inventario?{ultimos}&centro_id=2",
    "… by product": "/inventario/reportes/inventario?{ultimos}&agrupar=producto",
    "… as CSV": "/inventario/reportes/inventario?{ultimos}&agrupar=producto&formato=csv",
    "report of the first 20 days": "/inventario/reportes/inventario?{primeros}",
}


def main() -> None:
    """Fill a database for each size and ask it everything."""
    opciones = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    opciones.add_argument("--bd", choices=["postgresql", "sqlite"], default="postgresql")
    opciones.add_argument("--movimientos", type=int, nargs="+", default=[1000, 100_000])
    opciones.add_argument("--productos", type=int, default=100)
    opciones.add_argument("--veces", type=int, default=60, help="times that each question is asked")
    elegidas = opciones.parse_args()
    medidas: dict[str, list[Medida]] = {nombre: [] for nombre in PREGUNTAS}
    with ExitStack() as abiertos:
        servidor = "" if elegidas.bd == "sqlite" else abiertos.enter_context(postgres_server())
        for cuantos in elegidas.movimientos:
            base = postgres_database(servidor) if servidor else sqlite_database()
            app = crear(abiertos.enter_context(base))
            datos = llenar(app, cuantos, elegidas.productos)
            api = ApiClient(app).as_("admin")
            for nombre, ruta in PREGUNTAS.items():
                medidas[nombre].append(medir(api, ruta.format(**datos(api)), elegidas.veces))
            with app.app_context():
                db.session.remove()
                db.engine.dispose()
    mostrar(elegidas.movimientos, medidas)


def crear(url: str) -> Flask:
    """The service on a fresh database."""
    confianza = StaticTrust()
    app = replace(SERVICIO, trust_source=lambda _app: confianza).create_app(
        {
            "INVENTARIO_DATABASE_URL": url,
            "INVENTARIO_CLIENT_SECRET": "x",
            "LOG_LEVEL": "ERROR",
            "REVOCATION_POLL_SECONDS": 60.0,
        }
    )
    upgrade(app)
    return app


def llenar(app: Flask, cuantos: int, productos: int) -> Any:
    """So many movements up to today; what questions are about, for a client."""
    inicio = time.perf_counter()
    historia = Historia(random.Random(2026), productos, cuantos)
    with app.app_context():
        for tabla, filas in catalogos(historia.azar, productos).items():
            db.session.execute(insert(tabla), filas)
        for movimientos in historia.por_tandas():
            db.session.execute(insert(Lote.__table__), historia.lotes_nuevos())
            db.session.execute(insert(Movimiento.__table__), movimientos)
        db.session.execute(insert(CostoProducto.__table__), historia.costos)
        db.session.execute(insert(Stock.__table__), historia.stock())
        db.session.execute(insert(Existencia.__table__), historia.existencias())
        db.session.commit()
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conexion:
            conexion.execute(text("VACUUM ANALYZE" if conexion.dialect.name == "postgresql" else "ANALYZE"))
    segundos = time.perf_counter() - inicio
    print(f"{cuantos:,} movements of {historia.dias} days, {len(historia.lotes):,} lots: {segundos:.0f} s")
    primero = HOY - timedelta(days=historia.dias - 1)

    def datos(api: ApiClient) -> dict[str, Any]:
        return {
            "guantes": GUANTES,
            "cursor": cursor_de_en_medio(api, cuantos),
            "ultimos": f"desde={HOY - timedelta(days=DIAS - 1)}&hasta={HOY}",
            "primeros": f"desde={primero}&hasta={primero + timedelta(days=DIAS - 1)}",
        }

    return datos


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
        ],
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
            lote = self._actual[par] = self._lote(par, momento)
            tipo, cantidad = "entrada", 40
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


def cursor_de_en_medio(api: ApiClient, cuantos: int) -> str:
    """A place in the middle of the ledger of the product that moves most."""
    ruta = f"/inventario/productos/{GUANTES}/movimientos"
    pagina = max(min(cuantos // 20 // 20 // 2, 400), 1)
    return str(api.get(f"{ruta}?pagina={pagina}").get_json()["paginacion"]["siguiente"])


@dataclass(frozen=True)
class Medida:
    """What one question took."""

    p50: float
    p95: float
    sentencias: int
    kilobytes: float


def medir(api: ApiClient, ruta: str, veces: int) -> Medida:
    """Ask one question again and again."""
    tiempos = []
    for _ in range(veces + 3):
        inicio = time.perf_counter()
        respuesta = api.get(ruta)
        tiempos.append((time.perf_counter() - inicio) * 1000)
    if respuesta.status_code != 200:
        raise RuntimeError(f"{ruta}: {respuesta.status_code} {respuesta.get_data(as_text=True)}")
    with sentencias(api.app) as hechas:
        api.get(ruta)
    tiempos = sorted(tiempos[3:])
    p95 = tiempos[min(len(tiempos) - 1, round(len(tiempos) * 0.95))]
    return Medida(statistics.median(tiempos), p95, len(hechas), len(respuesta.data) / 1000)


@contextmanager
def sentencias(app: Flask) -> Iterator[list[str]]:
    """The SQL statements that are run meanwhile."""
    hechas: list[str] = []

    def anotar(_c: Any, _cursor: Any, sentencia: str, *_resto: Any) -> None:
        if not sentencia.startswith("BEGIN"):
            hechas.append(sentencia)

    with app.app_context():
        motor = db.engine
    event.listen(motor, "before_cursor_execute", anotar)
    try:
        yield hechas
    finally:
        event.remove(motor, "before_cursor_execute", anotar)


def mostrar(tamanos: list[int], medidas: dict[str, list[Medida]]) -> None:
    """A line for each question, a group of columns for each size."""
    print("\n" + " " * 32 + "".join(f"{f'{cuantos:,} movements':>32}" for cuantos in tamanos))
    print(" " * 32 + f"{'p50 ms':>10}{'p95 ms':>8}{'SQL':>5}{'kB':>9}" * len(tamanos))
    for nombre, de_cada in medidas.items():
        cifras = "".join(f"{m.p50:>10.1f}{m.p95:>8.1f}{m.sentencias:>5}{m.kilobytes:>9.1f}" for m in de_cada)
        print(f"{nombre:32}{cifras}")


if __name__ == "__main__":
    main()
