"""How fast patients are found and listed in a big network. Prints p50 and p95 of each question.

    python benchmarks/busqueda_pacientes.py --bd postgresql --pacientes 1000000
    python benchmarks/busqueda_pacientes.py --bd sqlite --pacientes 100000

Fills a fresh database through the service's own migrations and asks through its own views, in this process:
token, permission, query and JSON are in the figures; the network and nginx are not.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

RAIZ = Path(__file__).parents[1]
sys.path[:0] = [str(RAIZ / carpeta) for carpeta in ("admin_service", "comun", "data")]

from flask import Flask  # noqa: E402
from sqlalchemy import insert, text  # noqa: E402

import listas  # noqa: E402
from admin.extensiones import db  # noqa: E402
from admin.modelos import Centro, CitaRef, Paciente  # noqa: E402
from admin.servicio import SERVICIO  # noqa: E402
from comun.migrations import upgrade  # noqa: E402
from comun.testing.client import ApiClient, ok  # noqa: E402
from comun.testing.databases import postgres_database, postgres_server, sqlite_database  # noqa: E402
from comun.testing.tokens import StaticTrust  # noqa: E402

TANDA = 10_000
CENTROS = 20
DOCTORES = 500
RARO = "Zyxwvut"

PREGUNTAS = {
    "rare name": "/admin/pacientes/buscar?q=zyxwvut",
    "common name": "/admin/pacientes/buscar?q=María",
    "common name, by surname": "/admin/pacientes/buscar?q=María&orden=apellidos",
    "common name, 3rd page": "/admin/pacientes/buscar?q=María&pagina=3",
    "surname of 1 in 40": "/admin/pacientes/buscar?q=zambrano",
    "surname of 1 in 4,000": "/admin/pacientes/buscar?q=quichama",
    "two words": "/admin/pacientes/buscar?q=zambrano rosa",
    "three words": "/admin/pacientes/buscar?q=rosa zambrano 17",
    "part of identification": "/admin/pacientes/buscar?q=17123",
    "whole identification": "/admin/pacientes/buscar?q={identificacion}",
    "part of phone": "/admin/pacientes/buscar?q=09912",
    "email": "/admin/pacientes/buscar?q=.zyxwvut@",
    "no match": "/admin/pacientes/buscar?q=josefinadelmar",
    "no match, common parts": "/admin/pacientes/buscar?q=maria zzambrano",
    "two letters": "/admin/pacientes/buscar?q=jo",
    "list": "/admin/pacientes",
    "list by surname": "/admin/pacientes?orden=apellidos",
    "list by name, descending": "/admin/pacientes?orden=-nombres",
    "list, newest first": "/admin/pacientes?orden=-creado_en",
    "list, last changed first": "/admin/pacientes?orden=-actualizado_en",
    "list by surname, page by cursor": "/admin/pacientes?cursor={cursor}",
    "filter by identification": "/admin/pacientes?identificacion={identificacion}",
    "filter by centre": "/admin/pacientes?centro_id=3",
    "one patient": "/admin/pacientes/{medio}",
    "booking's question": "/interno/reserva?doctor_id=1&centro_id=1&paciente_id={medio}",
}
DE_SECRETARIA = {
    "list": "/admin/pacientes",
    "common name": PREGUNTAS["common name"],
    "rare name": PREGUNTAS["rare name"],
}
DE_MEDICO = DE_SECRETARIA


def main() -> None:
    """Fill a database and ask it everything."""
    opciones = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    opciones.add_argument("--bd", choices=["postgresql", "sqlite"], default="postgresql")
    opciones.add_argument("--pacientes", type=int, default=1_000_000)
    opciones.add_argument("--veces", type=int, default=40, help="times that each question is asked")
    elegidas = opciones.parse_args()
    with ExitStack() as abiertos:
        url = (
            abiertos.enter_context(sqlite_database())
            if elegidas.bd == "sqlite"
            else abiertos.enter_context(postgres_database(abiertos.enter_context(postgres_server())))
        )
        app = crear(url)
        llenar(app, elegidas.pacientes)
        preguntar(app, elegidas.veces, elegidas.pacientes)
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def crear(url: str) -> Flask:
    """The service on a fresh database."""
    confianza = StaticTrust()
    app = replace(SERVICIO, trust_source=lambda _app: confianza).create_app(
        {"ADMIN_DATABASE_URL": url, "ADMIN_CLIENT_SECRET": "x", "LOG_LEVEL": "ERROR", "REVOCATION_POLL_SECONDS": 60.0}
    )
    upgrade(app)
    return app


def llenar(app: Flask, cuantos: int) -> None:
    """So many patients, and an appointment and a half of each."""
    inicio = time.perf_counter()
    momento = datetime.now(UTC)
    with app.app_context():
        sellos = {"version": 1, "creado_en": momento, "actualizado_en": momento}
        centros = [
            {"codigo": f"C{n}", "nombre": f"Centro {n}", "zona_horaria": "America/Guayaquil", "activo": True,
             "busqueda": "", **sellos}
            for n in range(CENTROS)
        ]  # fmt: skip
        db.session.execute(insert(Centro.__table__), centros)
        azar = random.Random(2026)
        fichas = pacientes(azar, cuantos, momento)
        for primero in range(0, cuantos, TANDA):
            tanda = [next(fichas) for _ in range(min(TANDA, cuantos - primero))]
            db.session.execute(insert(Paciente.__table__), tanda)
            db.session.execute(insert(CitaRef.__table__), citas(azar, primero, len(tanda), momento))
            db.session.commit()
        en_segundos = time.perf_counter() - inicio
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conexion:
            for orden in ("VACUUM ANALYZE",) if conexion.dialect.name == "postgresql" else ("ANALYZE",):
                conexion.execute(text(orden))
    print(f"{cuantos:,} patients in {en_segundos:.0f} s ({cuantos / en_segundos:,.0f}/s)\n")


def pacientes(azar: random.Random, cuantos: int, momento: datetime) -> Iterator[dict[str, Any]]:
    """Names as uneven as in life: a few surnames that many have, thousands that few have."""
    nombres = [nombre for genero in listas.NOMBRES.values() for nombre in genero] + ["María"] * 4
    silabas = "cha qui gua mo ta pi lla ro sa ne yu cho ba lu ti ra ma na ca za".split()
    raros = ["Quichama", *("".join(azar.choices(silabas, k=azar.randint(2, 4))).capitalize() for _ in range(3999))]

    def apellido() -> str:
        return azar.choice(listas.APELLIDOS) if azar.random() < 0.8 else azar.choice(raros)

    for numero in range(cuantos):
        ficha = {
            "nombres": f"{azar.choice(nombres)} {azar.choice(nombres)}",
            "apellidos": f"{apellido()} {apellido()}",
            "tipo_identificacion": "cedula",
            "identificacion": f"{azar.choice((9, 10, 17, 13, 1)):02d}{numero * 7 % 100_000_000:08d}",
            "telefono": f"09{azar.randrange(10**8):08d}",
            "fecha_nacimiento": date(1940, 1, 1) + timedelta(days=azar.randrange(31_000)),
            "estado_paciente": "activo" if azar.random() < 0.95 else "inactivo",
            "centro_id": azar.randint(1, CENTROS),
            "creado_en": momento - timedelta(minutes=cuantos - numero),
            "actualizado_en": momento - timedelta(seconds=azar.randrange(10**7)),
            "version": 1,
        }
        if numero % (cuantos // 5) == 7:
            ficha["apellidos"] = f"{RARO} {apellido()}"
        ficha["email"] = f"{ficha['nombres'].split()[0]}.{ficha['apellidos'].split()[0]}{numero}@example.com".lower()
        if RARO in ficha["apellidos"]:
            ficha["email"] = f"p{numero}.zyxwvut@example.com"
        yield {**ficha, "busqueda": Paciente.texto_de_busqueda(ficha)}


def citas(azar: random.Random, primero: int, cuantos: int, momento: datetime) -> list[dict[str, Any]]:
    """Appointments of these patients, at any of the centres, with any of the doctors."""
    return [
        {
            "cita_id": primero * 2 + numero + 1,
            "paciente_id": primero + numero % cuantos + 1,
            "doctor_id": azar.randint(1, DOCTORES),
            "centro_id": azar.randint(1, CENTROS),
            "fecha_hora": momento + timedelta(minutes=azar.randint(-500_000, 50_000)),
            "estado": azar.choice(("completada", "completada", "programada", "cancelada")),
            "secuencia": 1,
        }
        for numero in range(cuantos * 3 // 2)
    ]


def preguntar(app: Flask, veces: int, cuantos: int) -> None:
    """Ask everything, as each role."""
    api = ApiClient(app).as_("admin", [*app.extensions["comun"].permissions])
    medio = ok(api.get(f"/admin/pacientes/{cuantos // 2}"))
    datos = {
        "medio": medio["id"],
        "identificacion": medio["identificacion"],
        "cursor": cursor_profundo(api),
    }
    print(f"{'':34}{'rows':>5}{'p50 ms':>9}{'p95 ms':>9}")
    roles = (
        ("", api, PREGUNTAS),
        ("secretary: ", api.as_("secretaria", centros=[1, 2]), DE_SECRETARIA),
        ("doctor: ", api.as_("medico", doctor_id=7), DE_MEDICO),
    )
    for rol, quien, preguntas in roles:
        for nombre, ruta in preguntas.items():
            medir(quien, f"{rol}{nombre}", ruta.format(**datos), veces)
    medir(api, "report of all patients", "/admin/reportes/pacientes", 3)


def cursor_profundo(api: ApiClient) -> str:
    """A place far down the list by surname."""
    cursor = None
    for _ in range(60):
        consulta = {"cursor": cursor} if cursor else {"orden": "apellidos"}
        cursor = ok(api.get("/admin/pacientes", query_string={"tamano": 200, **consulta}))["paginacion"]["siguiente"]
    return str(cursor)


def medir(api: ApiClient, nombre: str, ruta: str, veces: int) -> None:
    """Ask one question again and again."""
    tiempos = []
    for _ in range(veces + 2):
        inicio = time.perf_counter()
        respuesta = api.get(ruta)
        tiempos.append((time.perf_counter() - inicio) * 1000)
    cuerpo = ok(respuesta)
    filas = len(cuerpo["datos"]) if "datos" in cuerpo else 1
    tiempos = sorted(tiempos[2:])
    p95 = tiempos[min(len(tiempos) - 1, round(len(tiempos) * 0.95))]
    print(f"{nombre:34}{filas:>5}{statistics.median(tiempos):>9.1f}{p95:>9.1f}")


if __name__ == "__main__":
    main()
