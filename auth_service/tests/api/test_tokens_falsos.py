"""Tokens that this service did not sign, or not for this: all the same 401."""

import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask
from jwt.algorithms import RSAAlgorithm
from jwt.utils import base64url_encode

from auth.llavero import llavero
from auth.modelos import ClaveFirma
from comun.testing.client import ApiClient, ok, problem

from ..conftest import Fabrica, credenciales


@pytest.fixture
def claims(anonimo: ApiClient, crear: Fabrica) -> dict[str, Any]:
    """Those of a real administrator's token."""
    crear("admin")
    token = credenciales(anonimo, "admin")["access_token"]
    return dict(jwt.decode(token, options={"verify_signature": False}))


@pytest.fixture
def clave(app: Flask) -> tuple[str, rsa.RSAPrivateKey]:
    """The real key, for tokens that are wrong in another way."""
    with app.app_context():
        return llavero().activa()


def rechazado(anonimo: ApiClient, token: str, codigo: str = "no_autenticado") -> None:
    respuesta = anonimo.with_token(token).get("/auth/usuarios")
    problem(respuesta, 401, codigo)
    assert respuesta.headers["WWW-Authenticate"].startswith("Bearer")


def test_el_de_verdad_vale(anonimo: ApiClient, claims: dict[str, Any], clave: Any) -> None:
    kid, privada = clave
    ok(anonimo.with_token(jwt.encode(claims, privada, "RS256", {"kid": kid})).get("/auth/usuarios"))


def test_sin_firma(anonimo: ApiClient, claims: dict[str, Any], clave: Any) -> None:
    for alg in ("none", "None", "NONE"):
        partes = [
            base64url_encode(jwt.api_jws.json.dumps(p).encode()).decode()
            for p in ({"alg": alg, "kid": clave[0]}, claims)
        ]
        rechazado(anonimo, ".".join([*partes, ""]))


def test_hs256_con_la_clave_publica(anonimo: ApiClient, app: Flask, claims: dict[str, Any], clave: Any) -> None:
    import hashlib
    import hmac

    kid, privada = clave
    publica = privada.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    cabecera = {"alg": "HS256", "typ": "JWT", "kid": kid}
    firmado = ".".join(base64url_encode(jwt.api_jws.json.dumps(p).encode()).decode() for p in (cabecera, claims))
    firma = base64url_encode(hmac.new(publica, firmado.encode(), hashlib.sha256).digest()).decode()
    rechazado(anonimo, f"{firmado}.{firma}")


@pytest.mark.parametrize("kid", ["otro", "../../etc/passwd", "' OR 1=1", None])
def test_otra_clave(anonimo: ApiClient, claims: dict[str, Any], kid: str | None) -> None:
    ajena = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    rechazado(anonimo, jwt.encode(claims, ajena, "RS256", {"kid": kid} if kid else None))


def test_otra_clave_con_el_kid_bueno_o_con_la_suya_puesta(
    anonimo: ApiClient, claims: dict[str, Any], clave: Any
) -> None:
    ajena = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    jwk = RSAAlgorithm.to_jwk(ajena.public_key(), as_dict=True)
    rechazado(anonimo, jwt.encode(claims, ajena, "RS256", {"kid": clave[0]}))
    rechazado(anonimo, jwt.encode(claims, ajena, "RS256", {"kid": clave[0], "jwk": jwk}))


@pytest.mark.parametrize("algoritmo", ["RS384", "RS512", "PS256"])
def test_otro_algoritmo_con_la_clave_buena(
    anonimo: ApiClient, claims: dict[str, Any], clave: Any, algoritmo: str
) -> None:
    rechazado(anonimo, jwt.encode(claims, clave[1], algoritmo, {"kid": clave[0]}))


@pytest.mark.parametrize(
    "cambio",
    [
        {"aud": "otra-api"},
        {"aud": None},
        {"iss": "otro"},
        {"iss": None},
        {"type": "refresh"},
        {"nbf": int(time.time()) + 86400},  # reckoned when tests are collected
        {"exp": None},
        {"sub": None},
        {"sub": 1},
    ],
)
def test_para_otro_de_otro_o_de_otro_tiempo(
    anonimo: ApiClient, claims: dict[str, Any], clave: Any, cambio: dict[str, Any]
) -> None:
    cuerpo = {campo: valor for campo, valor in {**claims, **cambio}.items() if valor is not None}
    rechazado(anonimo, jwt.encode(cuerpo, clave[1], "RS256", {"kid": clave[0]}))


def test_caducado_lo_dice(anonimo: ApiClient, claims: dict[str, Any], clave: Any) -> None:
    viejo = jwt.encode({**claims, "exp": int(time.time()) - 60}, clave[1], "RS256", {"kid": clave[0]})
    rechazado(anonimo, viejo, "token_caducado")


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "a.b", "ñ.ñ.ñ", "." * 5000])
def test_basura(anonimo: ApiClient, crear: Fabrica, token: str) -> None:
    respuesta = anonimo.get("/auth/usuarios", headers={"Authorization": f"Bearer {token}".encode().decode("latin-1")})
    problem(respuesta, 401)


def test_la_parte_privada_no_sale_ni_se_guarda_en_claro(anonimo: ApiClient, app: Flask) -> None:
    publicadas = ok(anonimo.get("/auth/.well-known/jwks.json"))["keys"]
    assert publicadas
    assert all(set(clave) == {"kty", "n", "e", "kid", "alg", "use"} for clave in publicadas)
    with app.app_context():
        from auth.extensiones import db

        assert all("PRIVATE" not in privada for privada in db.session.scalars(db.select(ClaveFirma.privada)))
