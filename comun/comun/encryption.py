"""Encryption at rest of what must be read again: private keys, second factors, secrets shared with others."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Sequence

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Encryption:
    """Fernet under keys derived (HKDF) from secrets for one purpose: the first encrypts, all decrypt."""

    def __init__(self, secrets: Sequence[str], purpose: str) -> None:
        self._fernet = MultiFernet([Fernet(_derive(secret, purpose)) for secret in secrets])

    def encrypt(self, plain: bytes) -> str:
        """Authenticated ciphertext as text."""
        return self._fernet.encrypt(plain).decode()

    def decrypt(self, encrypted: str) -> bytes:
        """Raises cryptography.fernet.InvalidToken when no secret fits."""
        return self._fernet.decrypt(encrypted.encode())


def _derive(secret: str, purpose: str) -> bytes:
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode())
    return urlsafe_b64encode(hkdf.derive(secret.encode()))
