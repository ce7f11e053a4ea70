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
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

RAIZ = Path(__file__).parents[1]
sys.path[:0] = [str(RAIZ / carpeta) for carpeta in ("inventario_service", "comun")]

from flask import Flask  # noqa: E402
from inventario_historia import GUANTES, HOY, Historia, catalogos  # noqa: E402
from sqlalchemy import insert  # noqa: E402
from vistas import BASES, analizar, aplicaciones, medir, mostrar  # noqa: E402

from comun.testing.client import ApiClient  # noqa: E402
from inventario.extensiones import db  # noqa: E402
from inventario.modelos import CostoProducto, Existencia, Lote, Movimiento, Stock  # noqa: E402
from inventario.servicio import SERVICIO  # noqa: E402

DIAS = 20  # of the range that is reported: as long as the short history

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
    opciones.add_argument("--bd", choices=BASES, default=BASES[0])
    opciones.add_argument("--movimientos", type=int, nargs="+", default=[1000, 100_000])
    opciones.add_argument("--productos", type=int, default=100)
    opciones.add_argument("--veces", type=int, default=60, help="times that each question is asked")
    elegidas = opciones.parse_args()
    with aplicaciones(SERVICIO, elegidas.bd) as nueva:
        redes = []
        for cuantos in elegidas.movimientos:
            app = nueva()
            redes.append((ApiClient(app).as_("admin"), llenar(app, cuantos, elegidas.productos)))
        medidas = {
            nombre: medir([(api, ruta.format(**datos)) for api, datos in redes], elegidas.veces)
            for nombre, ruta in PREGUNTAS.items()
        }
    mostrar([f"{cuantos:,} movements" for cuantos in elegidas.movimientos], medidas)


def llenar(app: Flask, cuantos: int, productos: int) -> dict[str, Any]:
    """So many movements up to today; what questions are about."""
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
    analizar(app)
    segundos = time.perf_counter() - inicio
    print(f"{cuantos:,} movements of {historia.dias} days, {len(historia.lotes):,} lots: {segundos:.0f} s")
    primero = HOY - timedelta(days=historia.dias - 1)

    return {
        "guantes": GUANTES,
        "cursor": cursor_de_en_medio(ApiClient(app).as_("admin"), cuantos),
        "ultimos": f"desde={HOY - timedelta(days=DIAS - 1)}&hasta={HOY}",
        "primeros": f"desde={primero}&hasta={primero + timedelta(days=DIAS - 1)}",
    }


def cursor_de_en_medio(api: ApiClient, cuantos: int) -> str:
    """A place in the middle of the ledger of the product that moves most."""
    ruta = f"/inventario/productos/{GUANTES}/movimientos"
    pagina = max(min(cuantos // 20 // 20 // 2, 400), 1)
    return str(api.get(f"{ruta}?pagina={pagina}").get_json()["paginacion"]["siguiente"])


if __name__ == "__main__":
    main()
