"""A stand-in for the gateway that answers the client as the API conventions say, faults included."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

Json = dict[str, Any]
UNICOS = {
    "/auth/usuarios": ("nombre_usuario",),
    "/admin/centros": ("codigo",),
    "/admin/doctores": ("identificacion",),
    "/admin/pacientes": ("referencia_externa", "identificacion"),
    "/inventario/proveedores": ("ruc",),
    "/inventario/productos": ("codigo",),
    "/inventario/tratamientos": ("codigo",),
    "/inventario/movimientos": (),
    "/facturacion/puntos-emision": ("nombre",),
    "/facturacion/categorias-gasto": ("nombre",),
    "/citas": (),
}
MOVIMIENTOS = re.compile(r"/inventario/productos/(\d+)/movimientos")
RECETA = re.compile(r"/inventario/tratamientos/(\d+)/receta")
ADMIN = {"nombre_usuario": "admin", "contrasena": "Iguana-Chagra-8426"}


class ServidorFalso:
    """Keeps rows in memory. `guion` says which fault meets the n-th POST of a row: `429`, `503`,
    `401` (all tokens expire), `409` (an equal request is running) or `corte` (the row is stored, then
    the line goes dead)."""

    def __init__(self) -> None:
        self.filas: dict[str, list[Json]] = {ruta: [] for ruta in UNICOS}
        self.permisos: dict[int, list[str]] = {}
        self.recetas: dict[int, list[Json]] = {}
        # How many entries of stock are still to meet a centre that inventario_service has not heard of.
        self.centros_por_saber = 0
        self.respuestas: dict[str, Json] = {}
        self.tokens: set[str] = set()
        self.guion: dict[int, str] = {}
        self.peticiones: list[tuple[str, str]] = []
        self.creaciones = 0
        self.al_crear: Any = lambda numero: None
        self.candado = threading.RLock()
        self.servidor = ThreadingHTTPServer(("127.0.0.1", 0), type("Manejador", (Manejador,), {"mundo": self}))
        self.servidor.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.servidor.server_port}"
        self.crear("/auth/usuarios", ADMIN | {"rol": "admin"})

    def crear(self, ruta: str, cuerpo: Json) -> Json:
        fila = {"id": len(self.filas[ruta]) + 1, **cuerpo}
        if ruta == "/citas":
            fila |= {"estado": "programada"}
        self.filas[ruta].append(fila)
        return fila

    def repetida(self, ruta: str, cuerpo: Json) -> str | None:
        cuerpo = cuerpo | ({"nombre_usuario": cuerpo["username"]} if "username" in cuerpo else {})
        for columna in UNICOS[ruta]:
            if any(columna in cuerpo and fila.get(columna) == cuerpo[columna] for fila in self.filas[ruta]):
                return f"{columna}_duplicado"
        mismo_momento = [fila.get("fecha_hora") for fila in self.filas["/citas"] if fila["estado"] != "cancelada"]
        return "doctor_ocupado" if ruta == "/citas" and cuerpo["fecha_hora"] in mismo_momento else None

    def renovar(self) -> Json:
        numero = len(self.peticiones)
        self.tokens = {f"acceso-{numero}"}
        usuario = {"id": 1, "username": "admin"}
        return {"access_token": f"acceso-{numero}", "refresh_token": f"renueva-{numero}", "user": usuario}


class Manejador(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65536  # one write per answer: two small ones wait 40 ms for each other
    mundo: ServidorFalso

    def log_message(self, *_: object) -> None:
        pass

    def responder(self, estado: int, cuerpo: Any, **encabezados: str) -> None:
        contenido = json.dumps(cuerpo).encode()
        self.send_response(estado)
        self.send_header("Content-Type", "application/json")
        for nombre, valor in encabezados.items():
            self.send_header(nombre.replace("_", "-"), valor)
        self.send_header("Content-Length", str(len(contenido)))
        self.end_headers()
        self.wfile.write(contenido)

    def problema(self, estado: int, codigo: str, errores: Json | None = None, **encabezados: str) -> None:
        cuerpo = {"status": estado, "codigo": codigo, "detail": codigo, "errores": errores or {}}
        self.responder(estado, cuerpo, **encabezados)

    def cuerpo(self) -> Json:
        return json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")

    def do_GET(self) -> None:
        with self.mundo.candado:
            self.leer()

    def do_POST(self) -> None:
        with self.mundo.candado:
            self.escribir(self.cuerpo())

    def do_PUT(self) -> None:
        with self.mundo.candado:
            if receta := RECETA.fullmatch(self.path):
                self.mundo.recetas[int(receta[1])] = self.cuerpo()["ingredientes"]
                return self.responder(200, {"ingredientes": self.mundo.recetas[int(receta[1])]})
            usuario_id = int(self.path.split("/")[3])
            self.mundo.permisos[usuario_id] = self.cuerpo()["concedidos"]
            self.responder(200, {"concedidos": self.mundo.permisos[usuario_id]})

    def sin_entrar(self) -> bool:
        return self.headers.get("Authorization", "").removeprefix("Bearer ") not in self.mundo.tokens

    def leer(self) -> None:
        partes = urlsplit(self.path)
        ruta, filtros = partes.path, dict(parse_qsl(partes.query))
        self.mundo.peticiones.append(("GET", ruta))
        if self.sin_entrar():
            return self.problema(401, "token_expirado")
        if ruta.endswith("/permisos"):
            concedidos = self.mundo.permisos.get(int(ruta.split("/")[3]), [])
            return self.responder(200, {"concedidos": concedidos})
        if receta := RECETA.fullmatch(ruta):
            return self.responder(200, {"ingredientes": self.mundo.recetas.get(int(receta[1]), [])})
        if ruta not in self.mundo.filas:
            padre, _, numero = ruta.rpartition("/")
            return self.responder(200, self.mundo.filas[padre][int(numero) - 1])
        for ignorado in ("tamano", "orden", "cursor", "desde"):
            filtros.pop(ignorado, None)
        datos = [f for f in self.mundo.filas[ruta] if all(str(f.get(k)) == v for k, v in filtros.items())]
        return self.responder(200, {"datos": datos, "paginacion": {"hay_mas": False}})

    def escribir(self, cuerpo: Json) -> None:
        ruta = self.path
        self.mundo.peticiones.append(("POST", ruta))
        if ruta == "/auth/login":
            bien = cuerpo == ADMIN
            return self.responder(200, self.mundo.renovar()) if bien else self.problema(401, "credenciales")
        if ruta == "/auth/refresh":
            return self.responder(200, self.mundo.renovar())
        self.mundo.creaciones += 1
        fallo = self.mundo.guion.pop(self.mundo.creaciones, "")
        if fallo == "401":
            self.mundo.tokens.clear()
        if self.sin_entrar():
            return self.problema(401, "token_expirado")
        if fallo in ("429", "503", "409"):
            return self.problema(int(fallo), "espere", Retry_After="0")
        return self.crear(ruta, cuerpo, fallo)

    def crear(self, ruta: str, cuerpo: Json, fallo: str) -> None:
        clave = self.headers["Idempotency-Key"]
        if clave in self.mundo.respuestas:
            return self.responder(201, self.mundo.respuestas[clave], Idempotent_Replayed="true")
        if "no-valido" in json.dumps(cuerpo):
            return self.problema(422, "datos_invalidos")
        if movimiento := MOVIMIENTOS.fullmatch(ruta):
            if self.mundo.centros_por_saber:
                self.mundo.centros_por_saber -= 1
                return self.problema(422, "datos_invalidos", errores={"centro_id": ["No existe ese centro."]})
            ruta, cuerpo = "/inventario/movimientos", {"lote": None, **cuerpo, "producto_id": int(movimiento[1])}
        repetida = self.mundo.repetida(ruta, cuerpo)
        if repetida:
            return self.problema(409, repetida)
        self.mundo.respuestas[clave] = fila = self.mundo.crear(ruta, cuerpo)
        self.mundo.al_crear(self.mundo.creaciones)
        if fallo == "corte":
            self.close_connection = True
            return self.connection.close()
        return self.responder(201, fila)


@contextmanager
def en_marcha() -> Iterator[ServidorFalso]:
    falso = ServidorFalso()
    hilo = threading.Thread(target=falso.servidor.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    hilo.start()
    yield falso
    falso.servidor.shutdown()
    falso.servidor.server_close()
    hilo.join()


@pytest.fixture
def servidor() -> Iterator[ServidorFalso]:
    with en_marcha() as falso:
        yield falso


@pytest.fixture(scope="module")
def servidor_compartido() -> Iterator[ServidorFalso]:
    """One for tests that only look at what reached it."""
    with en_marcha() as falso:
        yield falso
