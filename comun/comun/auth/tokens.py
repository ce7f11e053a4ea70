"""Verification of access tokens: algorithm, issuer and audience pinned, keys by JWKS, revocation checked."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, current_app, g, request
from flask_jwt_extended import JWTManager, get_jwt, verify_jwt_in_request
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt import ExpiredSignatureError, InvalidKeyError, InvalidTokenError, PyJWTError

from comun.auth.caller import Caller
from comun.auth.permissions import AccessRule
from comun.auth.trust import TrustStore
from comun.errors import Forbidden, Problem

logger = logging.getLogger(__name__)

ALGORITHM = "RS256"
_UNAUTHENTICATED = {"WWW-Authenticate": 'Bearer realm="odontocare"'}


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

    @manager.decode_key_loader
    def key_for(headers: dict[str, Any], _claims: dict[str, Any]) -> Any:
        key = store.key(str(headers.get("kid")))
        if key is None:
            raise InvalidKeyError("unknown signing key")
        return key

    @manager.token_in_blocklist_loader
    def is_revoked(_headers: dict[str, Any], claims: dict[str, Any]) -> bool:
        return store.revoked(claims)

    return manager


def authenticate() -> Caller:
    """The caller that the request's bearer token names; Problem 401 when there is none to believe."""
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
    return Caller.from_claims(get_jwt())


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
