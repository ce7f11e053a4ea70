"""Calls over HTTP that cost the tests little: `requests` takes longer for one than a service does that refuses it.

What an answer tells is called as there.
"""

from __future__ import annotations

import json as json_
from functools import cache
from typing import Any
from urllib.parse import urlencode

from requests import Request
from urllib3 import BaseHTTPResponse, connection_from_url
from urllib3.exceptions import HTTPError

# As many as are kept open when nobody uses them.
_ABIERTAS = 10


class Respuesta:
    """An answer, and what was asked: its `method`, its `path` with its query."""

    def __init__(self, method: str, path: str, dicho: BaseHTTPResponse) -> None:
        self.method, self.path = method, path
        self.status_code, self.headers, self.content = dicho.status, dicho.headers, dicho.data

    @property
    def ok(self) -> bool:
        """Whether it is no error."""
        return self.status_code < 400

    @property
    def text(self) -> str:
        """The body, read as UTF-8."""
        return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """What the body holds."""
        return json_.loads(self.content)


class Conexiones:
    """Connections to one server, kept open; from `direccion`, if given. Any number of threads may call at once."""

    def __init__(self, url: str, direccion: str | None = None) -> None:
        origen = {"source_address": (direccion, 0)} if direccion else {}
        self._url, self._pool = url, connection_from_url(url, maxsize=_ABIERTAS, **origen)

    def pedir(
        self,
        method: str,
        path: str,
        *,
        params: Any = None,
        headers: dict[str, Any] | None = None,
        json: Any = None,
        data: Any = None,
        files: Any = None,
        timeout: float = 120,
    ) -> Respuesta:
        """Ask, with arguments as `requests` takes them."""
        if params:
            path += ("&" if "?" in path else "?") + _consulta(params)
        cabeceras: dict[str, Any] = {"Accept": "*/*"}
        if json is not None:
            data, cabeceras["Content-Type"] = json_.dumps(json, allow_nan=False).encode(), "application/json"
        elif files or isinstance(data, dict):
            formulario = Request("POST", self._url, data=data, files=files).prepare()
            data, cabeceras["Content-Type"] = formulario.body, formulario.headers["Content-Type"]
        return self.enviar(method, path, data, {**cabeceras, **(headers or {})}, timeout)

    def enviar(self, method: str, path: str, body: Any, headers: dict[str, Any], timeout: float = 120) -> Respuesta:
        """Send what is ready to be sent. Raises ConnectionError when no whole answer came."""
        try:
            dicho = self._pool.urlopen(
                method, path, body, headers, retries=False, redirect=False, assert_same_host=False, timeout=timeout
            )
        except HTTPError as error:
            raise ConnectionError(error) from error
        return Respuesta(method, path, dicho)


def _consulta(params: Any) -> str:
    pares = params.items() if hasattr(params, "items") else params
    return urlencode([(nombre, valor) for nombre, valor in pares if valor is not None], doseq=True)


@cache
def conexiones(url: str) -> Conexiones:
    """Those to that server that all tests share."""
    return Conexiones(url)
