"""A doctor and the account to sign in with, whatever dies while they are made: exactly one of each."""

from __future__ import annotations

import signal
import threading
import time
from typing import Any

import pytest
from local_system import System

from .conftest import Red, bien, unico_numero
from .llamadas import Respuesta
from .test_caidas import esperar

CLAVE = "Un4-clave-larga!"
# When somebody dies, as parts of the time that it takes when nobody does.
MOMENTOS = (0.2, 0.4, 0.6, 0.8)


def alta(recurso: str, numero: int) -> dict[str, Any]:
    """A person with an account."""
    cuenta = {"nombre_usuario": f"alta.{recurso}.{numero}", "contrasena": CLAVE}
    return {"nombres": "Alta", "apellidos": f"Persona {numero}", **cuenta}


def insistir(pedir: Any, plazo: float = 240) -> Respuesta:
    """Repeat a request until it is answered for good, as a person or a loader would: without any key."""
    fin = time.monotonic() + plazo
    while True:
        try:
            respuesta: Respuesta = pedir()
            if respuesta.status_code not in (401, 429, 502, 503, 504):
                return respuesta
        except OSError:
            pass
        assert time.monotonic() < fin, "never answered for good"
        time.sleep(0.1)


@pytest.mark.parametrize("victima", ["auth", "admin"])
def test_ni_usuarios_sin_persona_ni_personas_sin_usuario(sistema: System, red: Red, victima: str) -> None:
    # Whoever dies on either way in: each database has two of the four.
    ruta = "/admin/doctores" if (sistema.db == "sqlite") == (victima == "auth") else "/auth/registro"
    recurso = "doctores" if ruta.startswith("/admin") else "pacientes"
    quien = red.admin if recurso == "doctores" else red.publico
    entera, *personas = [alta(recurso, unico_numero()) for _ in range(1 + len(MOMENTOS))]
    empezo = time.monotonic()
    bien(quien.post(ruta, entera), 201)
    tarda = time.monotonic() - empezo
    for persona, momento in zip(personas, MOMENTOS, strict=True):
        asesino = threading.Timer(momento * tarda, sistema.kill, (victima, signal.SIGKILL))
        asesino.start()
        respuesta = insistir(lambda cuerpo=persona: quien.post(ruta, cuerpo))
        asesino.join()
        # 409: an attempt that died after it was done had made both already.
        assert respuesta.status_code in (201, 409), respuesta.text
    sistema.wait_ready()
    for persona in personas:
        _uno_de_cada(red, recurso, persona)


def _uno_de_cada(red: Red, recurso: str, persona: dict[str, Any]) -> None:
    """One person of that name, one account, linked, and it can sign in."""
    encontradas = bien(red.admin.get(f"/admin/{recurso}", params={"q": persona["apellidos"]}))["datos"]
    mias = [p for p in encontradas if p["apellidos"] == persona["apellidos"] and p["nombres"] == "Alta"]
    assert len(mias) == 1
    # What died before the account was confirmed is made good by the worker of auth_service.
    esperar(lambda: _entra(red, persona) == mias[0]["id"])
    usuarios = bien(red.admin.get("/auth/usuarios", params={"nombre_usuario": persona["nombre_usuario"]}))["datos"]
    assert [u["id"] for u in usuarios] == [mias[0]["usuario_id"]]


def _entra(red: Red, persona: dict[str, Any]) -> int | None:
    """The id of the person whose account it is, once it can sign in."""
    cuerpo = {"nombre_usuario": persona["nombre_usuario"], "contrasena": CLAVE}
    respuesta = red.publico.post("/auth/login", cuerpo)
    if respuesta.status_code != 200:
        return None
    usuario = respuesta.json()["user"]
    return usuario["doctor_id"] or usuario["paciente_id"]
