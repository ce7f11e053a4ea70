"""Which tokens are believed: those that auth_service signed, for us, for now, as access tokens. No other."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from comun.auth.caller import ANONYMOUS, Caller, Scope
from comun.testing.client import ApiClient, ok, problem
from comun.testing.tokens import make_token, public_jwk, signing_key

WAY = "/biblioteca/libros"
HELD = ["biblioteca:leer"]
DEEP = b'{"a": ' + b"[" * 4000


def good(**changes: Any) -> str:
    return make_token(permisos=HELD, **changes)


def part(content: Any) -> str:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def opened(segment: str) -> bytes:
    return base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))


def resigned(header: dict[str, Any], kid: str = "prueba") -> str:
    """A good token's claims under another header, signed by the right key as RS256."""
    _, claims, _ = good().split(".")
    text = f"{part(header)}.{claims}"
    signature = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256).sign(text.encode(), signing_key(kid))
    return f"{text}.{part(signature)}"


def hs256_with_the_public_key() -> str:
    public = signing_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    text = f"{part({'alg': 'HS256', 'typ': 'JWT', 'kid': 'prueba'})}.{good().split('.')[1]}"
    return f"{text}.{part(hmac.new(public, text.encode(), hashlib.sha256).digest())}"


def unsigned(algorithm: str) -> str:
    return f"{part({'alg': algorithm, 'typ': 'JWT', 'kid': 'prueba'})}.{good().split('.')[1]}."


def promoted() -> str:
    """A token whose claims were changed after the signature."""
    header, claims, signature = good(rol="paciente").split(".")
    return f"{header}.{part({**json.loads(opened(claims)), 'rol': 'admin'})}.{signature}"


FORGED = {
    "alg none": lambda: unsigned("none"),
    "alg None": lambda: unsigned("None"),
    "alg missing": lambda: f"{part({'kid': 'prueba'})}.{good().split('.')[1]}.{good().split('.')[2]}",
    "HS256 with the public key": hs256_with_the_public_key,
    "RS512 with the right key": lambda: good(algorithm="RS512"),
    "PS256 with the right key": lambda: good(algorithm="PS256"),
    "a key of one's own": lambda: good(key=signing_key("ajena")),
    "a key of one's own in the header": lambda: jwt.encode(
        jwt.decode(good(), options={"verify_signature": False}),
        signing_key("ajena"),
        "RS256",
        headers={"kid": "prueba", "jwk": public_jwk("ajena"), "jku": "http://127.0.0.1:1/jwks.json"},
    ),
    "unknown kid": lambda: good(kid="otra"),
    "no kid": lambda: resigned({"alg": "RS256", "typ": "JWT"}),
    "a number as kid": lambda: resigned({"alg": "RS256", "kid": 1}),
    "a list as kid": lambda: resigned({"alg": "RS256", "kid": ["prueba"]}),
    "a path as kid": lambda: resigned({"alg": "RS256", "kid": "../../../../dev/null"}),
    "SQL as kid": lambda: resigned({"alg": "RS256", "kid": "x' UNION SELECT 'prueba"}),
    "NUL in kid": lambda: resigned({"alg": "RS256", "kid": "prueba\0"}),
    "an unknown critical extension": lambda: resigned({"alg": "RS256", "kid": "prueba", "crit": ["exp2"], "exp2": 1}),
    "changed claims": promoted,
    "no signature": lambda: good().rpartition(".")[0] + ".",
    "another token's signature": lambda: good().rpartition(".")[0] + "." + good(sub="2").rpartition(".")[2],
    "another issuer": lambda: good(iss="otro"),
    "no issuer": lambda: good(iss=None),
    "another audience": lambda: good(aud="otra-api"),
    "no audience": lambda: good(aud=None),
    "not yet valid": lambda: good(nbf=int(time.time()) + 60),
    "issued in the future": lambda: good(iat=int(time.time()) + 60),
    "never expires": lambda: good(exp=None),
    "expires at no number": lambda: good(exp="mañana"),
    "no subject": lambda: good(sub=None),
    "a refresh token": lambda: good(type="refresh"),
    "another type": lambda: good(type="otro"),
    "empty": lambda: "",
    "one part": lambda: "una-sola-parte",
    "three empty parts": lambda: "..",
    "no base64": lambda: "ñ.ñ.ñ".encode().decode("latin1"),
    "a header that is no object": lambda: f"{part([])}.{part({})}.{part(b'x')}",
    "claims that are no object": lambda: f"{part({'alg': 'RS256', 'kid': 'prueba'})}.{part([1])}.{part(b'x')}",
    "a header that is no UTF-8": lambda: part(b'{"alg": "\xff"}') + "..",
    "a very deep header": lambda: f"{part(DEEP)}.{part({})}.{part(b'x')}",
    "very deep claims": lambda: f"{part({'alg': 'RS256', 'kid': 'prueba'})}.{part(DEEP)}.{part(b'x')}",
}


@pytest.fixture
def api(migrated_app: Flask) -> ApiClient:
    """Nobody yet."""
    return ApiClient(migrated_app)


def test_a_good_one_is_believed(api: ApiClient) -> None:
    ok(api.with_token(good()).get(WAY))
    ok(api.with_token(good(aud=["otra", "odontocare-api"])).get(WAY))


@pytest.mark.parametrize("kind", FORGED)
def test_a_forged_or_foreign_one_is_not(api: ApiClient, kind: str) -> None:
    token = FORGED[kind]()
    answer = api.get(WAY, headers={"Authorization": f"Bearer {token}"})
    body = problem(answer, 401, "no_autenticado")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert body["detail"] == "Falta un token válido."
    assert not token or token not in answer.get_data(as_text=True)


def test_an_expired_one_is_told_so_that_it_can_be_renewed(api: ApiClient) -> None:
    problem(api.with_token(good(exp=int(time.time()) - 60)).get(WAY), 401, "token_caducado")


def test_clocks_may_differ_a_little(api: ApiClient) -> None:
    ok(api.with_token(good(nbf=int(time.time()) + 3, iat=int(time.time()) + 3)).get(WAY))


@pytest.mark.parametrize(
    "value", ["", "Bearer", "Bearer ", "Basic YTpi", "{token}", "Token {token}", "Bearer {token} x"]
)
def test_what_is_no_bearer_token(api: ApiClient, value: str) -> None:
    problem(api.get(WAY, headers={"Authorization": value.format(token=good())}), 401, "no_autenticado")


def test_it_is_read_from_the_header_only(migrated_app: Flask) -> None:
    client = migrated_app.test_client()
    client.set_cookie("access_token_cookie", good())
    problem(client.get(WAY), 401)
    problem(client.get(f"{WAY}?jwt={good()}"), 401)


@settings(max_examples=60)
@given(st.sampled_from([0, 1, 2]), st.integers(0, 10_000), st.integers(0, 7))
def test_no_bit_of_it_can_be_turned(api: ApiClient, segment: int, place: int, bit: int) -> None:
    parts = good().split(".")
    content = bytearray(opened(parts[segment]))
    content[place % len(content)] ^= 1 << bit
    parts[segment] = part(bytes(content))
    problem(api.with_token(".".join(parts)).get(WAY), 401)


class TestCaller:
    def test_a_person(self) -> None:
        claims = {
            "sub": "7",
            "rol": "secretaria",
            "alcance": "centros",
            "centros": [1, 2],
            "permisos": ["a:b"],
            "sid": "s",
        }
        who = Caller.from_claims(claims)
        assert (who.usuario_id, who.actor, who.sesion) == (7, "usuario:7", "s")
        assert who.can("a:b") and not who.can("a") and not who.can("a:c")
        assert who.acts_in(2) and not who.acts_in(3) and not who.acts_in(None)

    def test_a_service(self) -> None:
        who = Caller.from_claims({"sub": "servicio:citas", "alcance": "red"})
        assert (who.usuario_id, who.actor) == (None, "servicio:citas")
        assert who.acts_in(3) and who.acts_in(None)

    @pytest.mark.parametrize("scope", [None, "", "todo", "RED", 1, ["red"]])
    def test_an_unknown_scope_reaches_nothing(self, scope: object) -> None:
        who = Caller.from_claims({"sub": "7", "alcance": scope})
        assert who.alcance is Scope.NINGUNO
        assert not who.acts_in(1)

    def test_nobody(self) -> None:
        assert (ANONYMOUS.usuario_id, ANONYMOUS.actor, ANONYMOUS.permisos) == (None, "anonimo", frozenset())
