"""What it costs to tell the others: the relay's throughput, its lag, and what bookings lose to it.

    python benchmarks/relay.py --segundos 10

On PostgreSQL, with all services and workers. What it measures and how to read it: docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parents[1] / "deploy" / "local"))

import dataset
import footprint
from cases import MOST_BOOKINGS
from dataset import Network
from load import Case, Wrk, prepare
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
    parser.add_argument("--segundos", type=int, default=10, help="length of each booking case (10)")
    parser.add_argument("--eventos", type=int, default=10_000, help="events to drain (10000)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="odontocare-relay-") as folder:
        with System(Path(folder), db="postgresql", workers=2, ports=free_ports(), env=SETTINGS) as system:
            network = dataset.load(system, 2000, 4000, say)
            say(f"each event of citas_service goes to: {', '.join(SUBSCRIBERS['citas'])}\n")
            _bookings(system, network, options.segundos)
            _drain(system, options.eventos)
    return 0


# ---- Throughput, and the cost of the commit ---------------------------------------------------------------


def _drain(system: System, count: int) -> None:
    """Events that wait while the worker is down, and the time it needs for them."""
    system.down("citas-worker")
    os.environ.update(system.env, LOG_LEVEL="WARNING")
    sys.path.append(str(REPOSITORY / "citas_service"))
    from citas.extensiones import db
    from citas.modelos import Cita
    from citas.servicio import SERVICIO
    from comun import audit, context
    from comun.events import emit

    app = SERVICIO.create_app()
    with app.app_context(), context.piece_of_work():
        ids = db.session.scalars(db.select(Cita.id).order_by(Cita.id).limit(1000)).all()

        def row(n: int) -> None:
            audit.record("cita", ids[n % len(ids)], {"n": n}, accion="banco")

        def row_and_event(n: int) -> None:
            row(n)
            emit("cita.confirmada.v1", f"cita/{ids[n % len(ids)]}", _data(ids[n % len(ids)], network_ids))

        network_ids = db.session.execute(db.select(Cita.paciente_id, Cita.doctor_id, Cita.centro_id).limit(1)).one()
        plain = _commit_ms(db.session, row, COMMITS)
        with_event = _commit_ms(db.session, row_and_event, count)
    say(f"commit of a row                          p50 {plain[0]:6.2f} ms   p99 {plain[1]:6.2f} ms")
    say(f"… and its event                          p50 {with_event[0]:6.2f} ms   p99 {with_event[1]:6.2f} ms")
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


def _commit_ms(session: Any, work: Callable[[int], None], count: int) -> tuple[float, float]:
    """p50 and p99 of the time of a transaction."""
    times = []
    for n in range(count):
        started = time.perf_counter()
        work(n)
        session.commit()
        times.append((time.perf_counter() - started) * 1000)
    times.sort()
    return statistics.median(times), times[len(times) * 99 // 100]


# ---- Bookings beside it -----------------------------------------------------------------------------------


def _bookings(system: System, network: Network, seconds: int) -> None:
    """Bookings a second without and with the relay, in turns; then the lag at half of the most."""
    bodies = network.bookings()
    quick = Wrk(CONNECTIONS, seconds, WARM_UP_SECONDS)
    # The first run after a start is slower or faster than all others.
    quick.measure(_case(system, network, bodies, seconds), lambda: 0.0)
    rates: dict[bool, list[float]] = {False: [], True: []}
    latency = 0.0
    for turn in range(4):
        for relay in (False, True) if turn % 2 == 0 else (True, False):
            if not relay:
                system.down("citas-worker")
            time.sleep(2)
            last = _last_event(system)
            result = quick.measure(_case(system, network, bodies, seconds), lambda: footprint.cpu_seconds(system))
            rates[relay].append(result.per_second)
            latency = latency or result.p50
            name = "bookings, the relay works" if relay else "bookings, no relay"
            say(f"{name:40} {result.per_second:6.0f}/s  p50 {result.p50:.1f} ms  p99 {result.p99:.1f} ms"
                f"  {result.cpu:.2f} ms CPU  errors {result.errors}")  # fmt: skip
            if relay:
                say(f"  {_lag(system, last)}")
            else:
                system.up("citas-worker")
            dataset.wait_for_events(system, lambda _text: None)
    most, beside = (statistics.median(rates[relay]) for relay in (False, True))
    say(f"bookings lose {(1 - beside / most) * 100:.1f} % to the relay (medians {most:.0f}/s and {beside:.0f}/s)\n")

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
