"""`Idempotency-Key`: the same request again has its effect once, whatever happens in between."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.client import HTTPConnection
from typing import Any

import pytest
from flask import Flask, make_response
from sqlalchemy import func, select, update
from werkzeug.serving import make_server

from biblioteca.extensiones import db, tablas
from biblioteca.modelos import Libro, Nota
from comun.db import now
from comun.errors import Conflict, Forbidden
from comun.idempotency import KEPT_FOR, hash_key, purge
from comun.testing.client import ApiClient, ok, problem
from comun.testing.deaths import COMMITTED, WRITTEN, Moment, request
from comun.testing.processes import Processes

URL = "/biblioteca/libros"
KEY = {"Idempotency-Key": "mostrador-0001"}
BOOK = {"codigo": "Q-1", "titulo": "Don Quijote", "nota": {"texto": "Bueno"}}


def count(app: Flask, table: Any) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(table)) or 0


def effects(app: Flask) -> tuple[int, int, int]:
    """Books, notes, and audit rows of books."""
    with app.app_context():
        audited = select(func.count()).select_from(tablas.audit).where(tablas.audit.c.recurso == "libro")
        return count(app, Libro), count(app, Nota), db.session.scalar(audited) or 0


ONCE = (1, 1, 1)


class TestAgain:
    def test_the_same_answer_comes_again_and_nothing_else_happens(self, app: Flask, api: ApiClient) -> None:
        first, second = (api.post(URL, BOOK, headers=KEY) for _ in range(2))
        assert ok(first, 201) == ok(second, 201)
        assert first.data == second.data
        for header in ("Location", "ETag", "Content-Type"):
            assert first.headers[header] == second.headers[header]
        assert "Idempotent-Replayed" not in first.headers
        assert second.headers["Idempotent-Replayed"] == "true"
        assert second.headers["X-Request-ID"] != first.headers["X-Request-ID"]
        assert effects(app) == ONCE

    def test_not_to_whom_the_service_would_not_show_it_now(
        self, app: Flask, api: ApiClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[str] = []

        def check(permission: str) -> None:
            asked.append(permission)
            raise Forbidden("ya_no", "Ya no le corresponde verlo.")

        ok(api.post(URL, BOOK, headers=KEY), 201)
        monkeypatch.setitem(app.extensions, "before_replay", check)
        problem(api.post(URL, BOOK, headers=KEY), 403, "ya_no")
        assert asked == ["biblioteca:crear"]
        assert effects(app) == ONCE

    def test_even_after_the_thing_has_changed(self, api: ApiClient) -> None:
        first = api.post(URL, BOOK, headers=KEY)
        ok(api.put(first.headers["Location"], {"titulo": "Otro"}, headers={"If-Match": "*"}))
        assert api.post(URL, BOOK, headers=KEY).data == first.data

    @pytest.mark.parametrize("body", [BOOK | {"titulo": "Otro"}, {}, None])
    def test_with_another_body_it_is_refused(self, app: Flask, api: ApiClient, body: Any) -> None:
        ok(api.post(URL, BOOK, headers=KEY), 201)
        problem(api.post(URL, body, headers=KEY), 422, "clave_idempotencia_reutilizada")
        assert effects(app) == ONCE

    def test_at_another_place_too(self, app: Flask, api: ApiClient) -> None:
        app.extensions["experimento"] = dict
        ok(api.post(URL, BOOK, headers=KEY), 201)
        problem(api.post("/biblioteca/experimento", BOOK, headers=KEY), 422, "clave_idempotencia_reutilizada")

    def test_everybody_has_keys_of_their_own(self, app: Flask, api: ApiClient) -> None:
        ok(api.post(URL, BOOK, headers=KEY), 201)
        other = api.as_("admin", sub="2").post(URL, BOOK | {"codigo": "Q-2"}, headers=KEY)
        service = api.as_("servicio").post(URL, BOOK | {"codigo": "Q-3"}, headers=KEY)
        assert len({ok(other, 201)["id"], ok(service, 201)["id"]}) == 2

    def test_anonymous_callers_have_those_of_their_address(self, app: Flask, api: ApiClient) -> None:
        numbers = iter(range(9))
        app.extensions["experimento"] = lambda: {"n": next(numbers)}
        client = api.with_token(None)
        for address, expected in (("10.0.0.1", 0), ("10.0.0.1", 0), ("10.0.0.2", 1)):
            answer = client.post("/biblioteca/publico", headers=KEY, environ_base={"REMOTE_ADDR": address})
            assert ok(answer) == {"n": expected}

    def test_who_may_no_longer_do_it_gets_no_answer(self, api: ApiClient) -> None:
        ok(api.post(URL, BOOK, headers=KEY), 201)
        problem(api.as_("admin", ["biblioteca:leer"]).post(URL, BOOK, headers=KEY), 403)

    @pytest.mark.parametrize("key", ["", "x" * 256, "ñ", "a\tb"])
    def test_what_is_no_key(self, app: Flask, api: ApiClient, key: str) -> None:
        error = problem(api.post(URL, BOOK, headers={"Idempotency-Key": key.encode().decode("latin1")}), 422)
        assert list(error["errores"]) == ["Idempotency-Key"]
        assert count(app, Libro) == 0

    def test_only_a_post_looks_at_it(self, app: Flask, api: ApiClient) -> None:
        place = api.post(URL, BOOK).headers["Location"]
        for title in ("Uno", "Dos"):
            assert ok(api.put(place, {"titulo": title}, headers={**KEY, "If-Match": "*"}))["titulo"] == title
        assert count(app, tablas.idempotency) == 0


class TestWhatIsNotKept:
    def test_errors(self, app: Flask, api: ApiClient) -> None:
        problem(api.post(URL, BOOK | {"paginas": 0}, headers=KEY), 422)
        place = api.post(URL, BOOK).headers["Location"]
        problem(api.post(URL, BOOK, headers=KEY), 409, "codigo_duplicado")
        api.delete(place)
        ok(api.post(URL, BOOK, headers=KEY), 201)

    def test_errors_that_a_view_returns_instead_of_raising(self, app: Flask, api: ApiClient) -> None:
        answers = iter([make_error(app), {"bien": True}])
        app.extensions["experimento"] = lambda: next(answers)
        assert api.post("/biblioteca/experimento", headers=KEY).status_code == 409
        ok(api.post("/biblioteca/experimento", headers=KEY))

    @pytest.mark.parametrize("path", ["/biblioteca/secreto", "/biblioteca/publico-secreto"])
    def test_answers_that_hold_secrets(self, app: Flask, api: ApiClient, path: str) -> None:
        secrets = iter(["hunter2", "hunter3"])
        app.extensions["experimento"] = lambda: {"token": next(secrets)}
        assert [ok(api.post(path, headers=KEY))["token"] for _ in range(2)] == ["hunter2", "hunter3"]
        assert count(app, tablas.idempotency) == 0

    def test_answers_older_than_a_day(self, app: Flask, api: ApiClient) -> None:
        numbers = iter(range(9))
        app.extensions["experimento"] = lambda: {"n": next(numbers)}
        for age, expected in (
            (timedelta(0), 0),
            (KEPT_FOR - timedelta(minutes=1), 0),
            (KEPT_FOR, 1),
            (timedelta(0), 1),
        ):
            with app.app_context():
                db.session.execute(update(tablas.idempotency).values(creado_en=now() - age))
                db.session.commit()
            assert ok(api.post("/biblioteca/experimento", headers=KEY)) == {"n": expected}

    def test_they_are_cleared_away(self, app: Flask, api: ApiClient) -> None:
        app.extensions["experimento"] = dict
        for key in ("vieja", "nueva"):
            ok(api.post("/biblioteca/experimento", headers={"Idempotency-Key": key}))
        with app.app_context():
            old = update(tablas.idempotency).where(tablas.idempotency.c.clave == hash_key("vieja"))
            db.session.execute(old.values(creado_en=now() - KEPT_FOR))
            db.session.commit()
            assert purge() == 1
            assert db.session.scalars(select(tablas.idempotency.c.clave)).all() == [hash_key("nueva")]


def make_error(app: Flask) -> Any:
    with app.test_request_context():
        return make_response(Conflict("ocupado", "Está ocupado.").response())


@pytest.fixture
def server(app: Flask) -> Iterator[int]:
    """The application on a real server with threads; the port."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def many_at_once(port: int, api: ApiClient, bodies: list[Any]) -> list[tuple[int, bytes]]:
    """The answers to as many simultaneous requests with one key."""
    start = threading.Barrier(len(bodies))

    def send(body: Any) -> tuple[int, bytes]:
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        headers = {**KEY, "Authorization": f"Bearer {api.token}", "Content-Type": "application/json"}
        connection.connect()
        start.wait()
        connection.request("POST", URL, json.dumps(body), headers)
        answer = connection.getresponse()
        return answer.status, answer.read()

    with ThreadPoolExecutor(len(bodies)) as pool:
        return list(pool.map(send, bodies))


def test_twenty_at_once_have_one_effect_and_get_one_answer(app: Flask, api: ApiClient, server: int) -> None:
    answers = many_at_once(server, api, [BOOK] * 20)
    assert {status for status, _ in answers} == {201}
    assert len({body for _, body in answers}) == 1
    assert effects(app) == ONCE


def test_of_different_requests_with_one_key_one_wins(app: Flask, api: ApiClient, server: int) -> None:
    answers = many_at_once(server, api, [BOOK | {"codigo": f"Q-{n % 4}"} for n in range(12)])
    assert sorted(status for status, _ in answers) == [201] * 3 + [422] * 9
    assert effects(app) == ONCE


@pytest.mark.processes
@pytest.mark.parametrize("moment", [WRITTEN, COMMITTED], ids=str)
def test_killing_a_process_at_its_commit_loses_and_doubles_nothing(
    app: Flask, api: ApiClient, moment: Moment, processes: Processes
) -> None:
    assert processes.killed(app, moment, request, "POST", URL, BOOK, KEY)
    assert effects(app) == ((0, 0, 0) if moment == WRITTEN else ONCE)
    again = api.post(URL, BOOK, headers=KEY)
    ok(again, 201)
    assert ("Idempotent-Replayed" in again.headers) == (moment == COMMITTED)
    assert effects(app) == ONCE
