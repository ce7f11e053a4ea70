"""What those who look after a service see of its worker, its jobs and its events."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Table, func, select, text, update

from comun import health
from comun.db import now
from comun.events import emit
from comun.health import register_health
from comun.jobs import work_state
from comun.metrics import register_metrics
from comun.runtime import runtime
from comun.testing.mechanism import bare_service
from comun.worker import Heartbeat, Job, Scheduler


def fail() -> None:
    raise ValueError("dato de Ana")


JOBS = [Job("recordar", 3600, lambda: None), Job("resolver", 3600, fail)]


@pytest.fixture
def app(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    monkeypatch.setattr(health, "KEPT_SECONDS", 0.0)
    subscribers = {"admin": "http://127.0.0.1:1", "auth": "http://127.0.0.1:1"}
    app = bare_service(url, subscribers=subscribers, jobs=[job.name for job in JOBS])
    register_metrics(app)
    register_health(app, "emisor", {})
    yield app
    with app.app_context():
        runtime().db.engine.dispose()


@pytest.fixture
def long_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that answers has been there for a while."""
    monkeypatch.setattr(health, "STARTING_SECONDS", 0.0)


def change(app: Flask, table: Callable[[], Table], *where: Any, **values: Any) -> None:
    with app.app_context():
        runtime().db.session.execute(update(table()).where(*where).values(**values))
        runtime().db.session.commit()


def run_jobs(app: Flask, *jobs: Job) -> None:
    """One turn of each; due ones only."""
    chosen = jobs or JOBS
    scheduler = Scheduler(app, chosen)
    assert scheduler.tick() == len(chosen)
    with app.app_context():
        leased = select(func.count()).where(runtime().tables.jobs.c.arrendado_hasta.is_not(None))
        end = time.monotonic() + 30
        while runtime().db.session.scalar(leased):
            assert time.monotonic() < end, "they did not end"
            runtime().db.session.rollback()
            time.sleep(0.01)
        runtime().db.session.rollback()
    scheduler.finish()


def checks(app: Flask) -> dict[str, Any]:
    """The report of readiness; nothing that these tests do makes the service unready."""
    ready = app.test_client().get("/emisor/health/ready")
    assert (ready.status_code, ready.json["estado"]) == (200, "listo")
    found: dict[str, Any] = ready.json["comprobaciones"]
    return found


def jobs(app: Flask) -> dict[str, dict[str, Any]]:
    return {job["nombre"]: job for job in checks(app)["trabajos"]["detalle"]}


def samples(app: Flask) -> dict[tuple[str, str], float]:
    """Name and the only label → value."""
    page = app.test_client().get("/metrics").get_data(as_text=True)
    return {
        (sample.name, next(iter(sample.labels.values()), "")): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
        if len(sample.labels) < 2
    }


def test_each_subscriber_is_told_by_itself(app: Flask) -> None:
    with app.app_context():
        emit("x.v1", "x/1", {})
        runtime().db.session.commit()
        deliveries = runtime().tables.deliveries
    ago = now() - timedelta(minutes=10)
    change(app, lambda: deliveries, deliveries.c.suscriptor == "admin", pendiente_desde=ago, estado="fallida")
    found = checks(app)["eventos"]
    assert (found["pendientes"], found["fallidos"], found["atascado"]) == (1, 1, True)
    admin, auth = found["suscriptores"]["admin"], found["suscriptores"]["auth"]
    assert (admin["pendientes"], admin["fallidos"], admin["atascado"]) == (0, 1, True)
    assert 600 <= admin["atraso_segundos"] < 660
    assert (auth["pendientes"], auth["fallidos"], auth["atascado"]) == (1, 0, False)


def test_a_worker_that_is_there_is_seen(app: Flask, long_ago: None) -> None:
    Heartbeat(app).record()
    found = checks(app)
    assert found["trabajos"]["trabajador_activo"] is True
    assert found["trabajos"]["latido_hace_segundos"] < 30
    assert found["eventos"]["atascado"] is False
    assert samples(app)["worker_heartbeat_age_seconds", ""] < 30


def test_without_a_worker_events_are_stuck_before_any_waits_for_long(app: Flask, long_ago: None) -> None:
    found = checks(app)
    assert (found["trabajos"]["trabajador_activo"], found["trabajos"]["latido_hace_segundos"]) == (False, None)
    assert found["eventos"]["atascado"] is True
    Heartbeat(app).record()
    change(app, lambda: runtime().tables.jobs, ultimo_fin=now() - timedelta(minutes=5))
    found = checks(app)
    assert found["trabajos"]["trabajador_activo"] is False
    assert 300 <= found["trabajos"]["latido_hace_segundos"] < 330
    assert found["eventos"]["atascado"] is True
    assert samples(app)["worker_heartbeat_age_seconds", ""] >= 300


def test_a_worker_that_only_starts_is_not_missed(app: Flask) -> None:
    found = checks(app)
    assert (found["trabajos"]["trabajador_activo"], found["eventos"]["atascado"]) == (True, False)


def test_a_heartbeat_is_put_down_seldom(app: Flask) -> None:
    heartbeat = Heartbeat(app)
    heartbeat.record()
    with app.app_context():
        first = work_state().heartbeat
    heartbeat.record()
    with app.app_context():
        assert work_state().heartbeat == first
    Heartbeat(app).record()
    with app.app_context():
        again = work_state().heartbeat
    assert first is not None and again is not None and again > first


def test_jobs_are_told_before_any_worker_came(app: Flask) -> None:
    assert jobs(app)["recordar"] == {
        "nombre": "recordar",
        "ultimo_inicio": None,
        "ultimo_fin": None,
        "error": None,
        "en_curso": False,
        "atraso_segundos": 0.0,
        "atrasado": False,
    }


def test_a_job_that_fails_keeps_its_last_good_end_and_names_its_error(app: Flask) -> None:
    begun = now()
    run_jobs(app)
    found = jobs(app)
    assert list(found) == ["recordar", "resolver"]
    assert found["recordar"]["error"] is None
    assert found["recordar"]["ultimo_inicio"] >= begun.isoformat()
    assert found["recordar"]["ultimo_fin"] >= found["recordar"]["ultimo_inicio"]
    assert (found["resolver"]["error"], found["resolver"]["ultimo_fin"]) == ("ValueError", None)
    assert "Ana" not in str(found)
    seen = samples(app)
    assert (seen["job_failing", "recordar"], seen["job_failing", "resolver"]) == (0, 1)
    assert seen["job_last_success_timestamp_seconds", "recordar"] >= begun.timestamp()
    assert 0 <= seen["job_seconds_since_success", "recordar"] < 30
    assert ("job_seconds_since_success", "resolver") not in seen
    assert seen["job_last_start_timestamp_seconds", "resolver"] >= begun.timestamp()

    # It fails after it had been well: when it was is still known.
    jobs_table = app.extensions["comun"].tables.jobs
    good = now() - timedelta(hours=2)
    values = {"ultimo_fin": good, "proxima_vez": now(), "ultimo_error": None}
    change(app, lambda: jobs_table, jobs_table.c.nombre == "resolver", **values)
    run_jobs(app, JOBS[1])
    assert (jobs(app)["resolver"]["error"], jobs(app)["resolver"]["ultimo_fin"]) == ("ValueError", good.isoformat())


def test_a_job_that_nobody_takes_is_late_and_one_that_runs_is_not(app: Flask) -> None:
    run_jobs(app)
    change(app, lambda: runtime().tables.jobs, proxima_vez=now() - timedelta(minutes=10))
    found = jobs(app)["recordar"]
    assert (found["atrasado"], found["en_curso"]) == (True, False)
    assert 600 <= found["atraso_segundos"] < 660
    assert 600 <= samples(app)["job_overdue_seconds", "recordar"] < 660
    change(app, lambda: runtime().tables.jobs, arrendado_hasta=now() + timedelta(minutes=1))
    found = jobs(app)["recordar"]
    assert (found["atrasado"], found["en_curso"], found["atraso_segundos"]) == (False, True, 0.0)


def test_jobs_that_this_version_no_longer_has_are_not_missed(app: Flask) -> None:
    run_jobs(app, Job("antiguo", 3600, lambda: None))
    assert list(jobs(app)) == ["recordar", "resolver"]


def test_what_can_not_be_told_makes_nobody_unready(app: Flask) -> None:
    with app.app_context(), runtime().db.engine.begin() as connection:
        for table in ("entrega", "trabajo"):
            connection.execute(text(f"ALTER TABLE {table} RENAME TO otra_{table}"))
    found = checks(app)
    assert (found["eventos"]["estado"], found["trabajos"]["estado"]) == ("desconocido", "desconocido")
    assert ("job_failing", "recordar") not in samples(app)
