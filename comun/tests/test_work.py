"""The unit of work: one transaction and one commit per request, and nothing of it when anything fails."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from biblioteca.extensiones import db, tablas
from biblioteca.modelos import Libro, Nota
from comun.errors import Problem
from comun.events import emit
from comun.testing.client import ApiClient, ok, problem
from comun.work import after_commit

EXPERIMENT = "/biblioteca/experimento"


def rows(app: Flask) -> int:
    """Everything that there is: books, notes, events, audit, kept answers."""
    tables = (Libro, Nota, tablas.outbox, tablas.audit, tablas.idempotency)
    with app.app_context():
        return sum(db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables)


def shelve() -> Libro:
    book = Libro(codigo="Q-1", titulo="Don Quijote")
    db.session.add(book)
    db.session.flush()
    return book


@pytest.fixture
def commits() -> Iterator[list[str]]:
    """Every commit and rollback of a session, in order."""
    seen: list[str] = []

    def committed(_session: Session) -> None:
        seen.append("commit")

    event.listen(db.session, "after_commit", committed)
    yield seen
    event.remove(db.session, "after_commit", committed)


def test_effect_event_audit_and_kept_answer_are_committed_together_once(
    app: Flask, api: ApiClient, commits: list[str]
) -> None:
    def everything() -> Any:
        book = shelve()
        emit("libro.creado.v1", f"libro/{book.id}", {"id": book.id})
        return {"id": book.id}

    app.extensions["experimento"] = everything
    ok(api.post(EXPERIMENT, headers={"Idempotency-Key": "una"}))
    assert commits == ["commit"]
    assert rows(app) == 4


@pytest.mark.parametrize("failure", [Problem(409), ValueError("ay"), KeyError("ay")])
def test_what_fails_leaves_nothing_at_all(app: Flask, api: ApiClient, commits: list[str], failure: Exception) -> None:
    def half() -> Any:
        book = shelve()
        emit("libro.creado.v1", f"libro/{book.id}", {"id": book.id})
        raise failure

    app.extensions["experimento"] = half
    status = 409 if isinstance(failure, Problem) else 500
    problem(api.post(EXPERIMENT, headers={"Idempotency-Key": "una"}), status)
    assert (commits, rows(app)) == ([], 0)


def test_an_error_that_is_returned_is_one_too(app: Flask, api: ApiClient) -> None:
    def returned() -> Any:
        shelve()
        return Problem(422).response()

    app.extensions["experimento"] = returned
    problem(api.post(EXPERIMENT), 422)
    assert rows(app) == 0


def test_what_only_the_database_refuses_leaves_nothing(app: Flask, api: ApiClient) -> None:
    def cheap() -> Any:
        shelve()
        db.session.add(Libro(codigo="Q-2", titulo="Regalado", precio=-1))
        return {}

    app.extensions["experimento"] = cheap
    problem(api.post(EXPERIMENT), 409, "conflicto")
    assert rows(app) == 0


def test_what_the_answer_can_not_say_leaves_nothing(app: Flask, api: ApiClient) -> None:
    def unspeakable() -> Any:
        shelve()
        return {"libro": object()}

    app.extensions["experimento"] = unspeakable
    problem(api.post(EXPERIMENT), 500)
    assert rows(app) == 0


def test_reading_never_commits_what_a_view_left_behind(app: Flask, api: ApiClient, commits: list[str]) -> None:
    app.extensions["experimento"] = lambda: {"id": shelve().id}
    ok(api.get(EXPERIMENT))
    assert (commits, rows(app)) == ([], 0)


def test_the_next_request_starts_afresh_after_a_failure(app: Flask, api: ApiClient) -> None:
    app.extensions["experimento"] = lambda: {"id": shelve().id}
    ok(api.post(EXPERIMENT))
    problem(api.post(EXPERIMENT), 409, "codigo_duplicado")
    app.extensions["experimento"] = dict
    ok(api.post(EXPERIMENT))


class TestAfterCommit:
    def test_runs_when_the_work_is_there_for_all_to_see(self, app: Flask, api: ApiClient) -> None:
        seen: list[int] = []

        def view() -> Any:
            shelve()
            after_commit(lambda: seen.append(rows(app)))
            assert seen == []
            return {}

        app.extensions["experimento"] = view
        ok(api.post(EXPERIMENT))
        assert seen == [2]

    def test_does_not_run_when_the_work_failed(self, app: Flask, api: ApiClient) -> None:
        seen: list[int] = []

        def view() -> Any:
            after_commit(lambda: seen.append(1))
            raise Problem(409)

        app.extensions["experimento"] = view
        problem(api.post(EXPERIMENT), 409)
        assert seen == []

    def test_runs_once_for_a_request_that_is_repeated(self, app: Flask, api: ApiClient) -> None:
        seen: list[int] = []

        def view() -> Any:
            after_commit(lambda: seen.append(1))
            return {}

        app.extensions["experimento"] = view
        for _ in range(2):
            ok(api.post(EXPERIMENT, headers={"Idempotency-Key": "una"}))
        assert seen == [1]

    def test_its_failure_is_only_logged_and_the_others_run(
        self, app: Flask, api: ApiClient, caplog: pytest.LogCaptureFixture
    ) -> None:
        seen: list[int] = []

        def fail() -> None:
            raise RuntimeError("hunter2")

        def view() -> Any:
            shelve()
            after_commit(fail)
            after_commit(lambda: seen.append(1))
            return {}

        app.extensions["experimento"] = view
        with caplog.at_level(logging.WARNING, "comun.work"):
            ok(api.post(EXPERIMENT))
        assert seen == [1]
        assert [record.getMessage() for record in caplog.records] == ["after commit: RuntimeError"]
        assert rows(app) == 2

    def test_what_it_left_open_is_not_committed(self, app: Flask, api: ApiClient) -> None:
        def view() -> Any:
            after_commit(lambda: db.session.add(Libro(codigo="Q-1", titulo="Tarde")))
            return {}

        app.extensions["experimento"] = view
        ok(api.post(EXPERIMENT))
        assert rows(app) == 1


def test_what_is_not_one_s_to_see_is_not_there(app: Flask, api: ApiClient) -> None:
    book = ok(api.post("/biblioteca/libros", {"codigo": "Q-1", "titulo": "Agotado", "agotado": True}), 201)
    place = f"/biblioteca/libros/{book['id']}"
    reader, stranger = api.as_("paciente"), api.as_("raro", alcance="todo")
    for who in (reader, stranger):
        assert ok(who.get("/biblioteca/libros"))["datos"] == []
        hidden = problem(who.get(place), 404)
        absent = problem(who.get("/biblioteca/libros/999"), 404)
        assert hidden["detail"] == absent["detail"]
        problem(who.put(place, {"titulo": "x"}, headers={"If-Match": "*"}), 404)
        problem(who.delete(place), 404)
    ok(api.get(place))


def test_an_answer_goes_out_although_its_connection_dies_behind_it(api: ApiClient, app: Flask) -> None:
    def read_and_lose() -> dict[str, int]:
        shelves = db.session.scalar(select(func.count()).select_from(Libro))
        lost: Any = db.session.connection().connection.dbapi_connection
        lost.close()
        return {"libros": shelves or 0}

    app.extensions["experimento"] = read_and_lose
    assert ok(api.get(EXPERIMENT)) == {"libros": 0}
    app.extensions["experimento"] = lambda: {"libros": rows(app)}
    assert ok(api.get(EXPERIMENT)) == {"libros": 0}
