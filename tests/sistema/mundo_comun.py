"""One small world for the tests of a system of which none spoils what another looks at."""

from __future__ import annotations

import time
from pathlib import Path

from local_system import System

from .conftest import DE_NUEVO, Quien, Red, bien
from .mundo import CLAVE, Mundo

_comunes: dict[Path, _Comun] = {}


def mundo_comun(sistema: System) -> Mundo:
    """That of this system, in which everybody signed in not long ago."""
    sistema.wait_ready()
    if sistema.folder not in _comunes:
        _comunes[sistema.folder] = _Comun(Red(sistema))
    return _comunes[sistema.folder].al_dia(sistema)


class _Comun:
    def __init__(self, red: Red) -> None:
        self._desde, self._mundo = time.monotonic(), Mundo(red)
        suyos = self._mundo.quien
        gente = (suyos["secretaria"], suyos["medico"], suyos["paciente"], self._mundo.medico_ajeno, self._mundo.ajeno)
        self._gente: list[tuple[str, Quien]] = [
            (bien(uno.get("/auth/perfil"))["nombre_usuario"], uno) for uno in gente
        ]

    def al_dia(self, sistema: System) -> Mundo:
        """It, with tokens of which most of the life is left."""
        m = self._mundo
        if time.monotonic() - self._desde > DE_NUEVO:
            self._desde, m.red = time.monotonic(), Red(sistema)
            m.admin = m.red.admin
            m.quien["admin"].token = m.admin.token
            for nombre, uno in self._gente:
                uno.token = m.red.entrar(nombre, CLAVE).token
        return m
