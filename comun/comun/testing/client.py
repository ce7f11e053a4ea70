"""A test client that speaks the contract: bearer tokens, JSON, problem+json."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from comun.testing.tokens import shared_token


class ApiClient:
    """Calls the application as somebody. `api.as_("paciente", paciente_id=3)` is another caller."""

    def __init__(self, app: Flask, token: str | None = None, headers: dict[str, str] | None = None) -> None:
        self.app, self.token, self.headers = app, token, headers or {}

    def with_token(self, token: str | None) -> ApiClient:
        """The same client with another token, or none."""
        return ApiClient(self.app, token, self.headers)

    def call(self, method: str, path: str, **kwargs: Any) -> TestResponse:
        """One request. `json`, `query_string`, `headers`, `data` as in Flask's test client."""
        headers = {**self.headers, **(kwargs.pop("headers", None) or {})}
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        return self.app.test_client().open(path, method=method, headers=headers, **kwargs)

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        return self.call("GET", path, **kwargs)

    def post(self, path: str, json: Any = None, **kwargs: Any) -> TestResponse:
        return self.call("POST", path, json=json, **kwargs)

    def put(self, path: str, json: Any = None, **kwargs: Any) -> TestResponse:
        return self.call("PUT", path, json=json, **kwargs)

    def patch(self, path: str, json: Any = None, **kwargs: Any) -> TestResponse:
        return self.call("PATCH", path, json=json, **kwargs)

    def delete(self, path: str, **kwargs: Any) -> TestResponse:
        return self.call("DELETE", path, **kwargs)

    def as_(self, rol: str, permisos: list[str] | None = None, **claims: Any) -> ApiClient:
        """A caller with that role. Without `permisos` it holds all of the service's own (scope still applies)."""
        scopes = {"admin": "red", "servicio": "red", "secretaria": "centros", "medico": "medico"}
        known = list(self.app.extensions["comun"].permissions)
        claims.setdefault("alcance", scopes.get(rol, rol))
        if rol == "servicio":
            claims.setdefault("sub", "servicio:prueba")
        held = permisos if permisos is not None else [p for p in known if rol == "servicio" or not _internal(p)]
        return self.with_token(shared_token(rol=rol, permisos=held, **claims))


def _internal(permission: str) -> bool:
    return permission.startswith("interno:")


def problem(response: TestResponse, status: int, codigo: str | None = None) -> dict[str, Any]:
    """Assert that the answer is a problem of the contract, and give its body."""
    body: dict[str, Any] = response.get_json(force=True)
    assert response.status_code == status, f"{response.status_code}: {body}"
    assert response.content_type == "application/problem+json"
    assert {"type", "title", "status", "detail", "instance", "codigo", "errores", "traza"} <= set(body)
    assert body["status"] == status
    if codigo is not None:
        assert body["codigo"] == codigo
    return body


def ok(response: TestResponse, status: int = 200) -> Any:
    """Assert success and give the body."""
    assert response.status_code == status, f"{response.status_code}: {response.get_data(as_text=True)}"
    return response.get_json() if response.data else None
