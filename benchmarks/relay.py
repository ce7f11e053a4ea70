"""What it costs to tell the others: the relay's throughput, its lag, and what bookings lose to it.

    python benchmarks/relay.py --segundos 10
    python benchmarks/relay.py --solo ritmo --turnos 3      # only what events cost that come at a steady pace

On PostgreSQL, with all services and workers. What it measures and how to read it: docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import psutil

sys.path.append(str(Path(__file__).resolve().parents[1] / "deploy" / "local"))

import dataset
import footprint
from cases import MOST_BOOKINGS
from dataset import Network
from load import Case, Result, Wrk, prepare
from local_settings import REPOSITORY, SUBSCRIBERS, free_ports
from local_system import System
from run import SETTINGS, WARM_UP_SECONDS, say

CONNECTIONS = 8
COMMITS = 1000
LAG = """
    SELECT percentile_cont(ARRAY[0.5, 0.95, 0.99, 1]) WITHIN GROUP
        (ORDER BY extract(epoch FROM entregada_en - momento) * 1000), count(*)
    FROM entrega JOIN evento_saliente ON evento_saliente.id = entrega.evento_id
    WHERE evento_saliente.id > %s AND entrega.estado = 'entregada'
"""


def main() -> int:
    """Run all and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--segundos", type=int, default=10, help="length of each case (10)")
    parser.add_argument("--turnos", type=int, default=4, help="how often with and without the relay (4)")
    parser.add_argument("--ritmo", type=int, nargs="+", default=[60, 250], help="events a second (60 250)")
    parser.add_argument("--eventos", type=int, default=10_000, help="events to drain (10000)")
    parser.add_argument("--solo", choices=("reservas", "ritmo", "espera", "reposo"), nargs="+", help="only these")
    options = parser.parse_args()
    wanted = options.solo or ("reservas", "espera", "reposo")
    with tempfile.TemporaryDirectory(prefix="odontocare-relay-") as folder:
        with System(Path(folder), db="postgresql", workers=2, ports=free_ports(), env=SETTINGS) as system:
            network = dataset.load(system, 2000, 4000, say)
            say(f"each event of citas_service goes to: {', '.join(SUBSCRIBERS['citas'])}\n")
            if "reservas" in wanted:
                _bookings(system, network, options.segundos, options.turnos)
            emitter = Emitter(system) if {"ritmo", "espera"} & {*wanted} else None
            if emitter and "ritmo" in wanted:
                for pace in options.ritmo:
                    _paced(system, emitter, pace, options.segundos, options.turnos)
            if emitter and "espera" in wanted:
                _drain(system, emitter, options.eventos)
            if "reposo" in wanted:
                _idle(system, options.segundos)
    return 0


# ---- Throughput, and the cost of the commit ---------------------------------------------------------------


class Emitter:
    """citas_service inside this process: tells of its appointments, in transactions of their own."""

    def __init__(self, system: System) -> None:
        os.environ.update(system.env, LOG_LEVEL="WARNING")
        sys.path.append(str(REPOSITORY / "citas_service"))
        from citas.extensiones import db
        from citas.modelos import Cita
        from citas.servicio import SERVICIO

        self._app, self._db = SERVICIO.create_app(), db
        with self._app.app_context():
            self._ids = db.session.scalars(db.select(Cita.id).order_by(Cita.id).limit(1000)).all()
            self._who = db.session.execute(db.select(Cita.paciente_id, Cita.doctor_id, Cita.centro_id).limit(1)).one()
            db.session.rollback()

    def tell(self, count: int, *, event: bool = True, pace: float = 0.0) -> list[float]:
        """Commit so many rows, each with its event or without; the milliseconds that each took, in order.

        `pace`: so many a second, as fast as it goes when 0.
        """
        from comun import audit, context
        from comun.events import emit

        times = []
        begun = time.monotonic()
        with self._app.app_context(), context.piece_of_work():
            for n in range(count):
                if pace:
                    time.sleep(max(0.0, begun + n / pace - time.monotonic()))
                started, cita = time.perf_counter(), self._ids[n % len(self._ids)]
                audit.record("cita", cita, {"n": n}, accion="banco")
                if event:
                    emit("cita.confirmada.v1", f"cita/{cita}", _data(cita, self._who))
                self._db.session.commit()
                times.append((time.perf_counter() - started) * 1000)
        return sorted(times)


def _paced(system: System, emitter: Emitter, pace: int, seconds: int, turns: int) -> None:
    """What delivering costs of the cores when events come at a steady pace, in turns with telling them alone."""
    costs = []
    for _ in range(turns):
        used = {}
        for relay in (False, True):
            if not relay:
                system.down("citas-worker")
            emitter.tell(pace, pace=pace)
            last, before, own = _last_event(system), footprint.cpu_seconds(system), time.process_time()
            emitter.tell(pace * seconds, pace=pace)
            if relay:
                dataset.wait_for_events(system, lambda _text: None)
            used[relay] = footprint.cpu_seconds(system) - before - (time.process_time() - own)
            if relay:
                say(f"  {_lag(system, last)}")
            else:
                system.up("citas-worker")
                dataset.wait_for_events(system, lambda _text: None)
        costs.append((used[True] - used[False]) / (pace * seconds) * 1000)
    say(
        f"{pace} events a second                    {statistics.median(costs):.2f} ms CPU an event to deliver it"
        f" ({', '.join(f'{cost:.2f}' for cost in costs)})\n"
    )


def _idle(system: System, seconds: int) -> None:
    """What the system takes while nothing happens, and the workers of it."""
    dataset.wait_for_events(system, lambda _text: None)
    time.sleep(3)
    workers = [psutil.Process(pid) for program, pid in system.pids.items() if program.endswith("-worker")]

    def of_workers() -> float:
        return sum(sum(worker.cpu_times()[:2]) for worker in workers)

    before, theirs = footprint.cpu_seconds(system), of_workers()
    time.sleep(seconds)
    whole, theirs = footprint.cpu_seconds(system) - before, of_workers() - theirs
    say(f"idle: {whole / seconds * 100:.1f} % of a core, {theirs / seconds * 100:.1f} % of it in the workers\n")


def _drain(system: System, emitter: Emitter, count: int) -> None:
    """Events that wait while the worker is down, and the time it needs for them."""
    system.down("citas-worker")
    plain, with_event = emitter.tell(COMMITS, event=False), emitter.tell(count)
    for what, times in (("commit of a row", plain), ("… and its event", with_event)):
        say(f"{what:40} p50 {statistics.median(times):6.2f} ms   p99 {times[len(times) * 99 // 100]:6.2f} ms")
    waiting = dataset.pending(system)
    before, started = footprint.cpu_seconds(system), time.monotonic()
    system.up("citas-worker")
    while dataset.pending(system) == waiting:
        time.sleep(0.02)
    begun = time.monotonic()
    while dataset.pending(system):
        time.sleep(0.05)
    seconds = time.monotonic() - begun
    cpu = footprint.cpu_seconds(system) - before
    say(
        f"{count} waiting events delivered in {seconds:.1f} s: {count / seconds:.0f}/s through one relay"
        f" (worker up after {begun - started:.1f} s; {cpu / count * 1000:.2f} ms CPU an event, all processes)\n"
    )


def _data(cita_id: int, who: Any) -> dict[str, Any]:
    return {
        "id": cita_id,
        "paciente_id": who.paciente_id,
        "doctor_id": who.doctor_id,
        "centro_id": who.centro_id,
        "sala_id": None,
        "fecha_hora": "2026-01-15T10:00:00-05:00",
        "duracion_minutos": 30,
        "estado": "confirmada",
        "motivo_consulta": "Control semestral",
        "reprograma_a_id": None,
        "reprogramada_en_id": None,
        "motivo": None,
    }


# ---- Bookings beside it -----------------------------------------------------------------------------------


def _bookings(system: System, network: Network, seconds: int, turns: int) -> None:
    """Bookings a second without and with the relay, in turns; then the lag at half of the most."""
    bodies = network.bookings()
    quick = Wrk(CONNECTIONS, seconds, WARM_UP_SECONDS)
    # The first run after a start is slower or faster than all others.
    quick.measure(_case(system, network, bodies, seconds), lambda: 0.0)
    results: dict[bool, list[Result]] = {False: [], True: []}
    latency = 0.0
    for turn in range(turns):
        for relay in (False, True) if turn % 2 == 0 else (True, False):
            if not relay:
                system.down("citas-worker")
            time.sleep(2)
            last = _last_event(system)
            result = quick.measure(_case(system, network, bodies, seconds), lambda: footprint.cpu_seconds(system))
            results[relay].append(result)
            latency = latency or result.p50
            name = "bookings, the relay works" if relay else "bookings, no relay"
            say(f"{name:40} {result.per_second:6.0f}/s  p50 {result.p50:.1f} ms  p99 {result.p99:.1f} ms"
                f"  {result.cpu:.2f} ms CPU  errors {result.errors}")  # fmt: skip
            if relay:
                say(f"  {_lag(system, last)}")
            else:
                system.up("citas-worker")
            dataset.wait_for_events(system, lambda _text: None)
    most, beside = (statistics.median(one.per_second for one in results[relay]) for relay in (False, True))
    say(f"bookings lose {(1 - beside / most) * 100:.1f} % to the relay (medians {most:.0f}/s and {beside:.0f}/s)")
    alone, together = (statistics.median(one.cpu for one in results[relay]) for relay in (False, True))
    say(
        f"and {(1 - alone / together) * 100:.1f} % by what each takes of the cores"
        f" (medians {alone:.2f} and {together:.2f} ms), which depends less on what else the machine does\n"
    )

    half = most / 2
    paced = Wrk(CONNECTIONS, seconds, WARM_UP_SECONDS, delay_ms=max(1, CONNECTIONS / half * 1000 - latency / 3))
    last = _last_event(system)
    result = paced.measure(_case(system, network, bodies, seconds), lambda: footprint.cpu_seconds(system))
    say(f"bookings at half of the most             {result.per_second:6.0f}/s  p50 {result.p50:.1f} ms"
        f"  p99 {result.p99:.1f} ms  errors {result.errors}")  # fmt: skip
    dataset.wait_for_events(system, lambda _text: None)
    say(f"  {_lag(system, last)}")


def _case(system: System, network: Network, bodies: Iterator[dict[str, Any]], seconds: int) -> Case:
    most = MOST_BOOKINGS // 4 * (seconds + WARM_UP_SECONDS)
    made = [prepare("POST", "/citas", token=network.secretary, body=body) for body in islice(bodies, most)]
    return Case("booking", system.url, made, 201, once=True)


def _last_event(system: System) -> int:
    with dataset.database(system, "citas") as connection, connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM evento_saliente")
        return int(cursor.fetchone()[0])


def _lag(system: System, after: int) -> str:
    """From the event's writing, just before the commit, to the moment when its delivery was put down."""
    with dataset.database(system, "citas") as connection, connection.cursor() as cursor:
        cursor.execute(LAG, (after,))
        (p50, p95, p99, longest), count = cursor.fetchone()
    return (
        f"from commit to delivery: p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms, longest {longest:.0f} ms"
        f" ({count} deliveries)"
    )


if __name__ == "__main__":
    sys.exit(main())
