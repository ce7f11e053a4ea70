"""Calls to other services, against real servers that misbehave."""

import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import text

from comun import context
from comun.errors import Unavailable
from comun.http import RemoteProblem, ServiceClient, ServiceTokens
from comun.testing.databases import sqlite_database
from comun.testing.mechanism import bare_service
from comun.testing.peers import Peer, Reply, closed_port, in_turn, once_told

OK = Reply(json={"bien": True})
DOWN = Reply(503, json={"codigo": "servicio_no_disponible"})


@pytest.fixture
def peer() -> Iterator[Peer]:
    with Peer() as peer:
        yield peer


@pytest.fixture
def client(peer: Peer) -> ServiceClient:
    """With more patience than any machine needs; a breaker's pause ends when the test says so (`later`)."""
    return ServiceClient(
        "admin", peer.url, label="administración", timeout=(30.0, 30.0), deadline=60.0, breaker_seconds=600.0
    )


def test_gives_the_parsed_json_and_none_without_content(peer: Peer, client: ServiceClient) -> None:
    peer.answer = in_turn(OK, Reply(204))
    assert client.get("/cosas", params={"q": "ñ", "vacio": None, "id": [1, 2]}) == {"bien": True}
    assert peer.seen[0].path == "/cosas?q=%C3%B1&id=1&id=2"
    assert client.delete("/cosas/1") is None


def test_reuses_the_connection(peer: Peer, client: ServiceClient) -> None:
    for _ in range(5):
        client.get("/")
    assert len({seen.connection for seen in peer.seen}) == 1


def test_sends_token_trace_and_key_and_nothing_else_of_its_own(peer: Peer) -> None:
    client = ServiceClient("admin", peer.url, token=lambda: "abc")
    with context.piece_of_work("solicitud-1"):
        client.post("/", json={"n": 1}, idempotency_key="clave")
        sent = {name.lower(): value for name, value in peer.seen[0].headers.items()}
        assert sent["authorization"] == "Bearer abc"
        assert sent["x-request-id"] == "solicitud-1"
        assert sent["traceparent"] == context.traceparent()
        assert sent["idempotency-key"] == "clave"
    assert set(sent) <= {
        "authorization", "x-request-id", "traceparent", "idempotency-key", "accept", "content-type",
        "content-length", "host", "accept-encoding", "user-agent", "connection",
    }  # fmt: skip


def test_ambient_proxies_are_ignored(peer: Peer, client: ServiceClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{closed_port()}")
    assert client.get("/") == {}


def test_redirects_are_not_followed(peer: Peer, client: ServiceClient) -> None:
    peer.answer = lambda _seen: Reply(302, headers={"Location": "/otro"})
    with pytest.raises(Unavailable):
        client.get("/")
    assert len(peer.seen) == 1


@pytest.mark.parametrize("trouble", [Reply(drop=True), Reply(502), DOWN, Reply(504), Reply(429)])
def test_a_get_is_repeated_after_passing_trouble(peer: Peer, client: ServiceClient, trouble: Reply) -> None:
    peer.answer = in_turn(trouble, OK)
    assert client.get("/") == {"bien": True}


@pytest.mark.parametrize("trouble", [Reply(drop=True), DOWN])
def test_a_post_is_repeated_only_with_a_key(peer: Peer, client: ServiceClient, trouble: Reply) -> None:
    peer.answer = in_turn(trouble, OK)
    with pytest.raises(Unavailable):
        client.post("/", json={})
    assert len(peer.seen) == 1
    peer.answer = in_turn(trouble, OK)
    assert client.post("/", json={}, idempotency_key="k") == {"bien": True}


def test_a_post_that_found_no_listener_is_repeated() -> None:
    port = closed_port()
    client = ServiceClient("admin", f"http://127.0.0.1:{port}", retries=8, deadline=60.0)
    opened: list[Peer] = []
    timer = threading.Timer(0.1, lambda: opened.append(Peer(lambda _seen: OK, port)))
    timer.start()
    assert client.post("/", json={}) == {"bien": True}
    opened[0].close()


def test_nothing_is_repeated_after_a_read_timeout(peer: Peer) -> None:
    client = ServiceClient("admin", peer.url, timeout=(30.0, 0.5), deadline=60.0)
    go = threading.Event()
    peer.answer = once_told(go, OK)
    with pytest.raises(Unavailable):
        client.get("/")
    go.set()
    peer.answer = lambda _seen: OK
    assert client.get("/despues") == {"bien": True}
    assert [seen.path for seen in peer.seen] == ["/", "/despues"]


def test_retry_after_is_honoured_and_passed_on(peer: Peer, client: ServiceClient) -> None:
    peer.answer = in_turn(Reply(503, headers={"Retry-After": "1"}), OK)
    started = time.monotonic()
    assert client.get("/") == {"bien": True}
    assert time.monotonic() - started >= 1
    peer.answer = lambda _seen: Reply(503, headers={"Retry-After": "90"})
    seen = len(peer.seen)
    started = time.monotonic()
    with pytest.raises(Unavailable) as caught:
        client.get("/")
    assert time.monotonic() - started < 60  # 90 s are past the deadline: not worth waiting
    assert len(peer.seen) == seen + 1
    assert caught.value.headers["Retry-After"] == "90"


class Clock:
    """Time that passes when it is told to, and while somebody sleeps."""

    def __init__(self) -> None:
        self.moment = 0.0

    def sleep(self, seconds: float) -> None:
        self.moment += seconds

    def monotonic(self) -> float:
        return self.moment


def test_all_attempts_together_keep_the_deadline(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    watch = SimpleNamespace(monotonic=clock.monotonic, sleep=clock.sleep, perf_counter=clock.monotonic)
    monkeypatch.setattr("comun.http.time", watch)
    client = ServiceClient("admin", peer.url, timeout=(30.0, 30.0), retries=100, deadline=60.0)

    def down(_seen: object) -> Reply:
        clock.sleep(20.0)
        return Reply(503)

    peer.answer = down
    with pytest.raises(Unavailable):
        client.get("/")
    assert len(peer.seen) == 3
    assert 60.0 <= clock.moment < 61.0


def test_a_refusal_keeps_its_meaning(peer: Peer, client: ServiceClient) -> None:
    peer.answer = lambda _seen: Reply(
        422, json={"codigo": "paciente_inactivo", "detail": "No.", "errores": {"paciente_id": ["No."]}}
    )
    with pytest.raises(RemoteProblem) as caught:
        client.post("/", json={})
    assert caught.value.status == 422
    assert caught.value.codigo == "paciente_inactivo"
    assert caught.value.errores == {"paciente_id": ["No."]}


@pytest.mark.parametrize("body", [b"<html>", b"", b"[1]", b'{"errores": 3}'])
def test_a_refusal_without_a_problem_document_is_a_refusal_still(
    peer: Peer, client: ServiceClient, body: bytes
) -> None:
    peer.answer = lambda _seen: Reply(400, body=body)
    with pytest.raises(RemoteProblem) as caught:
        client.get("/")
    assert caught.value.status == 400


@pytest.mark.parametrize("answer", [Reply(500), Reply(body=b"<html>not json"), Reply(429)])
def test_anything_else_is_unavailable_in_words_of_people(peer: Peer, client: ServiceClient, answer: Reply) -> None:
    peer.answer = lambda _seen: answer
    with pytest.raises(Unavailable) as caught:
        client.get("/")
    assert caught.value.status == 503
    assert "administración" in caught.value.detail
    assert int(caught.value.headers["Retry-After"]) >= 1


def fail(client: ServiceClient, times: int) -> None:
    for _ in range(times):
        with pytest.raises(Unavailable):
            client.post("/")


def later(client: ServiceClient) -> None:
    """As if the breaker had been open for as long as it stays so."""
    client._breaker._storage.opened_at -= timedelta(seconds=600)


def test_the_breaker_opens_probes_and_closes(peer: Peer, client: ServiceClient) -> None:
    peer.answer = lambda _seen: DOWN
    fail(client, 5)
    seen = len(peer.seen)
    fail(client, 20)
    assert len(peer.seen) == seen
    later(client)
    fail(client, 5)  # one probe that fails, and the door is shut again
    assert len(peer.seen) == seen + 1
    later(client)
    peer.answer = lambda _seen: OK
    assert client.post("/") == {"bien": True}
    assert client.post("/") == {"bien": True}


@pytest.mark.parametrize("back", [True, False])
def test_a_single_probe_at_a_time_decides_for_all(
    peer: Peer, client: ServiceClient, back: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("comun.transport.PROBE_SECONDS", 60.0)
    peer.answer = lambda _seen: DOWN
    fail(client, 5)
    later(client)
    found = threading.Event()
    peer.answer = once_told(found, OK if back else DOWN)
    seen = len(peer.seen)
    with ThreadPoolExecutor(10) as pool:
        answers = [pool.submit(_served, client) for _ in range(10)]
        time.sleep(0.15)  # for those who would not wait
        assert len(peer.seen) <= seen + 1
        found.set()
        assert {answer.result() for answer in answers} == {back}
    assert len(peer.seen) == seen + (10 if back else 1)


def _served(client: ServiceClient) -> bool:
    try:
        client.post("/")
    except Unavailable:
        return False
    return True


def test_refusals_and_server_errors_never_open_the_breaker(peer: Peer, client: ServiceClient) -> None:
    for status, error in ((404, RemoteProblem), (500, Unavailable)):
        peer.answer = lambda _seen, status=status: Reply(status, json={})  # type: ignore[misc]
        for _ in range(8):
            with pytest.raises(error):
                client.get("/")
    peer.answer = lambda _seen: OK
    assert client.get("/") == {"bien": True}


def test_the_breaker_lets_calls_run_side_by_side(peer: Peer, client: ServiceClient) -> None:
    all_here = threading.Barrier(8, timeout=60)

    def together(_seen: object) -> Reply:
        all_here.wait()
        return OK

    peer.answer = together
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda _n: client.get("/") == {"bien": True}, range(8)))


def test_a_call_inside_a_transaction_is_refused(peer: Peer, client: ServiceClient) -> None:
    with sqlite_database() as url:
        app: Flask = bare_service(url)
        with app.app_context():
            client.get("/")
            session = app.extensions["comun"].db.session
            client.get("/")
            session.execute(text("SELECT 1"))
            with pytest.raises(RuntimeError, match="open transaction"):
                client.get("/")
            session.rollback()
            client.get("/")
            assert not session().in_transaction()


def test_a_forked_process_opens_its_own_connections(peer: Peer, client: ServiceClient) -> None:
    client.get("/")
    pid = os.fork()
    if pid == 0:
        try:
            client.get("/")
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
    client.get("/")
    mine, child, mine_again = (seen.connection for seen in peer.seen)
    assert child != mine
    assert mine_again == mine


class Auth:
    """auth_service as far as ServiceTokens is concerned."""

    def __init__(self, life: float) -> None:
        self.life, self.granted, self.down = life, 0, False
        self.peer = Peer(self._answer)

    def _answer(self, seen: object) -> Reply:
        if self.down:
            return DOWN
        self.granted += 1
        return Reply(json={"access_token": f"t{self.granted}", "expires_in": self.life}, delay=0.05)


@pytest.fixture
def auth() -> Iterator[Auth]:
    auth = Auth(900)
    yield auth
    auth.peer.close()


def test_a_service_token_is_fetched_once_by_many_threads(auth: Auth) -> None:
    tokens = ServiceTokens(auth.peer.url, "citas", "secreto")
    got: list[str] = []
    threads = [threading.Thread(target=lambda: got.append(tokens())) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == ["t1"] * 10
    assert auth.peer.seen[0].json == {
        "grant_type": "client_credentials",
        "client_id": "citas",
        "client_secret": "secreto",
    }


def test_a_service_token_is_renewed_early_and_outlives_an_outage(auth: Auth) -> None:
    tokens = ServiceTokens(auth.peer.url, "citas", "secreto")
    assert tokens() == tokens() == "t1"
    tokens._renew_at -= auth.life * 2 / 3  # so much later it is still valid
    assert tokens() == "t2"
    tokens._renew_at = 0.0
    auth.down = True
    assert tokens() == "t2"
    tokens._renew_at = tokens._expires_at = 0.0
    with pytest.raises(Unavailable):
        tokens()


def test_a_refused_service_token_is_replaced_once(auth: Auth, peer: Peer) -> None:
    client = ServiceClient("admin", peer.url, token=ServiceTokens(auth.peer.url, "citas", "secreto"))
    peer.answer = in_turn(Reply(401, json={"codigo": "no_autenticado"}), OK)
    assert client.get("/") == {"bien": True}
    assert [seen.headers["Authorization"] for seen in peer.seen] == ["Bearer t1", "Bearer t2"]
    peer.answer = lambda _seen: Reply(401, json={"codigo": "no_autenticado"})
    with pytest.raises(RemoteProblem):
        client.get("/")
    assert len(peer.seen) == 4
