"""Encryption at rest of what must be read again: private keys and second-factor secrets."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Sequence

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Cifrado:
    """Fernet under keys derived (HKDF) from `AUTH_SECRET_KEY`: the first encrypts, all decrypt."""

    def __init__(self, secretos: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(_derivar(secreto)) for secreto in secretos])

    def cifrar(self, claro: bytes) -> str:
        """Authenticated ciphertext as text."""
        return self._fernet.encrypt(claro).decode()

    def descifrar(self, cifrado: str) -> bytes:
        """Raises cryptography.fernet.InvalidToken when no secret fits."""
        return self._fernet.decrypt(cifrado.encode())


def _derivar(secreto: str) -> bytes:
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"odontocare auth at rest")
    return urlsafe_b64encode(hkdf.derive(secreto.encode()))
