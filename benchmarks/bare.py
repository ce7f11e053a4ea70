"""A Flask application that does nothing, under the gunicorn settings of the services: what all else is compared with.

    /auth/constante     constant JSON
    /auth/con-token     the same for whoever has a good token (RS256), which is verified each time

Settings: BARE_PORT, BARE_WORKERS, BARE_THREADS, BARE_JWKS (a file), JWT_ISSUER, JWT_AUDIENCE.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Flask
from flask_jwt_extended import verify_jwt_in_request
from jwt import PyJWK

from comun.auth.tokens import init_tokens
from comun.cli import Gunicorn, gunicorn_options

ANSWER = {"estado": "listo", "servicio": "ninguno"}


class FixedTrust:
    """A trust store that knows some keys and no revocations."""

    def __init__(self, jwks: Mapping[str, Any]) -> None:
        self._keys = {key["kid"]: PyJWK(key).key for key in jwks["keys"]}

    def key(self, kid: str) -> Any:
        return self._keys.get(kid)

    def revoked(self, _claims: Mapping[str, Any]) -> bool:
        return False


def make_app(jwks: Mapping[str, Any], issuer: str, audience: str) -> Flask:
    """The application."""
    app = Flask("bare", static_folder=None)
    init_tokens(app, FixedTrust(jwks), issuer, audience)  # type: ignore[arg-type]

    @app.get("/auth/constante")
    def constante() -> dict[str, str]:
        return ANSWER

    @app.get("/auth/con-token")
    def con_token() -> dict[str, str]:
        verify_jwt_in_request()
        return ANSWER

    return app


def main() -> None:
    """Serve it."""
    settings = {
        "HOST": "127.0.0.1",
        "PORT": int(os.environ["BARE_PORT"]),
        "WORKERS": int(os.environ["BARE_WORKERS"]),
        "THREADS": int(os.environ["BARE_THREADS"]),
    }
    service: Any = SimpleNamespace(setting=lambda _app, name: settings[name])
    jwks = json.loads(Path(os.environ["BARE_JWKS"]).read_text(encoding="utf-8"))
    app = make_app(jwks, os.environ.get("JWT_ISSUER", "odontocare"), os.environ.get("JWT_AUDIENCE", "odontocare-api"))
    Gunicorn(app, gunicorn_options(service, app)).run()


if __name__ == "__main__":
    main()
