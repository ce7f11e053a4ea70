"""Keys and revocations: fresh within the poll interval, and still there when auth_service is not."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from biblioteca.extensiones import db
from biblioteca.servicio import SERVICIO
from comun.auth import trust
from comun.migrations import upgrade
from comun.testing.client import ApiClient, ok, problem
from comun.testing.tokens import StaticTrust, make_token

WAY = "/biblioteca/libros"
POLL = 0.05


class Source(StaticTrust):
    """auth_service as it may behave. `instead` answers in place of a document; not before `go` is set."""

    def __init__(self, *kids: str) -> None:
        super().__init__(kids or ("prueba",))
        self.down, self.asked = False, 0
        self.go = threading.Event()
        self.go.set()
        self.instead: Any = None

    def keys(self) -> dict[str, Any]:
        self.asked += 1
        return self._answer(super().keys())

    def revocations(self) -> dict[str, Any]:
        return self._answer(super().revocations())

    def _answer(self, document: dict[str, Any]) -> Any:
        self.go.wait(60)
        if self.down:
            raise ConnectionError("auth_service is down")
        return document if self.instead is None else self.instead


Start = Callable[[Source], ApiClient]


@pytest.fixture
def start(url: str) -> Iterator[Start]:
    """Starts a process of the library, as it were, that trusts a source; all on one database."""
    apps: list[Flask] = []

    def start(source: Source) -> ApiClient:
        service = replace(SERVICIO, trust_source=lambda _app: source)
        app = service.create_app(
            {
                "BIBLIOTECA_DATABASE_URL": url,
                "BIBLIOTECA_CLIENT_SECRET": "x",
                "LOG_LEVEL": "CRITICAL",
                "REVOCATION_POLL_SECONDS": POLL,
            }
        )
        if not apps:
            upgrade(app)
        apps.append(app)
        return ApiClient(app)

    yield start
    for app in apps:
        app.extensions["trust"].stop()
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unknown keys are asked for each time, and known ones renewed at each poll."""
    monkeypatch.setattr(trust, "UNKNOWN_KEY_SECONDS", 0.0)
    monkeypatch.setattr(trust, "KEYS_SECONDS", 0.0)


def status(api: ApiClient, **claims: Any) -> int:
    return api.with_token(make_token(permisos=["biblioteca:leer"], **claims)).get(WAY).status_code


def polling() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name == "trust"}


def soon(condition: Callable[[], bool]) -> bool:
    """Whether it comes true by itself: after a few polls, or later on a machine that is busy."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(POLL / 5)
    return False


class TestKeys:
    @pytest.mark.usefixtures("impatient")
    def test_a_new_one_is_learnt_when_first_used_and_the_old_one_serves_on(self, start: Start) -> None:
        source = Source("vieja")
        api = start(source)
        assert status(api, kid="vieja") == 200
        assert status(api, kid="nueva") == 401
        source.kids = ["vieja", "nueva"]
        assert soon(lambda: status(api, kid="nueva") == 200)
        assert status(api, kid="vieja") == 200

    def test_an_answer_that_was_overtaken_does_not_make_it_unknown_again(
        self, start: Start, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        source = Source("vieja")
        store = start(source).app.extensions["trust"]
        assert store.key("vieja")
        keys, revocations = source.keys, source.revocations
        asked, answer, taken = threading.Event(), threading.Event(), threading.Event()

        def late() -> dict[str, Any]:
            monkeypatch.setattr(source, "keys", keys)
            monkeypatch.setattr(trust, "KEYS_SECONDS", 3600.0)
            document = keys()
            asked.set()
            answer.wait(30)
            monkeypatch.setattr(source, "revocations", lambda: taken.set() or revocations())
            return document

        monkeypatch.setattr(source, "keys", late)
        monkeypatch.setattr(trust, "KEYS_SECONDS", 0.0)
        assert asked.wait(30)
        source.kids = ["vieja", "nueva"]
        monkeypatch.setattr(trust, "UNKNOWN_KEY_SECONDS", 0.0)
        assert store.key("nueva")
        monkeypatch.setattr(trust, "UNKNOWN_KEY_SECONDS", 3600.0)
        answer.set()
        assert taken.wait(30)
        assert store.key("nueva")

    @pytest.mark.usefixtures("impatient")
    def test_one_that_is_no_longer_published_is_forgotten(self, start: Start) -> None:
        source = Source("vieja", "nueva")
        api = start(source)
        assert status(api, kid="vieja") == 200
        source.kids = ["nueva"]
        assert soon(lambda: status(api, kid="vieja") == 401)
        assert status(api, kid="nueva") == 200

    def test_unknown_ones_do_not_let_anybody_make_us_ask_and_ask(self, start: Start) -> None:
        source = Source()
        api = start(source)
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda n: status(api, kid=f"inventada-{n % 2}"), range(40)))
        assert set(answers) == {401}
        assert source.asked == 1

    def test_the_first_requests_of_a_process_ask_once_together(self, start: Start) -> None:
        source = Source()
        source.go.clear()
        api = start(source)
        before = polling()
        with ThreadPoolExecutor(8) as pool:
            answers = pool.map(lambda _n: status(api), range(16))
            assert soon(lambda: source.asked > 0)
            time.sleep(0.1)  # for those who would not wait
            source.go.set()
            assert set(answers) == {200}
        assert source.asked == 1
        assert len(polling() - before) == 1

    @pytest.mark.usefixtures("impatient")
    def test_who_has_a_known_one_does_not_wait_for_a_slow_answer(self, start: Start) -> None:
        source = Source()
        api = start(source)
        assert status(api) == 200
        source.go.clear()
        assert status(api, sub="2") == 200
        assert not source.go.is_set()
        source.go.set()

    def test_one_of_a_kind_that_we_do_not_know_spoils_none(self, start: Start) -> None:
        source = Source()
        strange = [{"kty": "FUTURO", "kid": "rara"}, {"kid": "nada"}, {"kty": "RSA", "kid": "rota", "n": "!"}]
        source.instead = {"keys": [*strange, *StaticTrust().keys()["keys"]], "revocaciones": []}
        api = start(source)
        assert status(api) == 200
        assert status(api, kid="rara") == 401


class TestRevocations:
    @pytest.mark.parametrize(
        ("entry", "revoked", "others"),
        [
            ({"tipo": "sesion", "clave": "s1", "version_minima": None}, {"sid": "s1"}, [{"sid": "s2"}]),
            ({"tipo": "usuario", "clave": "7", "version_minima": 3}, {"sub": "7", "uv": 2},
             [{"sub": "7", "uv": 3}, {"sub": "8", "uv": 2}]),
            ({"tipo": "usuario", "clave": 7, "version_minima": 3}, {"sub": "7", "uv": None}, [{"sub": "8"}]),
            ({"tipo": "rol", "clave": "medico", "version_minima": 5}, {"rol": "medico", "rv": 4},
             [{"rol": "medico", "rv": 5}, {"rol": "admin", "rv": 4}]),
            ({"tipo": "clave", "clave": "robada", "version_minima": None}, {"kid": "robada"}, [{"kid": "prueba"}]),
        ],
        ids=["session", "user version", "no user version", "role version", "key"],
    )  # fmt: skip
    def test_reach_us_within_the_poll_interval_and_touch_nobody_else(
        self, start: Start, entry: dict[str, Any], revoked: dict[str, Any], others: list[dict[str, Any]]
    ) -> None:
        source = Source("prueba", "robada")
        api = start(source)
        assert [status(api, **claims) for claims in (revoked, *others)] == [200] * (1 + len(others))
        source.revoked = [entry]
        assert soon(lambda: status(api, **revoked) == 401)
        assert [status(api, **claims) for claims in others] == [200] * len(others)

    def test_a_token_that_was_already_used_is_revoked_too(self, start: Start) -> None:
        source = Source()
        api = start(source)
        client = api.with_token(make_token(permisos=["biblioteca:leer"], sid="s1"))
        ok(client.get(WAY))
        source.revoked = [{"tipo": "sesion", "clave": "s1", "version_minima": None}]
        assert soon(lambda: client.get(WAY).status_code == 401)
        problem(client.get(WAY), 401, "no_autenticado")

    def test_what_is_lifted_is_over(self, start: Start) -> None:
        source = Source()
        source.revoked = [{"tipo": "sesion", "clave": "s1", "version_minima": None}]
        api = start(source)
        assert status(api, sid="s1") == 401
        source.revoked = []
        assert soon(lambda: status(api, sid="s1") == 200)


class TestWithoutAuthService:
    def test_a_process_that_knows_nothing_yet_says_that_it_can_not_tell(self, start: Start) -> None:
        source = Source()
        source.down = True
        api = start(source)
        answer = api.with_token(make_token()).get(WAY)
        problem(answer, 503)
        assert int(answer.headers["Retry-After"]) >= 1
        problem(api.get(WAY), 401)

    def test_it_is_not_ready_before_and_is_soon_after(self, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("comun.health.KEPT_SECONDS", 3600.0)  # only what is good is kept for so long
        source = Source()
        source.down = True
        api = start(source).with_token(None)
        found = api.get("/biblioteca/health/ready")
        assert (found.status_code, found.get_json()["comprobaciones"]["claves"]["estado"]) == (503, "mal")
        source.down = False
        assert soon(lambda: api.get("/biblioteca/health/ready").status_code == 200)

    @pytest.mark.usefixtures("impatient")
    def test_and_recovers_by_itself(self, start: Start) -> None:
        source = Source()
        source.down = True
        api = start(source)
        assert status(api) == 503
        source.down = False
        assert soon(lambda: status(api) == 200)

    def test_what_is_known_serves_on(self, start: Start) -> None:
        source = Source()
        source.revoked = [{"tipo": "sesion", "clave": "s1", "version_minima": None}]
        api = start(source)
        assert status(api) == 200
        source.down = True
        time.sleep(3 * POLL)
        assert (status(api), status(api, sid="s1")) == (200, 401)

    def test_a_restarted_process_still_verifies_and_still_revokes(self, start: Start) -> None:
        source = Source("vieja", "nueva")
        source.revoked = [{"tipo": "usuario", "clave": "7", "version_minima": 3}]
        assert status(start(source), kid="vieja") == 200
        source.down = True
        restarted = start(source)
        assert status(restarted, kid="vieja") == status(restarted, kid="nueva") == 200
        assert status(restarted, kid="vieja", sub="7", uv=2) == 401
        assert status(restarted, kid="inventada") == 401

    def test_what_was_learnt_last_is_what_a_restart_knows(self, start: Start) -> None:
        source = Source()
        api = start(source)
        assert status(api, sid="s1") == 200
        source.revoked = [{"tipo": "sesion", "clave": "s1", "version_minima": None}]
        assert soon(lambda: status(api, sid="s1") == 401)
        source.down = True
        assert status(start(source), sid="s1") == 401

    @pytest.mark.parametrize("nonsense", [{}, [], "no", {"keys": 5}, {"keys": [], "revocaciones": [{"tipo": 1}]}])
    def test_nonsense_is_no_news(self, start: Start, nonsense: Any) -> None:
        good = Source()
        good.revoked = [{"tipo": "sesion", "clave": "s1", "version_minima": None}]
        assert status(start(good)) == 200
        confused = Source()
        confused.instead = nonsense
        api = start(confused)
        assert (status(api), status(api, sid="s1")) == (200, 401)
        confused.revoked = [{"tipo": "sesion", "clave": "s2", "version_minima": None}]
        confused.instead = None
        assert soon(lambda: status(api, sid="s2") == 401)
