"""What Prometheus gets to see, and health as others ask for it."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update

from comun import health
from comun.auth.permissions import AccessRule, rule_of
from comun.db import now
from comun.errors import Unavailable
from comun.events import emit
from comun.health import register_health
from comun.http import ServiceClient
from comun.metrics import register_metrics
from comun.testing.databases import sqlite_database
from comun.testing.mechanism import bare_service
from comun.testing.peers import Peer, Reply, closed_port, once_told

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture
def app() -> Iterator[Flask]:
    with sqlite_database() as url:
        app = bare_service(url, subscribers={"admin": "http://127.0.0.1:1"})
        register_metrics(app)
        app.add_url_rule("/cosas/<int:id>", "cosa", lambda id: {"id": id})
        yield app


def scrape(app: Flask) -> Samples:
    text = app.test_client().get("/metrics").get_data(as_text=True)
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_requests_are_counted_by_route_template(app: Flask) -> None:
    labels = (("method", "GET"), ("route", "/cosas/<int:id>"), ("status", "200"))
    before = scrape(app).get(("http_request_duration_seconds_count", labels), 0)
    for number in range(3):
        app.test_client().get(f"/cosas/{number}")
    assert scrape(app)["http_request_duration_seconds_count", labels] == before + 3
    assert "/cosas/1" not in app.test_client().get("/metrics").get_data(as_text=True)


def test_the_outbox_is_read_at_each_scrape(app: Flask) -> None:
    labels = (("subscriber", "admin"),)
    assert scrape(app)["event_outbox_pending", labels] == 0
    service = app.extensions["comun"]
    with app.app_context():
        emit("x.v1", "x/1", {})
        emit("x.v1", "x/2", {})
        table = service.tables.deliveries
        service.db.session.execute(update(table).values(pendiente_desde=now() - timedelta(seconds=90)))
        service.db.session.execute(update(table).where(table.c.sujeto == "x/2").values(estado="fallida"))
        service.db.session.commit()
    found = scrape(app)
    assert found["event_outbox_pending", labels] == 1
    assert found["event_outbox_failed", labels] == 1
    assert 90 <= found["event_outbox_lag_seconds", labels] < 120


def test_calls_to_other_services_and_their_breaker(app: Flask) -> None:
    client = ServiceClient("medido", f"http://127.0.0.1:{closed_port()}", retries=0, breaker_failures=2)
    for _ in range(3):
        with pytest.raises(Unavailable):
            client.get("/")
    found = scrape(app)
    name = "http_client_duration_seconds_count"
    assert found[name, (("method", "GET"), ("outcome", "network"), ("remote", "medido"))] == 2
    assert found[name, (("method", "GET"), ("outcome", "breaker_open"), ("remote", "medido"))] == 1
    assert found["http_client_breaker_open", (("remote", "medido"),)] == 1


def test_metrics_survive_a_database_that_is_gone(app: Flask) -> None:
    service = app.extensions["comun"]
    with app.app_context():
        service.tables.deliveries.drop(service.db.engine)
    assert ("event_outbox_pending", (("subscriber", "admin"),)) not in scrape(app)


TWO_PROCESSES = """
import os, sys
from comun.testing.mechanism import bare_service
from comun.metrics import register_metrics
app = bare_service(sys.argv[1])
register_metrics(app)
app.add_url_rule("/cosa", "cosa", lambda: {})
for _ in range(2):
    if os.fork() == 0:
        app.test_client().get("/cosa")
        os._exit(0)
    os.wait()
print(app.test_client().get("/metrics").get_data(as_text=True))
"""


def test_any_process_answers_for_all(tmp_path: Path) -> None:
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    with sqlite_database() as url:
        command = [sys.executable, "-c", TWO_PROCESSES, url]
        text = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    assert 'http_request_duration_seconds_count{method="GET",route="/cosa",status="200"} 2.0' in text


# -- health ------------------------------------------------------------------------------------------


@pytest.fixture
def remote() -> Iterator[Peer]:
    with Peer(lambda _seen: Reply(json={"estado": "vivo"})) as remote:
        yield remote


@pytest.fixture
def watched(app: Flask, remote: Peer) -> Flask:
    register_health(app, "citas", {"admin": remote.url})
    return app


def test_alive_and_ready(watched: Flask, remote: Peer) -> None:
    alive = watched.test_client().get("/citas/health")
    assert (alive.status_code, alive.json["estado"], alive.json["servicio"]) == (200, "vivo", "citas")
    ready = watched.test_client().get("/citas/health/ready")
    assert ready.status_code == 200
    assert ready.json["estado"] == "listo"
    checks = ready.json["comprobaciones"]
    assert {name: found["estado"] for name, found in checks.items()} == {
        "base_de_datos": "bien",
        "eventos": "bien",
        "trabajos": "bien",
        "admin": "bien",
    }
    assert remote.seen[0].path == "/admin/health"


def test_not_ready_without_a_needed_service(watched: Flask, remote: Peer) -> None:
    remote.answer = lambda _seen: Reply(503)
    ready = watched.test_client().get("/citas/health/ready")
    assert (ready.status_code, ready.json["estado"]) == (503, "no_listo")
    assert ready.json["comprobaciones"]["admin"]["estado"] == "mal"
    assert ready.json["comprobaciones"]["base_de_datos"]["estado"] == "bien"


def test_asking_often_asks_the_others_seldom(watched: Flask, remote: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "KEPT_SECONDS", 60.0)
    for _ in range(20):
        watched.test_client().get("/citas/health/ready")
    assert len(remote.seen) == 1


def test_a_service_that_hangs_holds_nobody_up(watched: Flask, remote: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "CHECK_SECONDS", 1.0)
    go = threading.Event()
    remote.answer = once_told(go, Reply(json={}))
    assert watched.test_client().get("/citas/health/ready").status_code == 503
    go.set()


def test_a_stuck_relay_is_told_and_does_not_matter(watched: Flask) -> None:
    service = watched.extensions["comun"]
    with watched.app_context():
        emit("x.v1", "x/1", {})
        old = now() - timedelta(minutes=10)
        service.db.session.execute(update(service.tables.deliveries).values(pendiente_desde=old))
        service.db.session.commit()
    ready = watched.test_client().get("/citas/health/ready")
    assert ready.status_code == 200
    found = ready.json["comprobaciones"]["eventos"]
    assert (found["estado"], found["pendientes"], found["fallidos"], found["atascado"]) == ("bien", 1, 0, True)


def test_they_need_no_token(watched: Flask) -> None:
    for endpoint in ("health", "ready", "metrics"):
        assert rule_of(watched.view_functions[endpoint]) == AccessRule(None)
