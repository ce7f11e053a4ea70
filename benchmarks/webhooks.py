"""What a dead and a slow endpoint cost the one that is well. Prints events per second and lag of the healthy one.

    python benchmarks/webhooks.py --eventos 10000

A real worker on PostgreSQL, receivers in processes of their own. The healthy endpoint gets the same events twice:
alone, and while one endpoint refuses connections and another takes a second for each answer. Then the dead one
comes back. Lag is from the moment that an event was received to that at which the endpoint has it.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

RAIZ = Path(__file__).parents[1]
sys.path[:0] = [str(RAIZ / carpeta) for carpeta in ("comunicaciones_service", "comun")]

import psutil  # noqa: E402
from flask import Flask  # noqa: E402
from receivers import Arrival, Receiver, free_port  # noqa: E402
from sqlalchemy import insert, select, text, update  # noqa: E402

from comun.db import now  # noqa: E402
from comun.migrations import upgrade  # noqa: E402
from comun.testing.databases import postgres_database, postgres_server  # noqa: E402
from comun.testing.tokens import StaticTrust  # noqa: E402
from comunicaciones.extensiones import db  # noqa: E402
from comunicaciones.modelos import EntregaWebhook, Evento, Webhook  # noqa: E402
from comunicaciones.secretos import cifrar, secreto_nuevo  # noqa: E402
from comunicaciones.servicio import SERVICIO  # noqa: E402

CLAVE = "clave-de-la-medicion-0123456789-0123456789"
AJUSTES = {
    "COMUNICACIONES_SECRET_KEY": CLAVE,
    "COMUNICACIONES_CLIENT_SECRET": "secreto-de-la-medicion",
    "COMUNICACIONES_REDES_PERMITIDAS": "127.0.0.0/8",
    "COMUNICACIONES_WEBHOOK_ESPERA_MAXIMA_SEGUNDOS": "5",
    "LOG_LEVEL": "CRITICAL",
}
TANDA = 500
LENTO = 1.0  # seconds for each answer


def say(texto: str = "") -> None:
    """Print at once."""
    print(texto, flush=True)


def main() -> int:
    """Run all and print the figures; the exit status says whether every event came, once and in order."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--eventos", type=int, default=10_000, help="events that wait for each endpoint (10000)")
    parser.add_argument("--sujetos", type=int, default=1000, help="appointments that they are of (1000)")
    parser.add_argument("--ritmo", type=int, default=50, help="events per second while the lag is measured (50)")
    parser.add_argument("--segundos", type=int, default=20, help="for so long (20)")
    opciones = parser.parse_args()
    with postgres_server() as servidor, postgres_database(servidor) as url, tempfile.TemporaryDirectory() as carpeta:
        app = _aplicacion(url)
        with app.app_context(), _trabajador(url, Path(carpeta)) as trabajador:
            return _medir(opciones, trabajador)


def _aplicacion(url: str) -> Flask:
    servicio = replace(SERVICIO, trust_source=lambda _app: StaticTrust())
    app = servicio.create_app(
        {
            "COMUNICACIONES_DATABASE_URL": url,
            "COMUNICACIONES_CLIENT_SECRET": "x",
            "COMUNICACIONES_SECRET_KEY": [CLAVE],
            "LOG_LEVEL": "ERROR",
        }
    )
    upgrade(app)
    with app.app_context(), db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conexion:
        # The server of the tests does without, a real one does not.
        for ajuste in ("fsync", "synchronous_commit", "full_page_writes"):
            conexion.execute(text(f"ALTER SYSTEM SET {ajuste} = on"))
        conexion.execute(text("SELECT pg_reload_conf()"))
    return app


@contextmanager
def _trabajador(url: str, carpeta: Path) -> Iterator[psutil.Process]:
    latido = carpeta / "latido"
    proceso = subprocess.Popen(
        [sys.executable, "-m", "comunicaciones", "worker"],
        cwd=RAIZ / "comunicaciones_service",
        env={
            **os.environ,
            **AJUSTES,
            "COMUNICACIONES_DATABASE_URL": url,
            "COMUNICACIONES_WORKER_HEARTBEAT": str(latido),
            "PYTHONPATH": os.pathsep.join(sys.path),
        },
    )
    try:
        _hasta_que(latido.exists)
        yield psutil.Process(proceso.pid)
    finally:
        proceso.terminate()
        proceso.wait(30)


def _medir(opciones: argparse.Namespace, trabajador: psutil.Process) -> int:
    sano, lento, muerto = Receiver().start(), Receiver(LENTO).start(), Receiver(port=free_port())
    bien = _suscribir(sano)
    say(f"{opciones.eventos} events of {opciones.sujetos} appointments; the slow one takes {LENTO:.0f} s an answer")
    say(f"lag at {opciones.ritmo} events/s\n")
    say(f"{'the healthy endpoint':24} {'events/s':>9} {'CPU ms':>7} {'lag p50':>9} {'lag p99':>9}")
    solo = _caso("alone", opciones, sano, [bien], trabajador)
    otros = [_suscribir(muerto), _suscribir(lento)]
    acompanado = _caso("beside dead and slow", opciones, sano, [bien, *otros], trabajador)
    say(f"\nof its speed alone: {acompanado / solo:.0%}; the slow one has {lento.count()} meanwhile")
    completo = _vuelve(muerto, otros[0])
    for receptor in (sano, lento, muerto):
        receptor.stop()
    return 0 if completo else 1


def _caso(
    nombre: str, opciones: argparse.Namespace, sano: Receiver, quienes: list[int], trabajador: psutil.Process
) -> float:
    """Events per second of the healthy endpoint with all waiting; prints that, and the lag of a steady stream."""
    _pausar(quienes)
    _llegan(opciones.eventos, opciones.sujetos, quienes)
    antes = _cpu(trabajador)
    _activar(quienes)
    _hasta_que(lambda: sano.count() >= opciones.eventos)
    cpu = _cpu(trabajador) - antes
    llegadas = sano.take()
    ritmo = (len(llegadas) - 1) / (llegadas[-1][3] - llegadas[0][3])
    assert _en_orden(llegadas), "the healthy endpoint got something twice or out of order"

    desde = time.time()
    for n in range(opciones.ritmo * opciones.segundos):
        time.sleep(max(0.0, desde + n / opciones.ritmo - time.time()))
        _llegan(1, 1, quienes, sujeto=f"corriente/{n % opciones.sujetos}")
    _hasta_que(lambda: sano.count() >= opciones.ritmo * opciones.segundos)
    retrasos = _retrasos(sano.take())
    p50, p99 = statistics.median(retrasos), statistics.quantiles(retrasos, n=100)[98]
    say(f"{nombre:24} {ritmo:9.0f} {cpu / opciones.eventos * 1000:7.2f} {p50 * 1000:6.0f} ms {p99 * 1000:6.0f} ms")
    return float(ritmo)


def _vuelve(muerto: Receiver, quien: int) -> bool:
    """Bring the dead endpoint back; whether it gets all that it has missed, each once and in order."""
    pendientes = int(
        db.session.scalar(
            select(db.func.count()).where(EntregaWebhook.webhook_id == quien, EntregaWebhook.estado == "pendiente")
        )
        or 0
    )
    db.session.commit()
    muerto.start()
    desde = time.time()
    _hasta_que(lambda: muerto.count() >= pendientes)
    llegadas = muerto.take()
    bien = _en_orden(llegadas) and len(llegadas) == pendientes
    say(
        f"the dead one comes back: {len(llegadas)} events in {llegadas[-1][3] - desde:.1f} s"
        f" (the first after {llegadas[0][3] - desde:.1f} s), {'each once and in order' if bien else 'NOT in order'}"
    )
    return bien


# ---- What happens ------------------------------------------------------------------------------------------

_secuencias: dict[str, int] = defaultdict(int)


def _llegan(cuantos: int, sujetos: int, quienes: list[int], sujeto: str | None = None) -> None:
    """Events come in, each for all of these webhooks, as the consumer writes them down."""
    for inicio in range(0, cuantos, TANDA):
        momento = now()
        filas = [_fila(sujeto or f"cita/{n % sujetos}", momento) for n in range(inicio, min(inicio + TANDA, cuantos))]
        ids = db.session.scalars(insert(Evento).returning(Evento.id, sort_by_parameter_order=True), filas).all()
        tiempos = {"pendiente_desde": momento, "proximo_intento": momento}
        db.session.execute(
            insert(EntregaWebhook),
            [
                {"webhook_id": quien, "evento_id": evento_id, "sujeto": fila["sujeto"], **tiempos}
                for evento_id, fila in zip(ids, filas, strict=True)
                for quien in quienes
            ],
        )
        db.session.commit()


def _fila(sujeto: str, momento: Any) -> dict[str, Any]:
    _secuencias[sujeto] += 1
    return {
        "origen": "/citas",
        "evento_id": f"{sujeto}/{_secuencias[sujeto]}",
        "tipo": "cita.programada.v1",
        "sujeto": sujeto,
        "secuencia": _secuencias[sujeto],
        "momento": momento,
        "recibido_en": momento,
        "datos": {"id": 1, "paciente_id": 1, "doctor_id": 2, "centro_id": 3, "motivo_consulta": "Control semestral"},
    }


def _suscribir(receptor: Receiver) -> int:
    nuevo = Webhook(nombre="medido", url=receptor.url, tipos=["*"], secreto=cifrar(secreto_nuevo()))
    db.session.add(nuevo)
    db.session.commit()
    return nuevo.id


def _pausar(quienes: list[int]) -> None:
    _poner(quienes, estado="pausado", motivo_pausa="manual")


def _activar(quienes: list[int]) -> None:
    _poner(quienes, estado="activo", motivo_pausa=None)


def _poner(quienes: list[int], **valores: Any) -> None:
    db.session.execute(update(Webhook).where(Webhook.id.in_(quienes)).values(**valores))
    db.session.commit()


# ---- What came of it ---------------------------------------------------------------------------------------


def _retrasos(llegadas: list[Arrival]) -> list[float]:
    """Seconds from an event's receipt to its arrival."""
    recibidos = dict(
        db.session.execute(
            select(Evento.evento_id, Evento.recibido_en).where(Evento.evento_id.in_([una[0] for una in llegadas]))
        ).all()
    )
    db.session.commit()
    return [momento - recibidos[evento_id].timestamp() for evento_id, _, _, momento in llegadas]


def _en_orden(llegadas: list[Arrival]) -> bool:
    por_sujeto: dict[str, list[int]] = defaultdict(list)
    for _, sujeto, secuencia, _ in llegadas:
        por_sujeto[sujeto].append(secuencia)
    return all(numeros == sorted(set(numeros)) for numeros in por_sujeto.values())


def _cpu(proceso: psutil.Process) -> float:
    tiempos = proceso.cpu_times()
    return float(tiempos.user + tiempos.system)


def _hasta_que(condicion: Callable[[], bool], segundos: float = 600.0) -> None:
    fin = time.monotonic() + segundos
    while not condicion():
        if time.monotonic() > fin:
            raise TimeoutError("did not happen in time")
        time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main())
