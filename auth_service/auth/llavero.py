"""The keys that sign access tokens: made, cached, rotated, published."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from flask import Flask, current_app
from jwt.algorithms import RSAAlgorithm
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from auth.extensiones import db
from auth.modelos import ClaveFirma
from auth.modelos.revocacion import revocar
from comun.auth.tokens import ALGORITHM
from comun.db import now
from comun.encryption import Encryption

_BITS = 2048


class Llavero:
    """Private keys of this process by kid, loaded once: reading one from PEM takes 40 ms."""

    def __init__(self, cifrado: Encryption) -> None:
        self._cifrado = cifrado
        self._privadas: dict[str, RSAPrivateKey] = {}

    def activa(self) -> tuple[str, RSAPrivateKey]:
        """kid and private key that sign now."""
        fila = db.session.execute(select(ClaveFirma.kid, ClaveFirma.privada).where(ClaveFirma.activa)).one_or_none()
        if fila is None:
            raise RuntimeError("no signing key: run `python -m auth migrate`")
        if fila.kid not in self._privadas:
            self._privadas[fila.kid] = self._cargar(fila.privada)
        return fila.kid, self._privadas[fila.kid]

    def crear_primera(self) -> None:
        """Make the first key, unless there is one; commits. Of several at once, one makes it."""
        hay = db.session.scalar(select(ClaveFirma.kid).where(ClaveFirma.activa))
        db.session.commit()
        if hay is not None:
            return
        db.session.add(self._nueva())
        try:
            db.session.commit()
        except IntegrityError:
            db.session.rollback()

    def rotar(self, *, comprometida: bool = False) -> str:
        """Sign with a new key from now on; its kid. Commits.

        The old one stays published until its last tokens have expired; when it is `comprometida` nobody
        believes it any more.
        """
        nueva = self._nueva()
        vieja = db.session.scalar(select(ClaveFirma).where(ClaveFirma.activa).with_for_update())
        if vieja is not None:
            vieja.activa = False
            vida = timedelta(seconds=current_app.config["AUTH_ACCESS_SECONDS"] + 60)
            vieja.publicada_hasta = now() if comprometida else now() + vida
            if comprometida:
                revocar("clave", vieja.kid)
            db.session.flush()
        db.session.add(nueva)
        db.session.commit()
        return nueva.kid

    def _nueva(self) -> ClaveFirma:
        privada = generate_private_key(public_exponent=65537, key_size=_BITS)
        publica: dict[str, Any] = RSAAlgorithm.to_jwk(privada.public_key(), as_dict=True)
        publica = {campo: publica[campo] for campo in ("kty", "n", "e")}
        kid = _huella_jwk(publica)
        self._privadas[kid] = privada
        pem = privada.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return ClaveFirma(
            kid=kid,
            privada=self._cifrado.encrypt(pem),
            publica={**publica, "kid": kid, "alg": ALGORITHM, "use": "sig"},
            activa=True,
        )

    def _cargar(self, cifrada: str) -> RSAPrivateKey:
        privada = serialization.load_pem_private_key(self._cifrado.decrypt(cifrada), password=None)
        if not isinstance(privada, RSAPrivateKey):
            raise TypeError("the signing key is not RSA")
        return privada


def _huella_jwk(publica: dict[str, Any]) -> str:
    """The JWK thumbprint (RFC 7638), as kid."""
    canonico = json.dumps(publica, sort_keys=True, separators=(",", ":")).encode()
    return urlsafe_b64encode(hashlib.sha256(canonico).digest()).decode().rstrip("=")


def init_llavero(app: Flask) -> None:
    """Give the application its encryption and its keys."""
    app.extensions["cifrado"] = cifrado = Encryption(app.config["AUTH_SECRET_KEY"], "odontocare auth at rest")
    app.extensions["llavero"] = Llavero(cifrado)


def llavero() -> Llavero:
    """The keys of the current application."""
    encontrado: Llavero = current_app.extensions["llavero"]
    return encontrado


def cifrado() -> Encryption:
    """The encryption of the current application."""
    encontrado: Encryption = current_app.extensions["cifrado"]
    return encontrado
