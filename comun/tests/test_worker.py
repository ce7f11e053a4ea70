"""The worker: scheduled jobs once among replicas, failures contained, a clean end."""

import json
import signal
import threading
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from comun.db import now
from comun.events import emit
from comun.runtime import runtime
from comun.testing.deaths import program
from comun.testing.mechanism import bare_service
from comun.testing.patience import until
from comun.testing.peers import Peer, closed_port
from comun.testing.processes import Processes
from comun.worker import LONGEST_TICK, TICK, Heartbeat, Job, Scheduler


@pytest.fixture
def app(url: str) -> Iterator[Flask]:
    app = bare_service(url)
    yield app
    with app.app_context():
        app.extensions["comun"].db.engine.dispose()


def job_row(app: Flask, name: str) -> Any:
    with app.app_context():
        table = runtime().tables.jobs
        return runtime().db.session.execute(select(table).where(table.c.nombre == name)).one()


def change_job(app: Flask, name: str, **values: Any) -> None:
    with app.app_context():
        table = runtime().tables.jobs
        runtime().db.session.execute(update(table).where(table.c.nombre == name).values(**values))
        runtime().db.session.commit()


def test_a_job_runs_in_the_application_and_then_waits_for_its_turn(app: Flask) -> None:
    ran: list[str] = []
    scheduler = Scheduler(app, [Job("recordar", 3600, lambda: ran.append(runtime().service))])
    assert scheduler.tick() == 1
    scheduler.finish()
    assert ran == ["emisor"]
    row = job_row(app, "recordar")
    assert row.proxima_vez > now() + timedelta(minutes=59)
    assert (row.arrendado_hasta, row.ultimo_error) == (None, None)
    assert Scheduler(app, [Job("recordar", 3600, lambda: None)]).tick() == 0


def test_the_next_look_is_when_something_is_due(app: Flask) -> None:
    scheduler = Scheduler(app, [Job("pronto", 3600, lambda: None), Job("tarde", 3600, lambda: None)])
    assert scheduler.tick() == 2
    assert scheduler.pause() == LONGEST_TICK
    until(lambda: {job_row(app, name).arrendado_hasta for name in ("pronto", "tarde")} == {None})
    assert scheduler.tick() == 0
    # Their threads may end a moment after what they put down.
    until(lambda: (scheduler.tick(), scheduler.pause()) == (0, LONGEST_TICK))
    change_job(app, "pronto", proxima_vez=now() + timedelta(seconds=LONGEST_TICK - 0.1))
    if scheduler.tick() == 0:
        assert TICK <= scheduler.pause() < LONGEST_TICK
    scheduler.finish()


def test_the_next_look_is_when_what_was_started_is_due_again_or_its_lease_to_be_renewed(app: Flask) -> None:
    for job in (Job("a menudo", 1.0, lambda: None), Job("breve", 3600, lambda: None, lease_seconds=3.0)):
        scheduler = Scheduler(app, [job])
        assert scheduler.tick() == 1
        assert TICK <= scheduler.pause() <= 1.0
        scheduler.finish()


def test_while_a_job_goes_on_it_is_looked_at_often(app: Flask) -> None:
    end = threading.Event()
    scheduler = Scheduler(app, [Job("largo", 3600, end.wait)])
    assert (scheduler.tick(), scheduler.tick()) == (1, 0)
    assert scheduler.pause() == TICK
    end.set()
    scheduler.finish()


def test_replicas_share_the_jobs(app: Flask) -> None:
    ran: list[int] = []
    schedulers = [Scheduler(app, [Job("a", 3600, lambda: ran.append(1))]) for _ in range(6)]
    threads = [threading.Thread(target=scheduler.tick) for scheduler in schedulers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for scheduler in schedulers:
        scheduler.finish()
    assert ran == [1]


def test_a_job_that_fails_is_tried_again_soon_and_stops_no_other(app: Flask) -> None:
    def fail() -> None:
        raise ValueError("dato de Ana")

    ran: list[int] = []
    scheduler = Scheduler(app, [Job("mala", 3600, fail), Job("buena", 3600, lambda: ran.append(1))])
    assert scheduler.tick() == 2
    until(lambda: bool(ran) and job_row(app, "mala").ultimo_error is not None)
    scheduler.finish()
    assert ran == [1]
    row = job_row(app, "mala")
    assert row.ultimo_error == "ValueError"
    assert row.proxima_vez < now() + timedelta(seconds=61)


def test_the_lease_of_a_dead_replica_ends_and_that_of_a_living_one_is_renewed(app: Flask) -> None:
    end = threading.Event()
    job = Job("larga", 0, lambda: end.wait(60), lease_seconds=300)
    first, second = Scheduler(app, [job]), Scheduler(app, [job])
    assert first.tick() == 1
    change_job(app, "larga", arrendado_hasta=now() + timedelta(seconds=60))
    first._renew_at["larga"] -= 100  # a third of the lease later
    assert (first.tick(), second.tick()) == (0, 0)
    assert job_row(app, "larga").arrendado_hasta > now() + timedelta(seconds=200)
    change_job(app, "larga", arrendado_hasta=now() - timedelta(seconds=1))  # as if the first had died
    assert second.tick() == 1
    end.set()
    first.finish()
    second.finish()


def test_jobs_that_only_wait_for_a_thread_are_given_back(app: Flask) -> None:
    end = threading.Event()
    jobs = [Job(f"trabajo-{number}", 3600, lambda: end.wait(60)) for number in range(6)]
    scheduler = Scheduler(app, jobs)
    assert scheduler.tick() == 6
    threading.Timer(0.2, end.set).start()
    scheduler.finish()
    rows = [job_row(app, job.name) for job in jobs]
    assert {row.arrendado_hasta for row in rows} == {None}
    assert sum(row.ultimo_fin is None for row in rows) == 2


def test_a_job_that_does_not_end_in_time_is_soon_another_replicas(app: Flask) -> None:
    end = threading.Event()
    job = Job("larga", 0, lambda: end.wait(60), lease_seconds=300)
    first, second = Scheduler(app, [job]), Scheduler(app, [job])
    assert first.tick() == 1
    first.finish(timeout=0.1)  # whoever wants it to stop kills it now
    until(lambda: second.tick() == 1)
    end.set()
    second.finish()


def metrics(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        return str(answer.read().decode())


WORKER = """
import json, sys, time
from comun.testing.mechanism import bare_service
from comun.worker import Job, run_worker
subscribers, settings = json.loads(sys.argv[2]), json.loads(sys.argv[3])
app = bare_service(sys.argv[1], subscribers=subscribers, settings=settings, jobs=["lenta"], create=False)
def slow():
    print("job", flush=True)
    time.sleep(0.5)
    print("job done", flush=True)
run_worker(app, [Job("lenta", 3600, slow)])
print("end", flush=True)
"""


@pytest.mark.processes
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_delivers_works_shows_and_ends_cleanly(
    app: Flask, url: str, tmp_path: Path, number: signal.Signals, processes: Processes
) -> None:
    port, beat = closed_port(), tmp_path / "latido"
    settings = {"EMISOR_WORKER_METRICS_PORT": port, "EMISOR_WORKER_HEARTBEAT": str(beat)}
    sender = bare_service(url, subscribers={"admin": "por-definir"}, settings=settings, create=False)
    with Peer() as admin:
        arguments = [url, json.dumps({"admin": admin.url}), json.dumps(settings)]
        process = processes.start(None, program, WORKER, *arguments, output=True)
        assert process.readline() == "job\n"
        with sender.app_context():
            emit("x.v1", "x/1", {})
            runtime().db.session.commit()
            until(lambda: len(admin.seen) == 1)
            runtime().db.engine.dispose()
        until(Heartbeat(sender).alive)
        # The subscriber has seen it before the worker counts it as delivered.
        until(lambda: 'event_deliveries_total{outcome="delivered",subscriber="admin"} 1.0' in metrics(port))
        assert 'event_outbox_pending{subscriber="admin"}' in metrics(port)
        assert "\nworker_heartbeat_age_seconds " in metrics(port)
        assert 'job_last_start_timestamp_seconds{job="lenta"}' in metrics(port)
        process.send_signal(number)
        give_up = threading.Timer(60, process.kill)
        give_up.start()
        assert process.read() == "job done\nend\n"
        assert process.wait() == 0
        give_up.cancel()
