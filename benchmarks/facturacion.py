"""How fast money is reported, with few transactions and with many. Prints p50, p95 and statements.

    python benchmarks/facturacion.py
    python benchmarks/facturacion.py --bd sqlite --transacciones 10000 1000000 --veces 20

Fills a fresh database for each number of transactions, with the invoices, expenses and entries of the ledger that
they are of, through the service's own migrations, and asks through its own views, in this process: token, permission,
queries and JSON are in the figures; the network and nginx are not. There are as many transactions a day in each, so
that a hundred times as many are a hundred times as many days. The neighbours whom the dashboard asks answer at once,
from this process too.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

RAIZ = Path(__file__).parents[1]
sys.path[:0] = [str(RAIZ / carpeta) for carpeta in ("facturacion_service", "comun")]

from facturacion_historia import HOY, POR_DIA, Historia, catalogos  # noqa: E402
from flask import Flask  # noqa: E402
from vistas import BASES, analizar, aplicaciones, medir, mostrar  # noqa: E402

from comun.testing.client import ApiClient  # noqa: E402
from comun.testing.peers import Peer, Reply, Seen  # noqa: E402
from facturacion.extensiones import db  # noqa: E402
from facturacion.servicio import SERVICIO  # noqa: E402

_FINANCIERO, _ESTADISTICAS = "/facturacion/reportes/financiero?", "/facturacion/estadisticas/"
PREGUNTAS = {
    "transactions page": "/facturacion/transacciones",
    "transactions of a day": "/facturacion/transacciones?fecha={hoy}",
    "transactions of a doctor": "/facturacion/transacciones?doctor_id=3",
    "daily report": "/facturacion/transacciones/reporte-diario?fecha={hoy}",
    "daily report of a centre": "/facturacion/transacciones/reporte-diario?fecha={hoy}&centro_id=2",
    "daily report of the first day": "/facturacion/transacciones/reporte-diario?fecha={primero}",
    "monthly report": "/facturacion/transacciones/reporte-mensual?mes={mes}",
    "summary of a month": "/facturacion/transacciones/resumen?{del_mes}",
    "dashboard": "/facturacion/reportes/tablero",
    "dashboard of a centre": "/facturacion/reportes/tablero?centro_id=2",
    "financial: month by day": _FINANCIERO + "{del_mes}",
    "… by doctor": _FINANCIERO + "{del_mes}&agrupar=doctor",
    "… by treatment": _FINANCIERO + "{del_mes}&agrupar=tratamiento",
    "… by insurer": _FINANCIERO + "{del_mes}&agrupar=aseguradora",
    "… by treatment, of a centre": _FINANCIERO + "{del_mes}&agrupar=tratamiento&centro_id=2",
    "… by day, as XLSX": _FINANCIERO + "{del_mes}&formato=xlsx",
    "… the first 30 days": _FINANCIERO + "{primeros}",
    "financial: year by month": _FINANCIERO + "{del_ano}&agrupar=mes",
    "… by doctor ": _FINANCIERO + "{del_ano}&agrupar=doctor",
    "… by treatment ": _FINANCIERO + "{del_ano}&agrupar=tratamiento",
    "receivables": "/facturacion/reportes/cartera",
    "receivables by centre": "/facturacion/reportes/cartera?agrupar=centro",
    "statistics of a month": _ESTADISTICAS + "clinica?{del_mes}",
    "… of a doctor": _ESTADISTICAS + "doctores/3?{del_mes}",
}
RESUMENES = {
    "citas": {"total": 60, "por_estado": {"programada": 60}, "reprogramadas": 0, "pacientes_atendidos": 0},
    "admin": {"pacientes_nuevos": 12},
    "inventario": {"stock_bajo": {"total": 0, "primeros": []}},
}


def main() -> None:
    """Fill a database for each size and ask it everything."""
    opciones = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    opciones.add_argument("--bd", choices=BASES, default=BASES[0])
    opciones.add_argument("--transacciones", type=int, nargs="+", default=[10_000, 1_000_000])
    opciones.add_argument("--por-dia", type=int, default=POR_DIA, help="transactions a day")
    opciones.add_argument("--veces", type=int, default=40, help="times that each question is asked")
    elegidas = opciones.parse_args()
    with Peer(_vecino) as vecinos, aplicaciones(SERVICIO, elegidas.bd, _ajustes(vecinos.url)) as nueva:
        redes = []
        for cuantas in elegidas.transacciones:
            app = nueva()
            redes.append((app, llenar(app, cuantas, elegidas.por_dia)))
        # Their tokens would not outlive the filling.
        preguntones = [(ApiClient(app).as_("admin"), datos) for app, datos in redes]
        medidas = {
            nombre: medir([(api, ruta.format(**datos)) for api, datos in preguntones], elegidas.veces)
            for nombre, ruta in PREGUNTAS.items()
        }
    mostrar([f"{cuantas:,} transactions" for cuantas in elegidas.transacciones], medidas)


def llenar(app: Flask, cuantas: int, por_dia: int) -> dict[str, Any]:
    """So many transactions up to today; what questions are about."""
    inicio = time.perf_counter()
    with app.app_context():
        catalogos(db.session())
        historia = Historia(db.session(), random.Random(2026), cuantas, por_dia)
        for _ in historia.escribir():
            pass
        db.session.commit()
    analizar(app)
    segundos = time.perf_counter() - inicio
    filas = ", ".join(f"{volcado.escritas:,} {tabla}" for tabla, volcado in historia.tablas.items())
    print(f"{cuantas:,} transactions of {historia.dias} days ({filas}): {segundos:.0f} s")
    fin_de_mes = HOY.replace(day=1) - timedelta(days=1)
    return {
        "hoy": HOY,
        "primero": historia.primero,
        "mes": f"{fin_de_mes:%Y-%m}",
        "del_mes": f"desde={fin_de_mes.replace(day=1)}&hasta={fin_de_mes}",
        "del_ano": f"desde={HOY - timedelta(days=364)}&hasta={HOY}",
        "primeros": f"desde={historia.primero}&hasta={historia.primero + timedelta(days=29)}",
    }


def _ajustes(url: str) -> dict[str, str]:
    vecinos = {f"{nombre.upper()}_URL": f"{url}/{nombre}" for nombre in RESUMENES}
    # Nothing is stored there: no question is about files.
    return {"AUTH_URL": url, "FACTURACION_ALMACEN": Path("/tmp/facturacion").as_uri(), **vecinos}


def _vecino(seen: Seen) -> Reply:
    """Each of the neighbours, at a path of its own."""
    camino = urlsplit(seen.path).path
    if camino == "/auth/token":
        return Reply(json={"access_token": "x", "token_type": "bearer", "expires_in": 900})
    return Reply(json=RESUMENES[camino.split("/")[1]])


if __name__ == "__main__":
    main()
