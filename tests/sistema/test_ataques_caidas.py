"""`kill -9` at any point between user and person: the retry ends with exactly one of each, linked, able to enter."""

from __future__ import annotations

import contextlib
import itertools
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import requests
from local_system import System

from .conftest import Quien, Red, bien
from .mundo import CLAVE, Desconocido, unico
from .test_caidas import esperar

HILOS = 3
MUERTES = 5


def insistir(pedir: Callable[[], requests.Response], bastan: set[int]) -> requests.Response:
    """Repeat as a careful client does, until there is an answer about the matter itself."""
    fin, ultima = time.monotonic() + 60, ""
    while time.monotonic() < fin:
        try:
            respuesta = pedir()
        except OSError:
            time.sleep(0.1)
            continue
        if respuesta.status_code in bastan:
            return respuesta
        ultima = respuesta.text
        assert respuesta.status_code in (429, 502, 503, 504), f"{respuesta.status_code}: {respuesta.text}"
        time.sleep(0.1)
    raise AssertionError(f"no answer in a minute: {ultima}")


class Altas:
    """People being made in three ways at once, again and again until it is enough."""

    def __init__(self, sistema: System, red: Red) -> None:
        self._sistema, self._red = sistema, red
        self.nombres: dict[str, list[str]] = {"doctores": [], "pacientes": [], "registro": []}
        self.errores: list[str] = []
        self._basta = threading.Event()
        self._hilos = [threading.Thread(target=self._trabajar, args=(n,)) for n in range(HILOS)]
        for hilo in self._hilos:
            hilo.start()

    def acabar(self) -> None:
        self._basta.set()
        for hilo in self._hilos:
            hilo.join()

    def _trabajar(self, primero: int) -> None:
        for n in itertools.count(primero):
            if self._basta.is_set():
                return
            que, nombre = list(self.nombres)[n % 3], unico("caida")
            self.nombres[que].append(nombre)
            try:
                self._crear(que, nombre)
            except AssertionError as error:
                self.errores.append(f"{que} {nombre}: {error}")

    def _crear(self, que: str, nombre: str) -> None:
        persona = {"nombres": "Eva", "apellidos": nombre, "nombre_usuario": nombre, "contrasena": CLAVE}
        if que == "registro":
            # A stranger may have no key that survives: name and password say that it is a retry. From another
            # address each time, because impatient repeating is throttled.
            insistir(lambda: _extrano(self._sistema).post("/auth/registro", persona), {201, 409})
        else:
            clave = {"Idempotency-Key": nombre}
            insistir(lambda: self._red.admin.post(f"/admin/{que}", persona, headers=clave), {201})


def test_usuario_y_persona_nunca_a_medias_aunque_mueran_los_servicios(sistema: System, red: Red) -> None:
    altas = Altas(sistema, red)
    try:
        _matar(sistema)
    finally:
        altas.acabar()
    sistema.wait_ready()
    assert altas.errores == []
    assert all(len(nombres) >= MUERTES // 2 for nombres in altas.nombres.values()), altas.nombres
    for que, nombres in altas.nombres.items():
        for nombre in nombres:
            esperar(lambda que=que, nombre=nombre: _completo(sistema, red, que, nombre), segundos=40)
            _solo_uno(red, que, nombre)


def _matar(sistema: System) -> None:
    """Kill one process after the other, each a random moment after all are up again."""
    azar = random.Random(20260115)
    for victima in ("auth", "admin", "auth", "admin", "admin-worker")[:MUERTES]:
        sistema.wait_ready()
        time.sleep(azar.uniform(0.05, 0.5))
        with contextlib.suppress(ProcessLookupError, KeyError):  # it was just about to start again
            sistema.kill(victima, signal.SIGKILL)
        time.sleep(0.2)


def _completo(sistema: System, red: Red, que: str, nombre: str) -> bool:
    """The user can sign in and is linked to the person; the news may take a moment."""
    entrada = Desconocido(sistema.url).post("/auth/login", {"nombre_usuario": nombre, "contrasena": CLAVE})
    if entrada.status_code != 200:
        return False
    usuario = entrada.json()["user"]
    return usuario["doctor_id" if que == "doctores" else "paciente_id"] is not None


def _solo_uno(red: Red, que: str, nombre: str) -> None:
    """One living user, one living person, of each other."""
    usuarios = bien(red.admin.get("/auth/usuarios", params={"nombre_usuario": nombre, "tamano": 10}))["datos"]
    recurso = "doctores" if que == "doctores" else "pacientes"
    personas = bien(red.admin.get(f"/admin/{recurso}", params={"q": nombre, "tamano": 10}))["datos"]
    assert Counter(u["nombre_usuario"] for u in usuarios) == {nombre: 1}, (que, nombre, usuarios)
    assert [p["apellidos"] for p in personas] == [nombre], (que, nombre, personas)
    usuario: dict[str, Any] = usuarios[0]
    persona: dict[str, Any] = personas[0]
    campo = "doctor_id" if recurso == "doctores" else "paciente_id"
    assert (usuario[campo], persona["usuario_id"]) == (persona["id"], usuario["id"]), (que, nombre)
    assert usuario["rol"] == ("medico" if recurso == "doctores" else "paciente")


def _extrano(sistema: System) -> Quien:
    """A stranger whose answers may be those of a gateway without a service behind."""

    class Suelto(Quien):
        def call(self, method: str, path: str, **kwargs: Any) -> requests.Response:
            return Desconocido(self.url)._sesion.request(method, self.url + path, timeout=30, **kwargs)

    return Suelto(sistema.url)
