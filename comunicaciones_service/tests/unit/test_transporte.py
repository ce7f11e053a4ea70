"""The exchange with a webhook: to the address that was checked, and to an end in time whatever it answers."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest

from comun.testing.peers import Peer, Reply, Seen, closed_port, in_turn
from comunicaciones.entrega import transporte
from comunicaciones.entrega.direcciones import resolver
from comunicaciones.entrega.transporte import CUERPO_MAXIMO, SinRespuesta, Transporte

from ..receptores import NOMBRE, Apuros, Certificado, Conversacion, Nombres, enchufe_crudo, goteando

CASA = [IPv4Network("127.0.0.0/8")]


@pytest.fixture
def certificado(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Certificado]:
    """One that the transport trusts."""
    hecho = Certificado(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(hecho.publico))
    transporte.contexto_tls.cache_clear()
    yield hecho
    transporte.contexto_tls.cache_clear()


@pytest.fixture
def nombres(monkeypatch: pytest.MonkeyPatch) -> Nombres:
    return Nombres(monkeypatch)


@pytest.fixture
def sin_prisa_al_resolver(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name is found, even if all the time of the exchange goes by meanwhile."""
    monkeypatch.setattr(transporte, "resolver", lambda *que, **mas: resolver(*que, **{**mas, "segundos": 60.0}))


def via(url: str, segundos: float = 60.0) -> Transporte:
    return Transporte(url, permitidas=CASA, segundos=segundos)


def motivo(llamada: Callable[[], Any]) -> str:
    with pytest.raises(SinRespuesta) as fallo:
        llamada()
    return type(fallo.value).__name__


def contestar(texto: bytes) -> Conversacion:
    def conversar(conexion: socket.socket, _fin: threading.Event) -> None:
        conexion.sendall(texto)

    return conversar


def test_la_respuesta_es_la_que_dio_cualquiera_que_sea(subtests: Any) -> None:
    for estado in (200, 204, 301, 404, 410, 500):
        with subtests.test(estado=estado), Peer(lambda _seen, estado=estado: Reply(estado, body=b"hola")) as peer:
            respuesta = via(f"{peer.url}/gancho?a=1").enviar(b"{}", {"webhook-id": "1"})
            assert respuesta.estado == estado
            assert respuesta.cuerpo == (b"" if estado == 204 else b"hola")
            visto = peer.seen[0]
            assert (visto.method, visto.path, visto.body) == ("POST", "/gancho?a=1", b"{}")
            assert visto.headers["Host"] == f"127.0.0.1:{peer.port}"


def test_no_sigue_a_donde_lo_mandan() -> None:
    with Peer() as interno, Peer(lambda _seen: Reply(307, headers={"Location": interno.url})) as peer:
        assert via(peer.url).enviar(b"{}", {}).estado == 307
        assert interno.seen == []


def test_no_usa_el_proxy_del_entorno(monkeypatch: pytest.MonkeyPatch) -> None:
    with Peer() as proxy, Peer() as peer:
        for nombre in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
            monkeypatch.setenv(nombre, proxy.url)
        assert via(peer.url).enviar(b"{}", {}).estado == 200
        assert proxy.seen == []


def test_va_a_la_direccion_comprobada_y_no_pregunta_otra_vez(nombres: Nombres) -> None:
    """A name that is public when it is checked and ours when it is called gets nothing."""
    with Peer() as interno:
        # Were the name asked again for the connection, it would be this one.
        nombres.de["traidor.ejemplo"] = [["203.0.113.7", "127.0.0.1"], ["127.0.0.1"]]
        url = f"http://traidor.ejemplo:{interno.port}/"
        assert motivo(lambda: via(url).enviar(b"{}", {})) == "DireccionProhibida"
        assert nombres.preguntas == ["traidor.ejemplo"]
        assert interno.seen == []


def test_un_nombre_publico_que_luego_es_nuestro(nombres: Nombres, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first answer is public, every later one is loopback: what is connected to is the first."""
    a_donde: list[Any] = []

    def connect(_self: socket.socket, donde: Any) -> None:
        a_donde.append(donde)
        raise ConnectionRefusedError

    monkeypatch.setattr(transporte._Enchufe, "connect", connect, raising=False)
    nombres.de["traidor.ejemplo"] = [["1.1.1.1"], ["127.0.0.1"]]
    uno = Transporte("https://traidor.ejemplo:8443/")
    assert motivo(lambda: uno.enviar(b"{}", {})) == "ConexionRechazada"
    assert a_donde == [("1.1.1.1", 8443)]
    assert motivo(lambda: uno.enviar(b"{}", {})) == "DireccionProhibida"
    assert a_donde == [("1.1.1.1", 8443)]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:{}/", "http://localhost:{}/", "http://2130706433:{}/", "https://[::ffff:127.0.0.1]:{}/"]
)
def test_sin_redes_exentas_nada_de_casa(url: str) -> None:
    with Peer() as interno:
        assert motivo(lambda: Transporte(url.format(interno.port)).enviar(b"{}", {})) == "DireccionProhibida"
        assert interno.seen == []


def test_tls_con_el_nombre_y_el_certificado(certificado: Certificado, nombres: Nombres) -> None:
    nombres.de[NOMBRE] = nombres.de["otro.prueba"] = [["127.0.0.1"]]
    pedidos: list[str | None] = []
    contexto = certificado.contexto()
    contexto.sni_callback = lambda _socket, nombre, _contexto: pedidos.append(nombre)
    with enchufe_crudo(contestar(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"), contexto) as puerto:
        assert via(f"https://{NOMBRE}:{puerto}/").enviar(b"{}", {}).cuerpo == b"ok"
        assert pedidos == [NOMBRE]
        assert motivo(lambda: via(f"https://otro.prueba:{puerto}/").enviar(b"{}", {})) == "FalloTls"
        transporte.contexto_tls.cache_clear()


def test_un_certificado_que_nadie_avala(tmp_path: Path, nombres: Nombres) -> None:
    nombres.de[NOMBRE] = [["127.0.0.1"]]
    transporte.contexto_tls.cache_clear()
    with enchufe_crudo(contestar(b"HTTP/1.1 200 OK\r\n\r\n"), Certificado(tmp_path).contexto()) as puerto:
        assert motivo(lambda: via(f"https://{NOMBRE}:{puerto}/").enviar(b"{}", {})) == "FalloTls"


def test_nadie_escucha_o_no_se_entiende() -> None:
    assert motivo(lambda: via(f"http://127.0.0.1:{closed_port()}/").enviar(b"{}", {})) == "ConexionRechazada"
    for texto, esperado in (
        (b"", "ConexionInterrumpida"),
        (b"220 smtp.ejemplo ESMTP\r\n", "RespuestaInvalida"),
        (b"HTTP/1.1 abc\r\n\r\n", "RespuestaInvalida"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000 + b"\r\n\r\n", "RespuestaInvalida"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 200 + b"\r\n", "RespuestaInvalida"),
    ):
        with enchufe_crudo(contestar(texto)) as puerto:
            assert motivo(lambda puerto=puerto: via(f"http://127.0.0.1:{puerto}/").enviar(b"{}", {})) == esperado


GOTEOS = {
    "mute": (b"", b""),
    "status line": (b"HTTP/1.1 2", b"0"),
    "head": (b"HTTP/1.1 200 OK\r\n", b"X"),
    "one header after the other": (b"HTTP/1.1 200 OK\r\n", b"X: 1\r\n"),
    "100 Continue for ever": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
}


@pytest.mark.usefixtures("sin_prisa_al_resolver")
@pytest.mark.parametrize("caso", GOTEOS)
@pytest.mark.parametrize("tls", [False, True], ids=["http", "https"])
def test_una_cabeza_que_gotea_acaba_a_su_tiempo(
    caso: str, tls: bool, certificado: Certificado, nombres: Nombres
) -> None:
    nombres.de[NOMBRE] = [["127.0.0.1"]]
    with enchufe_crudo(goteando(*GOTEOS[caso], pausa=0.1), certificado.contexto() if tls else None) as puerto:
        begun = time.monotonic()
        url = f"{'https' if tls else 'http'}://{NOMBRE}:{puerto}/"
        assert motivo(lambda: via(url, segundos=0.3).enviar(b"{}", {})) == "TiempoAgotado"
        assert time.monotonic() - begun < 50


@pytest.mark.parametrize("tls", [False, True], ids=["http", "https"])
@pytest.mark.parametrize(
    "cabeza",
    [b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"],
    ids=["length", "no length"],
)
def test_un_cuerpo_que_gotea_acaba_a_su_tiempo(
    cabeza: bytes, tls: bool, certificado: Certificado, nombres: Nombres, monkeypatch: pytest.MonkeyPatch
) -> None:
    nombres.de[NOMBRE] = [["127.0.0.1"]]
    apuros = Apuros(monkeypatch, 59.7)
    with enchufe_crudo(goteando(cabeza + b".", b".", pausa=0.05), certificado.contexto() if tls else None) as puerto:
        apuros.tras_la_cabeza.add(puerto)  # and after the first drop, which comes with it
        begun = time.monotonic()
        respuesta = via(f"{'https' if tls else 'http'}://{NOMBRE}:{puerto}/", segundos=60.0).enviar(b"{}", {})
        assert time.monotonic() - begun < 50
        assert respuesta.estado == 200
        assert set(respuesta.cuerpo) == set(b".")


@pytest.mark.usefixtures("sin_prisa_al_resolver")
def test_quien_no_termina_el_saludo_tls(nombres: Nombres) -> None:
    nombres.de[NOMBRE] = [["127.0.0.1"]]
    with enchufe_crudo(goteando(b"", b"\x16")) as puerto:
        assert motivo(lambda: via(f"https://{NOMBRE}:{puerto}/", segundos=0.3).enviar(b"{}", {})) == "TiempoAgotado"


@pytest.mark.usefixtures("sin_prisa_al_resolver")
def test_quien_no_lee_lo_que_se_le_manda() -> None:
    with socket.create_server(("127.0.0.1", 0)) as sordo:
        sordo.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        url = f"http://127.0.0.1:{sordo.getsockname()[1]}/"
        assert motivo(lambda: via(url, segundos=0.3).enviar(b"x" * 2**24, {})) == "TiempoAgotado"


def test_de_una_respuesta_enorme_se_lee_el_principio() -> None:
    with Peer(lambda _seen: Reply(body=b"z" * 10 * CUERPO_MAXIMO)) as peer:
        uno = via(peer.url)
        for _ in range(2):
            respuesta = uno.enviar(b"{}", {})
            assert respuesta.estado == 200
            assert 0 < len(respuesta.cuerpo) <= CUERPO_MAXIMO
        assert len({visto.connection for visto in peer.seen}) == 2  # not kept: the rest would be the next answer
    cabeza, trozo = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"4000\r\n" + b"z" * 2**14 + b"\r\n"
    with enchufe_crudo(goteando(cabeza, trozo, pausa=0)) as puerto:
        respuesta = via(f"http://127.0.0.1:{puerto}/").enviar(b"{}", {})
        assert (respuesta.estado, set(respuesta.cuerpo)) == (200, set(b"z"))
        assert len(respuesta.cuerpo) <= CUERPO_MAXIMO


def test_un_cuerpo_comprimido_no_se_infla() -> None:
    with Peer(lambda _seen: Reply(body=b"\x1f\x8b\x08bomba", headers={"Content-Encoding": "gzip"})) as peer:
        assert via(peer.url).enviar(b"{}", {}).cuerpo == b"\x1f\x8b\x08bomba"


def test_las_conexiones_se_conservan() -> None:
    with Peer() as peer:
        uno = via(peer.url)
        for _ in range(5):
            uno.enviar(b"{}", {})
        assert len({visto.connection for visto in peer.seen}) == 1
        uno.cerrar()
        uno.enviar(b"{}", {})
        assert len({visto.connection for visto in peer.seen}) == 2


def test_cuatro_a_la_vez_no_se_confunden() -> None:
    def eco(seen: Seen) -> Reply:
        return Reply(body=seen.body)

    with Peer(eco) as peer, ThreadPoolExecutor(4) as hilos:
        uno = via(peer.url)
        cuerpos = [str(n).encode() for n in range(200)]
        assert [r.cuerpo for r in hilos.map(lambda cuerpo: uno.enviar(cuerpo, {}), cuerpos)] == cuerpos
        assert len({visto.connection for visto in peer.seen}) <= 4


def test_una_conexion_que_el_otro_cerro_no_es_un_fallo() -> None:
    """It answers, and closes without saying so; the next call opens another."""
    with Peer(in_turn(Reply(), Reply(drop=True), Reply(202))) as peer:
        uno = via(peer.url)
        assert uno.enviar(b"{}", {}).estado == 200
        assert uno.enviar(b"{}", {}).estado == 202
        assert len({visto.connection for visto in peer.seen}) == 2
    with Peer(lambda _seen: Reply(drop=True)) as peer:
        assert motivo(lambda: via(peer.url).enviar(b"{}", {})) == "ConexionInterrumpida"
        assert len(peer.seen) == 1


def test_una_conexion_vieja_no_se_usa_mas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transporte, "_REPOSO_DE_CONEXION", 0.0)
    with Peer() as peer:
        uno = via(peer.url)
        uno.enviar(b"{}", {})
        uno.enviar(b"{}", {})
        assert len({visto.connection for visto in peer.seen}) == 2


def test_la_primera_direccion_no_contesta_la_segunda_si(nombres: Nombres) -> None:
    with Peer() as peer:
        nombres.de["doble.prueba"] = [["127.0.0.9", "127.0.0.1"]]
        assert via(f"http://doble.prueba:{peer.port}/").enviar(b"{}", {}).estado == 200
        assert peer.seen[0].headers["Host"] == f"doble.prueba:{peer.port}"


def test_el_contexto_tls_comprueba_siempre() -> None:
    contexto = transporte.contexto_tls()
    assert contexto.verify_mode == ssl.CERT_REQUIRED
    assert contexto.check_hostname
