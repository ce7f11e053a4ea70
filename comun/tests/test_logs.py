"""Log lines: JSON, tied together, and nothing about persons."""

import io
import logging
import sqlite3
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from comun import context
from comun.logs import JsonFormatter, configure_logging, log_requests, scrub


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter("citas"))
    logger = logging.getLogger("comun.prueba")
    access = logging.getLogger("comun.access")
    before = access.level
    for each in (logger, access):
        each.addHandler(handler)
        each.setLevel(logging.INFO)
    yield stream
    for each in (logger, access):
        each.removeHandler(handler)
    access.setLevel(before)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in stream.getvalue().splitlines()]


logger = logging.getLogger("comun.prueba")


def test_a_line_says_when_where_and_which_request(written: io.StringIO) -> None:
    with context.piece_of_work("solicitud-1"):
        logger.warning("algo %s", "pasa")
        traceparent = context.traceparent()
    (line,) = lines(written)
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "WARNING",
        "logger": "comun.prueba",
        "message": "algo pasa",
        "service": "citas",
        "request_id": "solicitud-1",
        "traceparent": traceparent,
    }


@pytest.mark.parametrize(
    "private",
    [
        "ana.perez@example.com", "1710034065", "1790011674001", "+593991234567", "Bearer abc.def",
        "eyJhbGciOi.eyJzdWIi.c2ln", "://citas:clave@servidor",
    ],
)  # fmt: skip
def test_what_looks_personal_or_secret_is_blotted_out(private: str) -> None:
    text = scrub(f"antes {private} después")
    assert private not in text
    assert "***" in text
    assert text.endswith("después")


def test_ids_dates_and_durations_stay_readable() -> None:
    text = "cita/12345 2026-01-15 took 1234 ms, id 7f1e0c52-3c1f-4a54-9d5e-123456789012"
    assert scrub(text) == text


def test_exceptions_are_structured_and_hold_no_values_of_rows(written: io.StringIO) -> None:
    try:
        try:
            raise sqlite3.IntegrityError("Key (identificacion)=(Ana Pérez) already exists")
        except sqlite3.IntegrityError as cause:
            raise IntegrityError("INSERT INTO paciente", {"nombres": "Ana"}, cause) from cause
    except IntegrityError:
        logger.exception("no se pudo")
    assert "Ana" not in written.getvalue()
    outer, inner = lines(written)[0]["exception"]
    assert outer["type"] == "sqlalchemy.exc.IntegrityError"
    assert inner["type"] == "sqlite3.IntegrityError"
    assert outer["stack"][-1].endswith("test_exceptions_are_structured_and_hold_no_values_of_rows")


def test_the_access_line_shows_the_route_and_never_the_path(written: io.StringIO) -> None:
    app = Flask("citas")
    log_requests(app)
    app.add_url_rule("/citas/<int:id>", "cita", lambda id: {"id": id})
    app.test_client().get("/citas/98765?q=Ana", headers={"Authorization": "Bearer abc"})
    app.test_client().get("/pacientes/Ana")
    found, missing = lines(written)
    assert isinstance(found.pop("ms"), float)
    wanted = {"method": "GET", "route": "/citas/<int:id>", "status": 200}
    assert {name: found[name] for name in wanted} == wanted
    assert (missing["route"], missing["status"]) == ("(none)", 404)
    assert "Ana" not in written.getvalue()
    assert "98765" not in written.getvalue()


def test_configuring_twice_writes_once(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    try:
        configure_logging("citas", "INFO")
        configure_logging("citas", "INFO")
        logging.getLogger("otro").info("una vez")
        assert capsys.readouterr().err.count("una vez") == 1
    finally:
        root.handlers[:] = before
        root.setLevel(level)
