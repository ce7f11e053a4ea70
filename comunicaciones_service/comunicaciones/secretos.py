"""The secrets with which webhooks are signed, in the form of Standard Webhooks; encrypted where they are kept."""

from __future__ import annotations

import os
from base64 import b64encode
from typing import Any

from flask import Flask, current_app

from comun.db import now
from comun.encryption import Encryption

_EXTENSION = "cifrado"


def preparar(app: Flask) -> None:
    """Let this application encrypt under `COMUNICACIONES_SECRET_KEY`."""
    app.extensions[_EXTENSION] = Encryption(app.config["COMUNICACIONES_SECRET_KEY"], "odontocare webhooks at rest")


def secreto_nuevo() -> str:
    """`whsec_` and 32 random bytes in base64."""
    return f"whsec_{b64encode(os.urandom(32)).decode()}"


def cifrar(secreto: str) -> str:
    """As it is kept."""
    return _cifrado().encrypt(secreto.encode())


def descifrar(cifrado: str) -> str:
    """As it is signed with. Raises cryptography.fernet.InvalidToken when no key fits."""
    return _cifrado().decrypt(cifrado).decode()


def vigentes(webhook: Any) -> list[str]:
    """What a webhook (or a row of its table) is signed with now, newest first: the one before too while it holds."""
    cifrados = [webhook.secreto]
    if webhook.secreto_anterior and webhook.secreto_anterior_hasta > now():
        cifrados.append(webhook.secreto_anterior)
    return [descifrar(cifrado) for cifrado in cifrados]


def _cifrado() -> Encryption:
    cifrado: Encryption = current_app.extensions[_EXTENSION]
    return cifrado
