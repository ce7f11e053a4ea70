"""Real signed tokens for tests, and the keys that verify them."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Iterable
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

ISSUER, AUDIENCE = "odontocare", "odontocare-api"


_one_at_a_time = threading.Lock()


def signing_key(kid: str = "prueba") -> rsa.RSAPrivateKey:
    """The private key of that id; one per id in a test run, whichever thread asks first."""
    with _one_at_a_time:
        return _made(kid)


@cache
def _made(kid: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_jwk(kid: str = "prueba") -> dict[str, Any]:
    """The public half as a JWK."""
    key: dict[str, Any] = jwt.algorithms.RSAAlgorithm.to_jwk(signing_key(kid).public_key(), as_dict=True)
    return {**key, "kid": kid, "alg": "RS256", "use": "sig"}


def make_token(*, kid: str = "prueba", algorithm: str = "RS256", key: Any = None, **claims: Any) -> str:
    """A token as auth_service signs it; any claim can be set, None leaves it out."""
    moment = int(time.time())
    content = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "1",
        "iat": moment,
        "nbf": moment,
        "exp": moment + 900,
        "jti": uuid.uuid4().hex,
        "type": "access",
        "fresh": False,
        "sid": uuid.uuid4().hex,
        "uv": 1,
        "rv": 1,
        "rol": "admin",
        "alcance": "red",
        "permisos": [],
        "centros": [],
        "doctor_id": None,
        "paciente_id": None,
        "nombre_usuario": "prueba",
        **claims,
    }
    content = {name: value for name, value in content.items() if value is not None or name.endswith("_id")}
    return jwt.encode(content, key or signing_key(kid), algorithm=algorithm, headers={"kid": kid})


_SHARED_SECONDS = 300
_signed: dict[str, tuple[float, str]] = {}


def shared_token(**claims: Any) -> str:
    """A token with these claims: the same one for whoever asks within minutes, so that it is signed once and each
    application verifies it once. `make_token` is for what must be a session of its own.
    """
    wanted, moment = json.dumps(claims, sort_keys=True), time.time()
    made, token = _signed.get(wanted, (0.0, ""))
    if not made <= moment < made + _SHARED_SECONDS:
        token = make_token(**claims)
        _signed[wanted] = moment, token
    return token


class StaticTrust:
    """A TrustSource with the test keys; `revoked` can be filled by a test."""

    def __init__(self, kids: Iterable[str] = ("prueba",)) -> None:
        self.kids = list(kids)
        self.revoked: list[dict[str, Any]] = []

    def keys(self) -> dict[str, Any]:
        return {"keys": [public_jwk(kid) for kid in self.kids]}

    def revocations(self) -> dict[str, Any]:
        return {"revocaciones": list(self.revoked)}
