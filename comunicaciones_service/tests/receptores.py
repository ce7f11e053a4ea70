"""Webhooks as a test needs them: real servers with TLS, or that answer in pieces and never come to an end."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from comunicaciones.entrega import transporte

NOMBRE = "receptor.prueba"


class Certificado:
    """A self-signed certificate for `NOMBRE`, as files in `carpeta`."""

    def __init__(self, carpeta: Path, nombre: str = NOMBRE) -> None:
        clave = ec.generate_private_key(ec.SECP256R1())
        sujeto = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, nombre)])
        ahora = datetime.now(UTC)
        certificado = (
            x509.CertificateBuilder()
            .subject_name(sujeto)
            .issuer_name(sujeto)
            .public_key(clave.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(ahora - timedelta(days=1))
            .not_valid_after(ahora + timedelta(days=1))
            .add_extension(
                x509.SubjectAlternativeName([x509.DNSName(nombre), x509.IPAddress(ip_address("127.0.0.1"))]),
                critical=False,
            )
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(clave, hashes.SHA256())
        )
        self.publico = carpeta / f"{nombre}.crt"
        self.publico.write_bytes(certificado.public_bytes(serialization.Encoding.PEM))
        self._privado = carpeta / f"{nombre}.key"
        self._privado.write_bytes(
            clave.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )

    def contexto(self) -> ssl.SSLContext:
        """For a server."""
        contexto = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        contexto.load_cert_chain(self.publico, self._privado)
        return contexto


Conversacion = Callable[[socket.socket, threading.Event], None]


@contextmanager
def enchufe_crudo(conversar: Conversacion, contexto: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server that reads a request and then does as `conversar` says; its port.

    `conversar` gets the connection and an event that is set when the test is over.
    """
    fin = threading.Event()
    servidor = socket.create_server(("127.0.0.1", 0))

    def atender(conexion: socket.socket) -> None:
        with suppress(OSError, ValueError):
            if contexto:
                conexion = contexto.wrap_socket(conexion, server_side=True)
            with conexion, conexion.makefile("rb") as leido:
                largo = 0
                while (linea := leido.readline()).strip():
                    nombre, _, valor = linea.partition(b":")
                    largo = int(valor) if nombre.lower() == b"content-length" else largo
                leido.read(largo)  # what is left unread would cut the answer off
                conversar(conexion, fin)

    def escuchar() -> None:
        while not fin.is_set():
            try:
                conexion, _ = servidor.accept()
            except OSError:
                return
            threading.Thread(target=atender, args=(conexion,), daemon=True).start()

    hilo = threading.Thread(target=escuchar, daemon=True)
    hilo.start()
    try:
        yield servidor.getsockname()[1]
    finally:
        fin.set()
        with suppress(OSError):
            servidor.shutdown(socket.SHUT_RDWR)
        servidor.close()
        hilo.join()


def goteando(principio: bytes, gota: bytes, pausa: float = 0.02) -> Conversacion:
    """Says `principio`, then `gota` again and again, and never ends."""

    def conversar(conexion: socket.socket, fin: threading.Event) -> None:
        conexion.sendall(principio)
        while not fin.wait(pausa):
            conexion.sendall(gota)

    return conversar


class Apuros:
    """Lets most of an exchange's time, `pasa` seconds, go by at once: with a port of `tras_conectar` when it has
    connected, with one of `tras_la_cabeza` when the head of the answer has come.

    All others have the time that they are given, however long this machine stands still.
    """

    def __init__(self, monkeypatch: Any, pasa: float) -> None:
        self.tras_conectar: set[int] = set()
        self.tras_la_cabeza: set[int] = set()
        self._pasa = pasa
        self._hilo = threading.local()  # an exchange keeps to its thread
        abrir, leer = transporte._Comprobada.abrir, transporte._leer

        def abrir_y_saber_a_quien(conexion: Any, guarda: Any) -> None:
            abrir(conexion, guarda)
            self._hilo.puerto = conexion.port
            self._pasar(self.tras_conectar)

        def leer_el_cuerpo(respuesta: Any) -> Any:
            self._pasar(self.tras_la_cabeza)
            return leer(respuesta)

        monkeypatch.setattr(transporte._Comprobada, "abrir", abrir_y_saber_a_quien)
        monkeypatch.setattr(transporte, "_leer", leer_el_cuerpo)
        monkeypatch.setattr(transporte, "time", SimpleNamespace(monotonic=self._ahora))

    def _ahora(self) -> float:
        return time.monotonic() + float(getattr(self._hilo, "pasado", 0.0))

    def _pasar(self, puertos: set[int]) -> None:
        if self._hilo.puerto in puertos:
            self._hilo.pasado = getattr(self._hilo, "pasado", 0.0) + self._pasa


class Nombres:
    """Stands in for the name servers: `de[nombre]` is what each question in turn is answered, the last for ever."""

    def __init__(self, monkeypatch: Any) -> None:
        self.de: dict[str, list[list[str]]] = {}
        self.preguntas: list[str] = []
        autentico = socket.getaddrinfo

        def getaddrinfo(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
            if host not in self.de:
                return autentico(host, port, *args, **kwargs)
            self.preguntas.append(host)
            respuestas = self.de[host]
            direcciones = respuestas.pop(0) if len(respuestas) > 1 else respuestas[0]
            return [dato for una in direcciones for dato in autentico(una, port, *args, **kwargs)]

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
