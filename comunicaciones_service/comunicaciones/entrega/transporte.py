"""The exchange with one webhook: to an address that was checked, with limits that no answer can stretch.

It follows no redirect and knows no proxy. The name is resolved once for each connection, and the connection
goes to the very address that passed the check: a name server that answers otherwise the second time is not
asked a second time. Limits of time and size are kept by the socket itself, so that they also hold for an
answer that comes byte by byte, in its head as well as in its body.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPException
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.util.ssl_ import create_urllib3_context

from comunicaciones.entrega.direcciones import (
    DireccionNoPermitida,
    NombreNoResuelto,
    Red,
    analizar,
    resolver,
)

CUERPO_MAXIMO = 64 * 2**10
_CABEZA_MAXIMA = 64 * 2**10
# The name may mean another address by then, and a sleeping connection may have been cut off on its way.
_VIDA_DE_CONEXION = 60.0
_REPOSO_DE_CONEXION = 20.0


class SinRespuesta(HTTPError):
    """No answer came. Which subclass says why, by its name: that is what the log of deliveries shows."""


class TiempoAgotado(SinRespuesta):
    """The exchange did not end in time."""


class ConexionRechazada(SinRespuesta):
    """Nobody listens there."""


class ConexionInterrumpida(SinRespuesta):
    """The connection broke off, or there was no way to the host."""


class NombreDesconocido(SinRespuesta):
    """The host has no address."""


class DireccionProhibida(SinRespuesta):
    """It lies where nothing may be sent to."""


class FalloTls(SinRespuesta):
    """No trust: the certificate does not hold for that name, or the other end speaks no TLS."""


class RespuestaInvalida(SinRespuesta):
    """What came is no HTTP answer, or its head is too big."""


@dataclass(frozen=True)
class Respuesta:
    """What a webhook answered. `cuerpo` is at most its first 64 KiB, as they came."""

    estado: int
    cabeceras: Mapping[str, str]
    cuerpo: bytes


class _Agotado(OSError):
    """More came than is read."""


@dataclass
class _Guarda:
    """What is left of an exchange's time and size."""

    fin: float
    bytes: int = CUERPO_MAXIMO + _CABEZA_MAXIMA

    def segundos(self) -> float:
        quedan = self.fin - time.monotonic()
        if quedan <= 0:
            raise TimeoutError("the exchange took too long")
        return quedan

    def restar(self, leidos: int) -> None:
        self.bytes -= leidos
        if self.bytes < 0:
            raise _Agotado("the answer is too big")


class _Vigilado:
    """A socket that keeps the limits of the exchange under way at each of its steps."""

    guarda: _Guarda | None = None

    def _paso(self) -> None:
        if self.guarda:
            self.settimeout(self.guarda.segundos())  # type: ignore[attr-defined]

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self._paso()
        leidos: int = super().recv_into(*args, **kwargs)  # type: ignore[misc]
        if self.guarda:
            self.guarda.restar(leidos)
        return leidos

    def send(self, *args: Any, **kwargs: Any) -> int:
        self._paso()
        enviados: int = super().send(*args, **kwargs)  # type: ignore[misc]
        return enviados

    def sendall(self, *args: Any, **kwargs: Any) -> None:
        self._paso()
        super().sendall(*args, **kwargs)  # type: ignore[misc]


class _Enchufe(_Vigilado, socket.socket):
    """A plain one."""


class _EnchufeTls(_Vigilado, ssl.SSLSocket):
    """One with TLS, made by a context of `contexto_tls`."""


@cache
def contexto_tls() -> ssl.SSLContext:
    """Trusts the authorities of the system, or those of `SSL_CERT_FILE`. Made once: it takes its time."""
    contexto = create_urllib3_context()
    contexto.load_default_certs()
    contexto.sslsocket_class = _EnchufeTls
    return contexto


class _Comprobada:
    """A connection that goes where the check says, whatever the name means a moment later."""

    permitidas: Sequence[Red] = ()
    esquema = "http"
    nacida = 0.0
    usada = 0.0

    def abrir(self, guarda: _Guarda) -> None:
        """Connect, or keep the connection that there is, and put it under the limits of an exchange."""
        conexion: Any = self
        conexion.timeout = guarda.segundos()
        if conexion.sock is None:
            self._guarda_al_abrir = guarda
            conexion.connect()
            self.nacida = time.monotonic()
        conexion.sock.guarda = guarda
        conexion.timeout = guarda.segundos()

    def _new_conn(self) -> socket.socket:
        conexion: Any = self
        guarda = self._guarda_al_abrir
        puntos = resolver(
            conexion.host, conexion.port, self.permitidas, esquema=self.esquema, segundos=guarda.segundos()
        )
        error: OSError | None = None
        for intento, punto in enumerate(puntos):
            enchufe = _Enchufe(punto.familia, socket.SOCK_STREAM)
            try:
                enchufe.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                enchufe.settimeout(guarda.segundos() / (len(puntos) - intento))
                enchufe.connect(punto.donde)
                enchufe.settimeout(guarda.segundos())  # for the TLS handshake as a whole
                return enchufe
            except OSError as fallo:
                enchufe.close()
                error = fallo
        raise error or TimeoutError()


class _ConexionHttp(_Comprobada, HTTPConnection):
    """Only to networks that are exempt."""


class _ConexionHttps(_Comprobada, HTTPSConnection):
    """The certificate is checked against the name."""

    esquema = "https"


@dataclass
class _Libres:
    """Open connections that nobody uses at the moment."""

    lista: list[Any] = field(default_factory=list)
    cerrojo: threading.Lock = field(default_factory=threading.Lock)


class Transporte:
    """The way to one URL. Safe with threads; keeps connections alive between exchanges.

    `segundos`: the longest that an exchange may take, from the name's resolution to the answer's last byte.
    """

    def __init__(
        self, url: str, *, permitidas: Sequence[Red] = (), segundos: float = 15.0, conexiones: int = 4
    ) -> None:
        self._url = url
        self._permitidas = permitidas
        self._segundos = segundos
        self._conexiones = conexiones
        self._libres = _Libres()

    def enviar(self, cuerpo: bytes, cabeceras: Mapping[str, str]) -> Respuesta:
        """POST and the answer, whatever its status. Raises SinRespuesta when there is none in time.

        An answer whose head came whole counts, even if its body breaks off or does not end: what it says is
        in its status.
        """
        guarda = _Guarda(time.monotonic() + self._segundos)
        try:
            destino = analizar(self._url)
            conexion, usada = self._tomar(destino.esquema, destino.host, destino.puerto)
            try:
                return self._intercambiar(conexion, destino.ruta, cuerpo, cabeceras, guarda)
            except (ConnectionResetError, BrokenPipeError, ssl.SSLEOFError, ssl.SSLZeroReturnError):
                if not usada:
                    raise
            # The other end closed a connection that had been kept: that says nothing about the endpoint.
            conexion = self._nueva(destino.esquema, destino.host, destino.puerto)
            return self._intercambiar(conexion, destino.ruta, cuerpo, cabeceras, guarda)
        except Exception as error:
            fallo = _sin_respuesta(error)
            if fallo is None:
                raise
            raise fallo from error

    def cerrar(self) -> None:
        """Close the connections that are kept."""
        with self._libres.cerrojo:
            sueltas, self._libres.lista = self._libres.lista, []
        for conexion in sueltas:
            conexion.close()

    def _intercambiar(
        self, conexion: Any, ruta: str, cuerpo: bytes, cabeceras: Mapping[str, str], guarda: _Guarda
    ) -> Respuesta:
        enviado = entera = False
        try:
            conexion.abrir(guarda)
            with suppress(BrokenPipeError, ConnectionResetError):  # who does not want it all may answer all the same
                conexion.request("POST", ruta, body=cuerpo, headers=cabeceras, preload_content=False)
                enviado = True
            respuesta = conexion.getresponse()
            leido, entera = _leer(respuesta)
            # Without a socket it is at an end already, as the other side wants.
            entera = entera and enviado and conexion.sock is not None
        finally:
            self._dejar(conexion, conservar=entera)
        return Respuesta(respuesta.status, respuesta.headers, leido)

    def _tomar(self, esquema: str, host: str, puerto: int) -> tuple[Any, bool]:
        ahora = time.monotonic()
        while True:
            with self._libres.cerrojo:
                conexion = self._libres.lista.pop() if self._libres.lista else None
            if conexion is None:
                return self._nueva(esquema, host, puerto), False
            joven = ahora - conexion.nacida < _VIDA_DE_CONEXION and ahora - conexion.usada < _REPOSO_DE_CONEXION
            if joven and conexion.is_connected:
                return conexion, True
            conexion.close()

    def _nueva(self, esquema: str, host: str, puerto: int) -> Any:
        conexion: _ConexionHttp | _ConexionHttps
        if esquema == "https":
            conexion = _ConexionHttps(host, puerto, ssl_context=contexto_tls())
        else:
            conexion = _ConexionHttp(host, puerto)
        conexion.permitidas = self._permitidas
        return conexion

    def _dejar(self, conexion: Any, *, conservar: bool) -> None:
        conexion.usada = time.monotonic()
        with self._libres.cerrojo:
            conservar = conservar and len(self._libres.lista) < self._conexiones
            if conservar:
                self._libres.lista.append(conexion)
        if not conservar:
            conexion.close()


def _leer(respuesta: Any) -> tuple[bytes, bool]:
    """The body as far as it is read, and whether that is all of it."""
    leido = bytearray()
    try:
        while len(leido) < CUERPO_MAXIMO:
            parte = respuesta.read1(CUERPO_MAXIMO - len(leido), decode_content=False)
            if not parte:
                return bytes(leido), True
            leido += parte
    except (OSError, HTTPError, HTTPException):
        pass
    return bytes(leido), False


def _sin_respuesta(error: Exception) -> SinRespuesta | None:
    """What it means that this went wrong. Details only where they help and hold nothing private."""
    match error:
        case DireccionNoPermitida():
            return DireccionProhibida(str(error))
        case NombreNoResuelto():
            return NombreDesconocido()
        case TimeoutError():
            return TiempoAgotado()
        case ConnectionRefusedError():
            return ConexionRechazada()
        case ssl.SSLError():
            return FalloTls(getattr(error, "verify_message", "") or error.reason or "")
        case _Agotado():
            return RespuestaInvalida("demasiado grande")
        case HTTPException() | HTTPError() if not isinstance(error, ConnectionError):
            return RespuestaInvalida(type(error).__name__)
        case OSError():
            return ConexionInterrumpida()
    return None
