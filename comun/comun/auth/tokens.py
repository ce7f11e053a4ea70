"""Verification of access tokens: algorithm, issuer and audience pinned, keys by JWKS, revocation checked."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, request
from flask_jwt_extended import JWTManager, get_jwt, get_jwt_header, verify_jwt_in_request
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt import ExpiredSignatureError, InvalidKeyError, InvalidTokenError, PyJWTError

from comun.auth.caller import Caller
from comun.auth.permissions import AccessRule
from comun.auth.trust import TrustStore
from comun.errors import Forbidden, Problem

logger = logging.getLogger(__name__)

ALGORITHM = "RS256"
REMEMBERED = 2048  # tokens per process
_UNAUTHENTICATED = {"WWW-Authenticate": 'Bearer realm="odontocare"'}


@dataclass(frozen=True)
class _Verified:
    """A token that passed every check, and the key that signed it."""

    caller: Caller
    claims: Mapping[str, Any]
    kid: str
    key: Any

    def still_holds(self, store: TrustStore) -> bool:
        """Whether what can change since has not: its time, its key, its revocation."""
        return time.time() < self.claims["exp"] and store.key(self.kid) is self.key and not store.revoked(self.claims)


class VerifiedTokens:
    """The tokens that this process has verified: they are long, and decoding one costs as much as a query.

    Remembered by the hash of the whole Authorization header. One that no longer holds is verified anew,
    which then says why.
    """

    def __init__(self, store: TrustStore) -> None:
        self._store = store
        self._known: dict[bytes, _Verified] = {}

    def find(self, header: str) -> Caller | None:
        """The caller whom this header named before, if it still does."""
        mark = _mark(header)
        known = self._known.get(mark)
        if known is not None and not known.still_holds(self._store):
            self._known.pop(mark, None)
            return None
        return known.caller if known else None

    def remember(self, header: str, verified: _Verified) -> None:
        """Keep what was verified just now."""
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[_mark(header)] = verified


def _mark(header: str) -> bytes:
    return hashlib.sha256(header.encode()).digest()


def init_tokens(app: Flask, store: TrustStore, issuer: str, audience: str) -> JWTManager:
    """Wire flask-jwt-extended to the trust store."""
    app.config.update(
        JWT_TOKEN_LOCATION=["headers"],
        JWT_ALGORITHM=ALGORITHM,
        JWT_DECODE_ALGORITHMS=[ALGORITHM],
        JWT_ENCODE_ISSUER=issuer,
        JWT_DECODE_ISSUER=issuer,
        JWT_ENCODE_AUDIENCE=audience,
        JWT_DECODE_AUDIENCE=audience,
        JWT_DECODE_LEEWAY=5,
    )
    manager = JWTManager(app)
    app.extensions["trust"] = store
    app.extensions["verified_tokens"] = VerifiedTokens(store)

    @manager.decode_key_loader
    def key_for(headers: dict[str, Any], _claims: dict[str, Any]) -> Any:
        key = store.key(str(headers.get("kid")))
        if key is None:
            raise InvalidKeyError("unknown signing key")
        g.signing_key = key
        return key

    @manager.token_in_blocklist_loader
    def is_revoked(_headers: dict[str, Any], claims: dict[str, Any]) -> bool:
        return store.revoked(claims)

    return manager


def authenticate() -> Caller:
    """The caller that the request's bearer token names; Problem 401 when there is none to believe."""
    tokens: VerifiedTokens = current_app.extensions["verified_tokens"]
    header = request.headers.get("Authorization", "")
    if (known := tokens.find(header)) is not None:
        return known
    try:
        verify_jwt_in_request()
        get_jwt()["exp"]  # the library verifies an expiry only when there is one
        if get_jwt()["type"] != "access":  # and refuses no other type but "refresh"
            raise InvalidTokenError("not an access token")
    except ExpiredSignatureError:
        raise Problem(401, "token_caducado", "El token caducó; renuévelo.", headers=_UNAUTHENTICATED) from None
    except (JWTExtendedException, PyJWTError, ValueError, TypeError, KeyError) as error:
        logger.info("token refused: %s: %s", type(error).__name__, error)
        raise Problem(401, headers=_UNAUTHENTICATED) from None
    verified = _Verified(Caller.from_claims(get_jwt()), get_jwt(), str(get_jwt_header()["kid"]), g.signing_key)
    tokens.remember(header, verified)
    return verified.caller


def authorise(rule: AccessRule) -> None:
    """Let the request pass, or raise 401/403. Sets the caller of the request."""
    if rule.permission is None:
        if rule.reads_token and "Authorization" in request.headers:
            g.caller = authenticate()
        return
    if rule.permission not in current_app.extensions["comun"].permissions:
        raise RuntimeError(f"unknown permission {rule.permission}")
    g.caller = authenticate()
    if not g.caller.can(rule.permission):
        raise Forbidden()
