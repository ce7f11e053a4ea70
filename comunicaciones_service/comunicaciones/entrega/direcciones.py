"""Where a webhook may lie: not inside our own network, under whatever spelling or name.

A subscriber chooses the URL, and this service calls it from the inside: without these rules it would call
the database's port, a neighbour's `/interno` or the cloud's metadata for anybody who may make a webhook.
"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from comun.errors import Invalid
from comun.runtime import runtime

Red = IPv4Network | IPv6Network
Direccion = IPv4Address | IPv6Address

PUERTOS = {"http": 80, "https": 443}
_LIBRES = range(1024, 65536)
_SEGUNDOS_PARA_RESOLVER = 5.0
_INADMISIBLE = re.compile(r"[\x00-\x20\x7f\\]")

# `ipaddress` knows most by itself, not all, and Python's releases differ.
_UNICAST_GLOBAL = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_APARTADAS: tuple[Red, ...] = (
    IPv4Network("192.0.0.0/24"),  # protocol assignments (RFC 6890)
    IPv4Network("192.88.99.0/24"),  # 6to4 relays (RFC 7526)
    IPv6Network("2001::/23"),  # protocol assignments, Teredo among them: an IPv4 address inside (RFC 4380)
    IPv6Network("2002::/16"),  # 6to4: the same (RFC 3056)
    IPv6Network("3fff::/20"),  # documentation (RFC 9637)
)


class DireccionNoPermitida(Exception):
    """The URL or an address behind its name is not one to call. Its text is a Spanish sentence."""


class NombreNoResuelto(Exception):
    """The host has no address, or none was to be had in time."""


@dataclass(frozen=True)
class Destino:
    """The parts of a webhook's URL that are fit to be called. `host` without brackets."""

    esquema: str
    host: str
    puerto: int
    ruta: str


@dataclass(frozen=True)
class Punto:
    """An address that was checked, as a socket takes it."""

    familia: socket.AddressFamily
    donde: tuple[str, int] | tuple[str, int, int, int]


def exigir_url_permitida(url: str) -> None:
    """Raise Invalid (422) on the field `url` unless a webhook may lie there, as far as it can be told now.

    Asks the DNS, so call it outside a transaction. What it finds only helps who types the URL: what counts is
    looked at again at each connection.
    """
    permitidas: Sequence[Red] = runtime().settings["COMUNICACIONES_REDES_PERMITIDAS"]
    try:
        destino = analizar(url)
        resolver(destino.host, destino.puerto, permitidas, esquema=destino.esquema)
    except DireccionNoPermitida as error:
        raise Invalid({"url": [str(error)]}) from error
    except NombreNoResuelto as error:
        raise Invalid({"url": ["El nombre del servidor no se puede resolver."]}) from error


def analizar(url: str) -> Destino:
    """The parts of `url`. Raises DireccionNoPermitida when it is not one to call."""
    if _INADMISIBLE.search(url):
        raise DireccionNoPermitida("La dirección tiene espacios o caracteres que no son válidos.")
    try:
        partes = parse_url(url)
    except LocationParseError as error:
        raise DireccionNoPermitida("No es una dirección válida.") from error
    if partes.scheme not in PUERTOS:
        raise DireccionNoPermitida("La dirección debe empezar con https://.")
    if not partes.host or "%" in partes.host:
        raise DireccionNoPermitida("Falta el nombre del servidor, o no es válido.")
    if "@" in re.split("[/?#]", url.partition("://")[2])[0]:
        raise DireccionNoPermitida("La dirección no puede llevar usuario ni contraseña.")
    puerto = PUERTOS[partes.scheme] if partes.port is None else partes.port
    if puerto not in PUERTOS.values() and puerto not in _LIBRES:
        raise DireccionNoPermitida("El puerto debe ser 443 o mayor que 1023.")
    return Destino(partes.scheme, partes.host.strip("[]"), puerto, partes.request_uri)


def resolver(
    host: str,
    puerto: int,
    permitidas: Sequence[Red] = (),
    *,
    esquema: str = "https",
    segundos: float = _SEGUNDOS_PARA_RESOLVER,
) -> list[Punto]:
    """The addresses of `host`, all of them checked; connect to these and ask no name server again.

    Global ones, and any in the networks `permitidas`, which also may be called without TLS. Raises
    DireccionNoPermitida when there is one that may not be called, and NombreNoResuelto.
    """
    puntos = []
    for familia, _, _, _, donde in _preguntar(host, puerto, segundos):
        direccion = _alcanzada(ip_address(donde[0]))
        if any(direccion.version == red.version and direccion in red for red in permitidas):
            pass
        elif esquema != "https":
            raise DireccionNoPermitida("La dirección debe empezar con https://.")
        elif not es_publica(direccion):
            raise DireccionNoPermitida("El servidor está en una red privada o reservada.")
        puntos.append(Punto(familia, donde))
    if not puntos:
        raise NombreNoResuelto(host)
    return puntos


def es_publica(direccion: Direccion) -> bool:
    """Whether it is an address of the public internet for one host."""
    if isinstance(direccion, IPv6Address) and direccion not in _UNICAST_GLOBAL:
        return False
    return (
        direccion.is_global
        and not (direccion.is_multicast or direccion.is_reserved)
        and not any(direccion.version == red.version and direccion in red for red in _APARTADAS)
    )


def _alcanzada(direccion: Direccion) -> Direccion:
    """The IPv4 address that is reached through one that stands for it, or the address itself."""
    if isinstance(direccion, IPv4Address):
        return direccion
    if direccion.ipv4_mapped is not None:
        return direccion.ipv4_mapped
    if direccion in _NAT64:
        return IPv4Address(direccion.packed[-4:])
    return direccion


def _preguntar(host: str, puerto: int, segundos: float) -> list[Any]:
    """What `getaddrinfo` says, within so many seconds: by itself it knows no limit."""
    hallado: list[list[Any]] = []

    def preguntar() -> None:
        try:
            hallado.append(socket.getaddrinfo(host, puerto, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError):
            hallado.append([])

    hilo = threading.Thread(target=preguntar, name="dns", daemon=True)
    hilo.start()
    hilo.join(max(0.0, segundos))
    if not hallado:
        raise NombreNoResuelto(f"{host}: after {segundos:.1f} s")
    return hallado[0]
