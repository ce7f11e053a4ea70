"""A service asks another as its settings say."""

import threading

import pytest
from flask import Flask

from comun.errors import Unavailable
from comun.http import client_of
from comun.testing.peers import Peer, Reply, Seen


def settings(peer: Peer, **settings: float) -> Flask:
    app = Flask("citas")
    app.config.update({"ADMIN_URL": peer.url, "PEER_TIMEOUT_SECONDS": 60.0, "PEER_BREAKER_SECONDS": 0.0}, **settings)
    app.extensions["service_tokens"] = lambda: "abc"
    return app


def test_it_waits_as_long_as_is_set() -> None:
    gave_up = threading.Event()

    def slow(_seen: Seen) -> Reply:
        gave_up.wait(60)
        return Reply(json={})

    with Peer(slow) as peer:
        client = client_of(settings(peer, PEER_TIMEOUT_SECONDS=0.1), "admin", "administración")
        with pytest.raises(Unavailable) as caught:
            client.get("/")
        gave_up.set()
    assert "administración" in caught.value.detail


def test_where_nobody_is_shunned_who_was_down_is_asked_at_once() -> None:
    with Peer(lambda _seen: Reply(503, json={})) as peer:
        client = client_of(settings(peer), "admin")
        for asked in range(1, 20):
            with pytest.raises(Unavailable):
                client.post("/")
            assert len(peer.seen) == asked
        peer.answer = lambda _seen: Reply(json={"bien": True})
        assert client.post("/") == {"bien": True}
    assert peer.seen[-1].headers["Authorization"] == "Bearer abc"
