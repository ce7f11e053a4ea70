"""Where a webhook may lie: the public internet over https, and nothing of ours under any spelling."""

from __future__ import annotations

import socket
import threading
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from comunicaciones.entrega.direcciones import (
    DireccionNoPermitida,
    NombreNoResuelto,
    analizar,
    es_publica,
    resolver,
)

from ..receptores import Nombres

CASA = [ip_network(red) for red in ("127.0.0.0/8", "10.20.0.0/16", "fd00::/8")]


def ir(url: str, permitidas: Any = ()) -> list[str]:
    """The addresses that would be called."""
    destino = analizar(url)
    return [punto.donde[0] for punto in resolver(destino.host, destino.puerto, permitidas, esquema=destino.esquema)]


@pytest.mark.parametrize(
    "url",
    [
        "ftp://ejemplo.com/",
        "file:///etc/passwd",
        "gopher://ejemplo.com/",
        "//ejemplo.com/",
        "ejemplo.com/gancho",
        "https://",
        "https:///gancho",
        "https://ana@ejemplo.com/",
        "https://ana:secreto@ejemplo.com/",
        "https://@ejemplo.com/",
        "https://ejemplo.com:0/",
        "https://ejemplo.com:22/",
        "https://ejemplo.com:65536/",
        "https://ejemplo.com:-1/",
        "https://ejemplo.com:x/",
        "https://ejem plo.com/",
        "https://ejemplo.com/a b",
        "https://ejemplo.com\\@127.0.0.1/",
        "https://ejemplo.com/\r\nHost: otro",
        "https://[fe80::1%25eth0]/",
        "https://[::1/",
    ],
)
def test_lo_que_no_es_una_direccion_para_llamar(url: str) -> None:
    with pytest.raises(DireccionNoPermitida):
        analizar(url)


@pytest.mark.parametrize(
    ("url", "esperado"),
    [
        ("https://ejemplo.com", ("https", "ejemplo.com", 443, "/")),
        ("HTTPS://Ejemplo.COM/Gancho?a=1#nota", ("https", "ejemplo.com", 443, "/Gancho?a=1")),
        ("https://ejemplo.com:8443/webhook/á", ("https", "ejemplo.com", 8443, "/webhook/%C3%A1")),
        ("http://[2606:4700::1111]:5678/", ("http", "2606:4700::1111", 5678, "/")),
        ("https://niño.ec/", ("https", "xn--nio-8ma.ec", 443, "/")),
    ],
)
def test_lo_que_se_llama(url: str, esperado: tuple[str, str, int, str]) -> None:
    destino = analizar(url)
    assert (destino.esquema, destino.host, destino.puerto, destino.ruta) == esperado


PRIVADAS = [
    "127.0.0.1",
    "127.1",
    "127.0.0.1.",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "017700000001",
    "0",
    "0.0.0.0",
    "localhost",
    "localhost.",
    "LOCALHOST",
    "10.0.0.5",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "169.254.1.1",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.7",
    "224.0.0.1",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:10.0.0.1]",
    "[::ffff:169.254.169.254]",
    "[::127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::a00:1]",
    "[64:ff9b:1::1]",
    "[2002:7f00:1::]",
    "[2002:a00:1::1]",
    "[2001:0:7f00:1::]",
    "[2001:db8::1]",
    "[3fff::1]",
    "[fe80::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[fec0::1]",
    "[ff02::1]",
    "[ff0e::1]",
    "[100::1]",
    "[5f00::1]",
]


@pytest.mark.parametrize("host", PRIVADAS)
def test_ninguna_escritura_de_una_direccion_nuestra_pasa(host: str) -> None:
    with pytest.raises((DireccionNoPermitida, NombreNoResuelto)):
        ir(f"https://{host}/")
    with pytest.raises((DireccionNoPermitida, NombreNoResuelto)):
        ir(f"http://{host}:8080/")


def test_digitos_de_otros_alfabetos_son_la_misma_direccion() -> None:
    for host in ("①②⑦.⓪.⓪.①", "127。0。0。1", "ｌｏｃａｌｈｏｓｔ"):
        with pytest.raises((DireccionNoPermitida, NombreNoResuelto)):
            ir(f"https://{host}/")


@pytest.mark.parametrize(
    "direccion", ["1.1.1.1", "8.8.8.8", "200.7.100.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2800:68::1"]
)
def test_el_internet_publico_se_puede_llamar(direccion: str) -> None:
    assert es_publica(ip_address(direccion))
    host = f"[{direccion}]" if ":" in direccion else direccion
    assert ir(f"https://{host}/") == [direccion]
    with pytest.raises(DireccionNoPermitida, match="https"):
        ir(f"http://{host}/")


def test_una_direccion_que_lleva_otra_publica_dentro(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ir("https://[64:ff9b::808:808]/") == ["64:ff9b::808:808"]  # DNS64: how IPv6-only hosts reach IPv4
    assert ir("https://[::ffff:8.8.8.8]/") == ["::ffff:8.8.8.8"]


def test_una_sola_direccion_privada_basta_para_no_llamar(monkeypatch: pytest.MonkeyPatch) -> None:
    nombres = Nombres(monkeypatch)
    nombres.de["mixto.ejemplo"] = [["8.8.8.8", "10.0.0.1"]]
    nombres.de["publico.ejemplo"] = [["8.8.8.8", "2606:4700::1111"]]
    with pytest.raises(DireccionNoPermitida, match="privada"):
        ir("https://mixto.ejemplo/")
    assert ir("https://publico.ejemplo/") == ["8.8.8.8", "2606:4700::1111"]


def test_las_redes_exentas_tambien_sin_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    nombres = Nombres(monkeypatch)
    nombres.de["n8n.clinica"] = [["10.20.3.4"]]
    nombres.de["mixto.clinica"] = [["10.20.3.4", "8.8.8.8"]]
    assert ir("http://127.0.0.1:5678/", CASA) == ["127.0.0.1"]
    assert ir("http://[::ffff:127.0.0.1]:5678/", CASA) == ["::ffff:127.0.0.1"]
    assert ir("http://[fd12::1]/", CASA) == ["fd12::1"]
    assert ir("http://n8n.clinica/webhook/x", CASA) == ["10.20.3.4"]
    assert ir("https://n8n.clinica/webhook/x", CASA) == ["10.20.3.4"]
    for url in ("http://mixto.clinica/", "https://10.21.0.1/", "http://8.8.8.8/", "https://[::1]/"):
        with pytest.raises(DireccionNoPermitida):
            ir(url, CASA)


def test_un_nombre_que_no_existe_o_que_nadie_resuelve(monkeypatch: pytest.MonkeyPatch) -> None:
    seguir, dicho = threading.Event(), threading.Event()

    def getaddrinfo(host: Any, *_args: Any, **_kwargs: Any) -> Any:
        if host == "lento.ejemplo":
            seguir.wait(60)
            dicho.set()
        raise socket.gaierror("no such name")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    with pytest.raises(NombreNoResuelto):
        resolver("nadie.ejemplo", 443)
    with pytest.raises(NombreNoResuelto):
        resolver("lento.ejemplo", 443, segundos=0.1)
    assert not dicho.is_set()
    seguir.set()
