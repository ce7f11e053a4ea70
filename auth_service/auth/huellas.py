"""Random secrets, and the fingerprints by which the database knows them."""

import hashlib
import secrets


def secreto_nuevo() -> str:
    """256 random bits as URL-safe text."""
    return secrets.token_urlsafe(32)


def huella(secreto: str) -> str:
    """SHA-256, hexadecimal. Enough for secrets that are random already; passwords take Argon2id."""
    return hashlib.sha256(secreto.encode()).hexdigest()
