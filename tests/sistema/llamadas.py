"""Calls over HTTP that cost the tests little: `requests` takes longer for one than a service does that refuses it.

What an answer tells is called as there.
"""

from __future__ import annotations

import json as json_
import re
from contextlib import suppress
from functools import cache, cached_property
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlencode, urlsplit

from requests import Request
from requests.structures import CaseInsensitiveDict
from requests.utils import requote_uri
from urllib3.util.wait import wait_for_read

_LLANA = re.compile(r"[A-Za-z0-9/?=&._~:,+-]*")
# As many as are kept open when nobody uses them.
_ABIERTAS = 10


class Respuesta:
    """An answer, and what was asked."""

    def __init__(self, method: str, url: str, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        self.method, self.url, self.status_code, self.content = method, url, status, content
        self.headers: CaseInsensitiveDict[str] = CaseInsensitiveDict(headers)

    @property
    def request(self) -> Respuesta:
        """What was asked: its `method`, `url` and `path_url`."""
        return self

    @property
    def path_url(self) -> str:
        """The path that was asked for, with its query."""
        return "/" + self.url.split("/", 3)[3]

    @property
    def ok(self) -> bool:
        """Whether it is no error."""
        return self.status_code < 400

    @cached_property
    def text(self) -> str:
        """The body, read as UTF-8."""
        return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """What the body holds."""
        return json_.loads(self.content)


class Conexiones:
    """Connections to one server, kept open; from `direccion`, if given. Any number of threads may call at once."""

    def __init__(self, url: str, direccion: str | None = None) -> None:
        partes = urlsplit(url)
        self._destino = str(partes.hostname), partes.port
        self._url, self._origen = url, (direccion, 0) if direccion else None
        self._libres: list[HTTPConnection] = []

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
        if not _LLANA.fullmatch(path):
            path = requote_uri(path)
        cabeceras: dict[str, Any] = {"Accept": "*/*"}
        if json is not None:
            data, cabeceras["Content-Type"] = json_.dumps(json, allow_nan=False).encode(), "application/json"
        elif files or isinstance(data, dict):
            formulario = Request("POST", self._url, data=data, files=files).prepare()
            data, cabeceras["Content-Type"] = formulario.body, formulario.headers["Content-Type"]
        return self.enviar(method, path, data, {**cabeceras, **(headers or {})}, timeout)

    def enviar(self, method: str, path: str, body: Any, headers: dict[str, Any], timeout: float = 120) -> Respuesta:
        """Send what is ready to be sent."""
        conexion = self._una(timeout)
        try:
            with suppress(BrokenPipeError):  # it may answer without having heard all
                conexion.request(method, path, body, headers)
            respuesta = conexion.getresponse()
            contenido = respuesta.read()
        except BaseException as error:
            conexion.close()
            if isinstance(error, HTTPException):
                raise ConnectionError(error) from error
            raise
        if len(self._libres) < _ABIERTAS:
            self._libres.append(conexion)
        else:
            conexion.close()
        return Respuesta(method, self._url + path, respuesta.status, respuesta.getheaders(), contenido)

    def _una(self, timeout: float) -> HTTPConnection:
        try:
            conexion = self._libres.pop()
        except IndexError:
            return HTTPConnection(*self._destino, timeout=timeout, source_address=self._origen)
        if conexion.sock is not None:
            if wait_for_read(conexion.sock, timeout=0):  # it hung up in the meantime
                conexion.close()
            else:
                conexion.sock.settimeout(timeout)
        conexion.timeout = timeout
        return conexion


def _consulta(params: Any) -> str:
    pares = params.items() if hasattr(params, "items") else params
    return urlencode([(nombre, valor) for nombre, valor in pares if valor is not None], doseq=True)


@cache
def conexiones(url: str) -> Conexiones:
    """Those to that server that all tests share."""
    return Conexiones(url)
