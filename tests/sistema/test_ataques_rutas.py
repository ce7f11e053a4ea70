"""Paths, ids, arguments and headers that nobody sends by accident; and doors that must not be there."""

from __future__ import annotations

import http.client
import json
import re
import socket
from itertools import cycle
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from local_system import System

from .conftest import Quien, Red, bien, problema
from .documento import Operacion, de_ruta, ids, operaciones
from .llamadas import Respuesta
from .mundo import (
    CSV,
    EN_UNA_BASE,
    JSON,
    Desconocido,
    Mundo,
    auditado,
    revisar,
    tipo_de,
    unico,
    vigilado,
)
from .mundo_comun import mundo_comun

ID = {"type": "integer", "minimum": 1, "maximum": 2147483647}
IDS_MALOS = ("2147483648", "0", "-1", "99999999999999999999", "007", "1.0", "+1", "1e3", "0x1", "abc", "null", "%2F")
IDS_MALOS += ("1%20", "1;DROP", "1'--", "%D9%A3", "1%0d%0a", "true", "1,2", "*")
# One set of views serves all catalogues.
CATALOGOS_IGUALES = ("/admin/aseguradoras", "/admin/fuentes", "/admin/lineas-negocio")
SQL = "x') OR 1=1;--"
NUNCA_BUENOS = ("long", "NUL")
# Each argument is tried with one of these.
ARGUMENTOS_MALOS: dict[str, str | bytes] = {
    "script": "<script>alert(1)</script>",
    "wildcards": "%_\\",
    "NUL": "a\0b",
    "line breaks": "a\r\nSet-Cookie: x=1",
    "long": "a" * 3000,
    "wide": "\u202e\U0001f9b7" * 20,
    "list": "[1,2]",
    "negative": "-1",
    "huge": "9" * 40,
    "no UTF-8": b"\xff\xed\xa0\x80",
}


@pytest.fixture
def mundo(sistema: System) -> Mundo:
    return mundo_comun(sistema)


@pytest.fixture(scope="module")
def reales(sistema: System) -> dict[str, Any]:
    """A real value for each parameter of a path."""
    return ids(mundo_comun(sistema))


def _llena(operacion: Operacion, valores: dict[str, Any]) -> str:
    suyos = de_ruta(valores, operacion.ruta)
    return re.sub(r"{(\w+)}", lambda hallado: str(suyos[hallado[1]]), operacion.ruta)


@EN_UNA_BASE
def test_ids_que_no_son_ids_son_rutas_que_no_existen(sistema: System, mundo: Mundo, reales: dict[str, Any]) -> None:
    """What a route takes for an id the document tells from the route itself: of each service one is tried."""
    admin, raros, con_nul, probados = mundo.quien["admin"], [], {}, set()
    for operacion in operaciones(sistema.url):
        for parametro in (p for p in operacion.de_ruta if p["name"].endswith("_id")):
            if parametro["schema"] != ID:
                raros.append(f"{operacion.nombre}: {parametro}")
            malos = () if operacion.servicio in probados else IDS_MALOS
            probados.add(operacion.servicio)
            pide_mas = any(argumento.get("required") for argumento in operacion.argumentos)
            nunca = ("2147483647",) if operacion.metodo == "GET" and not pide_mas else ()
            for malo in (*malos, *nunca):
                ruta = _llena(operacion, {**de_ruta(reales, operacion.ruta), parametro["name"]: malo})
                respuesta = admin.call(operacion.metodo, ruta)
                if respuesta.status_code != 404:
                    raros.append(f"{operacion.nombre} {malo}: {respuesta.status_code} {respuesta.text[:200]}")
        if operacion.de_ruta:
            con_nul[operacion.metodo, operacion.servicio] = re.sub(r"{\w+}", "%00", operacion.ruta)
    for (metodo, _servicio), ruta in con_nul.items():  # nginx takes none, wherever it would go
        problema(admin.call(metodo, ruta), 400)
    assert not raros, "\n".join(raros)


@EN_UNA_BASE
def test_argumentos_desconocidos_repetidos_o_malos(sistema: System, mundo: Mundo, reales: dict[str, Any]) -> None:
    raros: list[str] = []
    cerradas: set[tuple[str, str]] = set()
    malos, ajenos = cycle(ARGUMENTOS_MALOS.items()), cycle(("no_existe", "tamaño", "id'--"))
    for operacion in (o for o in operaciones(sistema.url) if not o.ruta.startswith(CATALOGOS_IGUALES)):
        quien = Desconocido(sistema.url) if operacion.publica else mundo.quien["admin"]
        pregunta = Pregunta(quien, operacion, _llena(operacion, reales), raros)
        ajeno = next(ajenos)
        nombres = [p["name"] for p in operacion.argumentos]
        if not nombres:
            # They have one guard, which lets no argument in.
            if (operacion.metodo, operacion.servicio) not in cerradas:
                cerradas.add((operacion.metodo, operacion.servicio))
                pregunta.debe_rechazar(f"{ajeno} and tamano=0", [(ajeno, "1"), ("tamano", "0")])
            continue
        if operacion.metodo != "GET":
            pregunta.debe_rechazar(ajeno, [(ajeno, "1")])
            continue
        pregunta.debe_rechazar("twice", [(nombre, "1") for nombre in nombres for _ in range(2)])
        vacios = [(nombre, "0" if nombre == "tamano" else "") for nombre in nombres]
        pregunta.debe_rechazar(f"{ajeno}, others empty", [(ajeno, "1"), *vacios])
        for nombre in pregunta.admitidos(dict.fromkeys(nombres, SQL)):
            pregunta.sin_hallar(nombre)
        for desde in range(0, len(nombres), len(ARGUMENTOS_MALOS)):  # one long one each time
            pregunta.con_malos(dict(zip(nombres[desde : desde + len(ARGUMENTOS_MALOS)], malos, strict=False)))
    assert not raros, "\n".join(raros)


class Pregunta:
    """One operation with arguments that are no good; notes what is odd about the answers."""

    def __init__(self, quien: Quien, operacion: Operacion, ruta: str, raros: list[str]) -> None:
        self._quien, self._operacion, self._ruta, self._raros = quien, operacion, ruta, raros

    def _hacer(self, que: str, argumentos: Any, *esperados: int) -> Respuesta:
        cabeceras = {} if self._operacion.metodo == "GET" else {"If-Match": "*"}
        respuesta = self._quien.call(self._operacion.metodo, self._ruta, params=argumentos, headers=cabeceras)
        if respuesta.status_code not in esperados:
            self._anotar(que, respuesta)
        return respuesta

    def _anotar(self, que: str, respuesta: Respuesta) -> None:
        self._raros.append(f"{self._operacion.nombre} {que}: {respuesta.status_code} {respuesta.text[:200]}")

    def debe_rechazar(self, que: str, argumentos: list[tuple[str, str]]) -> None:
        """All of them, by name."""
        respuesta = self._hacer(que, argumentos, 422)
        if respuesta.status_code == 422 and (
            callados := dict(argumentos).keys() - respuesta.json()["errores"].keys()
        ):
            self._anotar(f"{que} {sorted(callados)} not named", respuesta)

    def admitidos(self, argumentos: dict[str, str | bytes]) -> list[str]:
        """Names of those with which nothing is wrong: they may be any text."""
        respuesta = self._hacer(f"all {list(argumentos.values())!r:.200}", argumentos, 200, 422)
        errores = respuesta.json()["errores"] if respuesta.status_code == 422 else ()
        return [nombre for nombre in argumentos if nombre not in errores]

    def sin_hallar(self, nombre: str) -> None:
        """SQL finds no row."""
        respuesta = self._hacer(f"{nombre} SQL", {nombre: SQL}, 200, 422)
        if respuesta.ok and _encontro(respuesta):
            self._anotar(f"{nombre}: SQL found something", respuesta)

    def con_malos(self, malos: dict[str, tuple[str, str | bytes]]) -> None:
        """Argument → (what it is, its value). All that may be any text is asked for once more, without the rest."""
        admitidos = self.admitidos({nombre: malo for nombre, (_que, malo) in malos.items()})
        for nombre in admitidos:
            if malos[nombre][0] in NUNCA_BUENOS:
                self._raros.append(f"{self._operacion.nombre} {nombre}: takes {malos[nombre][0]}")
        if len(admitidos) not in (0, len(malos)):
            self.admitidos({nombre: malos[nombre][1] for nombre in admitidos})


def _encontro(respuesta: Respuesta) -> bool:
    """Whether a list or a file has any row."""
    if tipo_de(respuesta) == CSV:
        return len(respuesta.text.splitlines()) > 1
    return tipo_de(respuesta) == JSON and bool(respuesta.json().get("datos"))


@EN_UNA_BASE
def test_textos_en_la_ruta(sistema: System, red: Red) -> None:
    admin = vigilado(red.admin)
    for malo in ("a'--", "<script>", "../../etc/passwd", "a\0b", "ñ", "%", "a" * 2000, "\u202e", "{{7*7}}", "."):
        parte = quote(malo, safe="")
        for metodo, ruta in (("GET", "/auth/invitaciones/"), ("GET", "/admin/configuracion/")):
            respuesta = admin.call(metodo, ruta + parte)
            assert respuesta.status_code == (400 if "\0" in malo else 404), (ruta, malo, respuesta.text)
        respuesta = admin.put(f"/admin/configuracion/{parte}", {"valor": 1}, headers={"If-Match": "*"})
        assert respuesta.status_code == (400 if "\0" in malo else 404), (malo, respuesta.text)


CERRADAS = [
    *("/interno", "/interno/", "/interno/revocaciones", "/interno/eventos", "//interno/revocaciones"),
    *("/interno//revocaciones", "/./interno/revocaciones", "/auth/../interno/revocaciones", "/x/../interno/reserva"),
    *("/auth/./../interno/revocaciones", "/auth/%2e%2e/interno/revocaciones", "/auth/..%2finterno/revocaciones"),
    *("/auth%2f..%2finterno%2frevocaciones", "/%69nterno/revocaciones", "/%69%6e%74%65%72%6e%6f/revocaciones"),
    *("/interno%2frevocaciones", "/interno%2Frevocaciones", "/%2finterno/revocaciones", "/%2e/interno/revocaciones"),
    *("/INTERNO/revocaciones", "/Interno/revocaciones", "/interno;x=1/revocaciones", "/interno/revocaciones;x"),
    *("/auth/..;/interno/revocaciones", "/auth\\..\\interno\\revocaciones", "/auth/%5c../interno/revocaciones"),
    *("/auth/%252e%252e/interno/revocaciones", "/%2569nterno/revocaciones", "/interno/revocaciones/"),
    *("/interno/revocaciones?x=1", "/interno/revocaciones%3fx", "/interno/revocaciones%23x", "/interno%20/x"),
    *("/auth/interno/revocaciones", "/admin/interno/reserva", "/citas/interno/eventos", "/api/v1/interno/x"),
    *("/api/v1/../../interno/revocaciones", "/interno/%2e%2e/interno/revocaciones", "/interno%00/revocaciones"),
    *(
        "/metrics",
        "/metrics/",
        "//metrics",
        "/%6detrics",
        "/METRICS",
        "/auth/metrics",
        "/admin/metrics/",
        "/citas//metrics",
    ),
    *(
        "/auth/../metrics",
        "/auth/%2e%2e/metrics",
        "/metrics?x=1",
        "/metrics%2f",
        "/metrics;x",
        "/./metrics",
        "/metrics%20",
    ),
    *("/_error", "/_health/auth", "/_health/citas", "/_interrupted", "/_health_down", "/%5ferror", "/_health%2fauth"),
    *("/.git/config", "/.env", "/nginx.conf", "/../nginx.conf", "/html/index.json", "/assets/../../nginx.conf"),
    *("/assets/%2e%2e/%2e%2e/nginx.conf", "/assets/..%2f..%2fnginx.conf", "/index.json", "/errores.html"),
    *("/server-status", "/nginx_status", "/auth/static/x", "/console", "/debug", "/admin", "/auth", "/swagger.json"),
]


def _crudo(red: Red, metodo: str, objetivo: str, cabeceras: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    """A request whose path nobody tidies up on the way."""
    destino = urlsplit(red.system.url)
    conexion = http.client.HTTPConnection(str(destino.hostname), destino.port, timeout=120)
    conexion._validate_path = lambda _url: None  # type: ignore[attr-defined]
    conexion.putrequest(metodo, objetivo, skip_accept_encoding=True)
    for nombre, valor in cabeceras.items():
        conexion.putheader(nombre, valor)
    conexion.putheader("Content-Length", "0")
    conexion.endheaders()
    respuesta = conexion.getresponse()
    contenido = respuesta.read()
    conexion.close()
    return respuesta.status, {k.lower(): v for k, v in respuesta.getheaders()}, contenido


@EN_UNA_BASE
def test_lo_interno_no_se_alcanza_se_escriba_como_se_escriba(sistema: System, red: Red) -> None:
    """Not even with the token of a service, which could call it from inside."""
    clientes = dict(c.split(":", 1) for c in _secreto(sistema, "auth_service_clients").split(","))
    credencial = {"client_id": "citas", "client_secret": clientes["citas"].strip()}
    peticion = {"grant_type": "client_credentials", **credencial}
    servicio = bien(Desconocido(sistema.url).post("/auth/token", peticion))["access_token"]
    dentro = Quien(f"http://127.0.0.1:{sistema.ports['auth']}", servicio)
    assert bien(dentro.get("/interno/revocaciones"))  # the token is good, only the door is shut
    raros = []
    absoluta = f"{sistema.url}/interno/revocaciones"
    for objetivo in (*CERRADAS, absoluta, f"{sistema.url}/auth/../interno/revocaciones"):
        for metodo in ("GET", "POST"):
            for token in (servicio, None):
                cabeceras = {"Authorization": f"Bearer {token}"} if token else {}
                status, respuesta, contenido = _crudo(red, metodo, objetivo, cabeceras)
                json_bueno = respuesta.get("content-type") == "application/problem+json" and json.loads(contenido)
                if status not in (400, 404) or not json_bueno or json_bueno["status"] != status:
                    raros.append(f"{metodo} {objetivo}: {status} {respuesta.get('content-type')} {contenido[:150]!r}")
    assert not raros, "\n".join(raros)
    # The services' own doors on the inside want a service's token; an administrator's is not one.
    for servicio_, ruta in (
        ("auth", "/interno/revocaciones"),
        ("admin", "/interno/reserva"),
        ("citas", "/interno/eventos"),
    ):
        url = f"http://127.0.0.1:{sistema.ports[servicio_]}"
        metodo = "POST" if ruta.endswith("eventos") else "GET"
        problema(Quien(url, red.admin.token).call(metodo, ruta), 403)
        problema(Quien(url).call(metodo, ruta), 401)
        problema(Quien(url, "x.y.z").call(metodo, ruta), 401)


def _secreto(sistema: System, nombre: str) -> str:
    return (sistema.folder / "secretos" / nombre).read_text(encoding="utf-8").strip()


@EN_UNA_BASE
def test_cabeceras_inventadas(sistema: System, red: Red) -> None:
    admin, publico = red.admin, Desconocido(sistema.url)
    for malo in (
        "corto",
        "x" * 65,
        "con espacio dentro",
        "<script>alert(1)</script>",
        "a;b=c-----",
        "ñandú-ñandú",
        '{"a":1}--',
    ):
        respuesta = admin.get("/auth/perfil", headers={"X-Request-ID": malo.encode()})
        revisar(respuesta)
        assert respuesta.headers["X-Request-ID"] != malo
        assert "script" not in str(respuesta.headers)
    traza = unico("traza").replace(".", "-")
    falsas = {
        "X-Request-ID": traza,
        "X-Forwarded-For": "8.8.8.8, 127.0.0.1",
        "X-Real-IP": "8.8.8.8",
        "Forwarded": "for=8.8.8.8;host=malo.example;proto=https",
        "X-Forwarded-Host": "malo.example",
        "X-Forwarded-Proto": "https",
        "X-HTTP-Method-Override": "DELETE",
        "X-Original-URL": "/interno/revocaciones",
        "X-Rewrite-URL": "/interno/revocaciones",
        "Idempotent-Replayed": "true",
    }
    creado = admin.post("/admin/centros", {"nombre": unico("Centro")}, headers=falsas)
    revisar(creado, traza)
    assert bien(creado, 201)["id"] and creado.headers["Location"] == f"/admin/centros/{creado.json()['id']}"
    assert "malo.example" not in f"{creado.headers}{creado.text}"
    assert "Idempotent-Replayed" not in creado.headers
    assert {direccion for _, direccion in auditado(red, "admin", {traza})[traza]} == {"127.0.0.1"}
    bien(admin.get(f"/admin/centros/{creado.json()['id']}", headers={"Host": "malo.example"}))
    for origen in ("https://malo.example", "null", "http://localhost.malo.example"):
        respuesta = admin.get("/auth/perfil", headers={"Origin": origen})
        assert "Access-Control-Allow-Origin" not in respuesta.headers
    for cabeceras, esperados in (
        ({"X-Larga": "x" * 40_000}, (431,)),
        ({f"X-{n}": "x" * 7000 for n in range(8)}, (431,)),
        ({"Authorization": f"Bearer {'x' * 30_000}"}, (431,)),
        ({"Cookie": "x" * 20_000}, (431,)),
    ):
        respuesta = publico.get("/auth/perfil", headers=cabeceras)
        assert respuesta.status_code in esperados, (list(cabeceras)[0], respuesta.text)
    # What the gateway lets through is no trouble for the services: they have no smaller limits.
    for largo, esperado in ((4000, 422), (5000, 422), (8100, 422), (8192, 414), (40_000, 414)):
        assert admin.get(f"/citas?q={'x' * largo}").status_code == esperado, largo
        assert publico.get(f"/auth/{'x' * largo}").status_code == (404 if esperado == 422 else 414), largo
    for ruta in ("/auth/perfil", "/citas", "/admin/centros"):
        respuesta = publico.get(ruta, headers={f"X-{n}": "x" for n in range(500)})
        assert respuesta.status_code in (401, 431), (ruta, respuesta.text)
    for metodo in ("TRACE", "PROPFIND", "CONNECT", "FOO", "OPTIONS"):
        for ruta in ("/citas", "/auth/login", "/", "/nada"):
            if metodo == "CONNECT":
                continue
            status, respuesta_, contenido = _crudo(red, metodo, ruta, {})
            assert status in (401, 404, 405) or (metodo == "OPTIONS" and status in (200, 204)), (metodo, ruta, status)
            assert status in (200, 204) or json.loads(contenido)["status"] == status, (metodo, ruta)
    for metodo, ruta in (
        ("PUT", "/citas"),
        ("DELETE", "/auth/login"),
        ("PATCH", "/admin/pacientes"),
        ("POST", "/citas/1"),
    ):
        respuesta = admin.call(metodo, ruta)
        revisar(respuesta)
        assert (respuesta.status_code, bool(respuesta.headers["Allow"])) == (405, True)


@EN_UNA_BASE
def test_http_mal_escrito(sistema: System) -> None:
    """Two lengths, bare line ends, smuggled second requests: one answer, no entry."""
    destino = urlsplit(sistema.url)
    dentro = "GET /interno/revocaciones HTTP/1.1\r\nHost: x\r\n\r\n"
    por_partes = "Transfer-Encoding: chunked"
    for peticion in (
        f"POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\nContent-Length: 5\r\n\r\n{dentro}",
        f"POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n{por_partes}\r\n\r\n0\r\n\r\n{dentro}",
        f"POST /auth/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{dentro}",
        f"POST /auth/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n{dentro}",
        "GET /citas HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        "GET /citas HTTP/1.1\r\n\r\n",
        "GET /citas\r\n\r\n",
        "GET /citas HTTP/9.9\r\nHost: x\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        "GET /citas HTTP/1.1\r\nHost: x\r\nX-Mala\x00: 1\r\n\r\n",
        "GET /citas HTTP/1.1\r\nHost: x\r\n Plegada: 1\r\n\r\n",
    ):
        with socket.create_connection((str(destino.hostname), destino.port), timeout=120) as conexion:
            conexion.sendall(peticion.encode("latin-1"))
            conexion.shutdown(socket.SHUT_WR)
            recibido = b""
            while trozo := conexion.recv(65536):
                recibido += trozo
        texto = recibido.decode("latin-1")
        assert '"revocaciones"' not in texto, peticion
        assert not set(re.findall(r"HTTP/1.1 (5\d\d)", texto)) - {"501", "505"}, (peticion, texto)
        assert "<html" not in texto.lower(), (peticion, texto)
