"""Tokens that auth_service did not sign, or not for this: 401 in every service, and nothing more is said."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from itertools import cycle
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from local_system import System
from sqlalchemy import create_engine, text

from comun.encryption import Encryption
from comun.engine import normalise_url

from .conftest import Quien, Red, bien, esperar, problema
from .mundo import CLAVE, EN_UNA_BASE, Desconocido, Vigilado, unico

pytestmark = EN_UNA_BASE

RUTAS = ("/auth/usuarios", "/admin/pacientes", "/citas", "/facturacion/facturas")


def b64(contenido: bytes) -> str:
    return base64.urlsafe_b64encode(contenido).rstrip(b"=").decode()


def _clave_privada(sistema: System) -> bytes:
    """It never leaves auth_service; this reads it as somebody with its secrets would."""
    motor = create_engine(normalise_url(sistema.env["AUTH_DATABASE_URL"]))
    with motor.connect() as conexion:
        cifrada = str(conexion.scalar(text("SELECT privada FROM clave_firma WHERE activa")))
    motor.dispose()
    secreto = Path(sistema.env["AUTH_SECRET_KEY_FILE"]).read_text(encoding="utf-8").strip()
    return Encryption([secreto], "odontocare auth at rest").decrypt(cifrada)


class Forja:
    """Makes tokens from those of a real administrator."""

    def __init__(self, red: Red) -> None:
        token = str(red.admin.token)
        self.claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
        self.firma = token.rpartition(".")[2]
        self.jwk = bien(red.publico.get("/auth/.well-known/jwks.json"))["keys"][0]
        self.kid = jwt.get_unverified_header(token)["kid"]
        self.publica = RSAAlgorithm.from_jwk(self.jwk)
        self.ajena = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.buena = _clave_privada(red.system)

    def firmado(self, clave: Any = None, alg: str = "RS256", cabecera: Any = None, **cambios: Any) -> str:
        """A token like the real one but for `cambios` (None: without it), signed with the real key or another."""
        claims = {k: v for k, v in {**self.claims, **cambios}.items() if v is not None or k not in cambios}
        return jwt.encode(claims, clave or self.buena, alg, headers={"kid": self.kid, **(cabecera or {})})

    def a_mano(self, cabecera: dict[str, Any], secreto: bytes | None = None) -> str:
        """A token that a library would refuse to make: no signature, or a public key as the secret."""
        claims = {**self.claims, "exp": int(time.time()) + 900}
        texto = f"{b64(json.dumps(cabecera).encode())}.{b64(json.dumps(claims).encode())}"
        firma = b64(hmac.new(secreto, texto.encode(), hashlib.sha256).digest()) if secreto else ""
        return f"{texto}.{firma}"

    def publicas(self) -> list[bytes]:
        """The public key in every form that somebody might take for a shared secret."""
        formas = (
            (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo),
            (serialization.Encoding.PEM, serialization.PublicFormat.PKCS1),
            (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo),
        )
        pems = [self.publica.public_bytes(*forma) for forma in formas]
        return [*pems, pems[0].strip(), self.jwk["n"].encode(), json.dumps(self.jwk).encode()]


def falsos(f: Forja) -> dict[str, str]:
    """Every wrong token, by what is wrong with it."""
    ahora = int(time.time())
    jwk_ajena = RSAAlgorithm.to_jwk(f.ajena.public_key(), as_dict=True)
    mal_codificado = ".".join(str(f.firmado()).split(".")[:2])
    return {
        **{f"alg {alg}": f.a_mano({"alg": alg, "kid": f.kid}) for alg in ("none", "None", "nOnE", "NONE", "")},
        "alg none, with the real signature": f.a_mano({"alg": "none", "kid": f.kid}) + f.firma,
        "no alg": f.a_mano({"kid": f.kid}),
        **{
            f"HS256 with the public key {n}": f.a_mano({"alg": "HS256", "kid": f.kid}, clave)
            for n, clave in enumerate(f.publicas())
        },
        **{f"{alg}, real key": f.firmado(alg=alg) for alg in ("RS384", "RS512", "PS256")},
        "foreign key": f.firmado(f.ajena),
        "foreign key of its own id": f.firmado(f.ajena, cabecera={"kid": "otra"}),
        "foreign key brought along": f.firmado(f.ajena, cabecera={"jwk": jwk_ajena}),
        "foreign key at an address": f.firmado(f.ajena, cabecera={"jku": "http://127.0.0.1:9/jwks.json"}),
        "id as path": f.firmado(f.ajena, cabecera={"kid": "../../../../dev/null"}),
        "id as SQL": f.firmado(f.ajena, cabecera={"kid": "x' UNION SELECT 'x"}),
        "other audience": f.firmado(aud="otra-api"),
        "no audience": f.firmado(aud=None),
        "other issuer": f.firmado(iss="otro"),
        "no issuer": f.firmado(iss=None),
        "not yet": f.firmado(nbf=ahora + 600),
        "without end": f.firmado(exp=None),
        "without subject": f.firmado(sub=None),
        "of another type": f.firmado(type="refresh"),
        "another's signature": f"{f.a_mano({'alg': 'RS256', 'kid': f.kid})}{f.firma}",
        "no signature": f"{mal_codificado}.",
        "two parts": mal_codificado,
        "nothing": "",
        "garbage": "x.y.z",
        "a comma": "a, Bearer b",
        "dots": "." * 3000,
        "long": "A" * 7000,
    }


def test_un_token_que_no_es_de_verdad_no_abre_nada(sistema: System, red: Red) -> None:
    f = Forja(red)
    for ruta in RUTAS:
        bien(Vigilado(sistema.url, f.firmado()).get(ruta))  # with the real key all is well: the others tell something
    aceptados = []
    # auth_service knows its keys by itself; all others ask it for them, in one way.
    for (nombre, token), otra in zip(falsos(f).items(), cycle(RUTAS[1:]), strict=False):
        for ruta in (RUTAS[0], otra):
            respuesta = Vigilado(sistema.url, token or " ").get(ruta)
            if respuesta.status_code != 401 or respuesta.json()["codigo"] != "no_autenticado":
                aceptados.append(f"{nombre} {ruta}: {respuesta.status_code} {respuesta.text[:200]}")
            assert respuesta.headers["WWW-Authenticate"].startswith("Bearer"), nombre
    assert not aceptados, "\n".join(aceptados)
    for ruta in RUTAS:
        problema(Vigilado(sistema.url, f.firmado(exp=int(time.time()) - 60)).get(ruta), 401, "token_caducado")


def test_solo_vale_como_portador_y_en_su_cabecera(sistema: System, red: Red) -> None:
    publico, token = Desconocido(sistema.url), red.admin.token
    for ruta in RUTAS:
        for cabecera in (
            {"Authorization": f"Basic {base64.b64encode(f'admin:{token}'.encode()).decode()}"},
            {"Authorization": f"Token {token}"},
            {"Authorization": f"{token}"},
            {"Cookie": f"access_token_cookie={token}"},
            {"Cookie": f"session={token}"},
            {"Cookie": f"access_token={token}"},
            {"X-Authorization": f"Bearer {token}"},
            {"X-Forwarded-User": "admin", "X-User-Id": "1", "Remote-User": "admin"},
        ):
            problema(publico.get(ruta, headers=cabecera), 401)
        for argumento in ("jwt", "access_token", "token"):
            problema(publico.get(ruta, params={argumento: token}), 401)


def test_los_tokens_no_se_cambian_uno_por_otro(sistema: System, red: Red) -> None:
    cuenta = {"nombre_usuario": unico("tokens"), "contrasena": CLAVE}
    bien(red.admin.post("/auth/usuarios", {**cuenta, "nombres": "Luz", "rol": "medico"}), 201)
    publico = Desconocido(sistema.url)
    tokens = bien(publico.post("/auth/login", cuenta))
    acceso, renovacion = tokens["access_token"], tokens["refresh_token"]
    for ruta in RUTAS:
        problema(Vigilado(sistema.url, renovacion).get(ruta), 401, "no_autenticado")
    problema(publico.post("/auth/refresh", {"refresh_token": acceso}), 401)
    problema(Vigilado(sistema.url, acceso).post("/auth/refresh"), 401)
    # Spent once, and again by a thief: the whole family ends, in every service within seconds.
    nuevos = bien(publico.post("/auth/refresh", {"refresh_token": renovacion}))
    problema(publico.post("/auth/refresh", {"refresh_token": renovacion}), 401, "sesion_terminada")
    problema(publico.post("/auth/refresh", {"refresh_token": nuevos["refresh_token"]}), 401, "sesion_terminada")
    robada = Quien(sistema.url, nuevos["access_token"])
    for ruta in RUTAS:  # long before the token's own end
        esperar(lambda cual=ruta: robada.get(cual).status_code == 401)
    # A service's credentials are no person's, and a person's no service's.
    problema(publico.post("/auth/token", {"grant_type": "password", "client_id": "x", "client_secret": "y"}), 422)
    cliente = {"client_id": cuenta["nombre_usuario"], "client_secret": CLAVE}
    problema(publico.post("/auth/token", {"grant_type": "client_credentials", **cliente}), 401)
    problema(publico.post("/auth/login", {"nombre_usuario": "admin_service", "contrasena": CLAVE}), 401)


def test_la_clave_publicada_no_trae_la_privada(red: Red) -> None:
    for clave in bien(red.publico.get("/auth/.well-known/jwks.json"))["keys"]:
        assert set(clave) == {"kty", "n", "e", "kid", "alg", "use"}
        assert (clave["kty"], clave["alg"], clave["use"]) == ("RSA", "RS256", "sig")
