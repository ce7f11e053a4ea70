"""A token is verified once, and believed again only while everything that made it good still holds."""

import time
from uuid import uuid4

import pytest
from flask import Flask

from comun.auth import tokens
from comun.testing.client import ApiClient, ok, problem
from comun.testing.tokens import StaticTrust

WAY = "/biblioteca/libros"


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One entry for each time that a signature was verified."""
    times: list[str] = []
    verify = tokens.verify_jwt_in_request

    def counted() -> None:
        times.append("verified")
        verify()

    monkeypatch.setattr(tokens, "verify_jwt_in_request", counted)
    return times


@pytest.fixture
def api(app: Flask) -> ApiClient:
    """An administrator with a token that nobody has seen."""
    return ApiClient(app).as_("admin", sid=uuid4().hex)


def test_the_same_token_is_verified_once(api: ApiClient, verified: list[str]) -> None:
    for _ in range(3):
        ok(api.get(WAY))
    assert len(verified) == 1


def test_another_token_is_another(api: ApiClient, verified: list[str]) -> None:
    ok(api.get(WAY))
    altered = f"{api.token}"[:-3] + ("AAA" if not f"{api.token}".endswith("AAA") else "BBB")
    problem(api.with_token(altered).get(WAY), 401)
    problem(api.with_token(None).get(WAY), 401)
    assert len(verified) == 3


def test_a_token_that_expired_since_is_refused(
    api: ApiClient, verified: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ok(api.get(WAY))
    later = time.time() + 901
    monkeypatch.setattr(tokens.time, "time", lambda: later)
    api.get(WAY)
    assert len(verified) == 2


def test_a_token_that_was_revoked_since_is_refused(api: ApiClient, app: Flask, trust: StaticTrust) -> None:
    session = ApiClient(app).as_("admin", sid="sesion-revocada")
    ok(session.get(WAY))
    trust.revoked.append({"tipo": "sesion", "clave": "sesion-revocada"})
    try:
        app.extensions["trust"].refresh()
        problem(session.get(WAY), 401)
    finally:
        trust.revoked.clear()
        app.extensions["trust"].refresh()


def test_a_token_whose_key_was_withdrawn_since_is_refused(api: ApiClient, app: Flask, trust: StaticTrust) -> None:
    ok(api.get(WAY))
    trust.revoked.append({"tipo": "clave", "clave": "prueba"})
    try:
        app.extensions["trust"].refresh()
        problem(api.get(WAY), 401)
    finally:
        trust.revoked.clear()
        app.extensions["trust"].refresh()
    ok(api.get(WAY))


def test_it_remembers_no_more_than_it_should(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "REMEMBERED", 2)
    for sid in "abcde":
        ok(ApiClient(app).as_("admin", sid=sid).get(WAY))
    assert len(app.extensions["verified_tokens"]._known) <= 2
