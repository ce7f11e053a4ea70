"""Keys and revocations from auth_service over REST."""

from typing import Any

from flask import Flask

from comun.http import ServiceClient


class RemoteTrust:
    """The TrustSource of every service but auth_service."""

    def __init__(self, app: Flask) -> None:
        url = app.config["AUTH_URL"]
        # Short timeouts: a request may be waiting for a key, and what is known serves on.
        self._public = ServiceClient("auth", url, label="autenticación", timeout=(0.5, 2.0), retries=0)
        self._private = ServiceClient(
            "auth", url, label="autenticación", token=app.extensions["service_tokens"], timeout=(0.5, 2.0), retries=0
        )

    def keys(self) -> dict[str, Any]:
        document: dict[str, Any] = self._public.get("/auth/.well-known/jwks.json")
        return document

    def revocations(self) -> dict[str, Any]:
        document: dict[str, Any] = self._private.get("/interno/revocaciones")
        return document
