"""Many new subjects are told of at once; what was told of one can be redacted."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from comun.events import emit, emit_first, redact
from comun.testing.mechanism import bare_service

SUBSCRIBERS = {"admin": "http://127.0.0.1:1", "historia": "http://127.0.0.1:2"}


@pytest.fixture
def app(url: str) -> Iterator[Flask]:
    app = bare_service(url, subscribers=SUBSCRIBERS)
    with app.app_context():
        yield app
        app.extensions["comun"].db.session.remove()
        app.extensions["comun"].db.engine.dispose()


def told(app: Flask) -> list[tuple[str, int, dict[str, object]]]:
    service = app.extensions["comun"]
    outbox = service.tables.outbox
    found = service.db.session.execute(select(outbox).order_by(outbox.c.id)).all()
    return [(row.sujeto, row.secuencia, row.datos) for row in found]


def test_each_subject_begins_at_one_and_goes_to_every_subscriber(app: Flask) -> None:
    emit_first("cita.programada.v1", [(f"cita/{n}", {"id": n}) for n in range(1, 2001)])
    emit("cita.confirmada.v1", "cita/7", {"id": 7})
    service = app.extensions["comun"]
    service.db.session.commit()
    assert len(told(app)) == 2001
    assert told(app)[6] == ("cita/7", 1, {"id": 7})
    assert told(app)[-1] == ("cita/7", 2, {"id": 7})
    deliveries = service.db.session.execute(select(service.tables.deliveries)).all()
    assert len(deliveries) == 2001 * len(SUBSCRIBERS)


def test_nothing_to_tell_is_nothing(app: Flask) -> None:
    emit_first("cita.programada.v1", [])
    assert told(app) == []


def test_redaction_overwrites_what_is_there_and_adds_nothing(app: Flask) -> None:
    emit("paciente.creado.v1", "paciente/1", {"id": 1, "nombres": "Ana"})
    emit("paciente.creado.v1", "paciente/2", {"id": 2, "nombres": "Luz"})
    redact("paciente/1", {"nombres": "Paciente", "telefono": None})
    assert [datos for *_, datos in told(app)] == [{"id": 1, "nombres": "Paciente"}, {"id": 2, "nombres": "Luz"}]
