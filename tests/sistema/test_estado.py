"""The system at a glance, of a real system."""

from __future__ import annotations

import subprocess
import sys

from local_settings import REPOSITORY
from local_system import System

from .conftest import Red
from .mundo import SERVICIOS
from .test_caidas import esperar


def mirar(sistema: System) -> tuple[int, str]:
    orden = [sys.executable, str(REPOSITORY / "deploy" / "local" / "estado.py"), "--url", sistema.url]
    hecho = subprocess.run(orden, capture_output=True, text=True, timeout=60)
    return hecho.returncode, hecho.stdout


def test_dice_lo_que_hay_y_lo_que_falta(sistema: System, red: Red) -> None:
    red.centro()
    esperar(lambda: mirar(sistema)[0] == 0, segundos=60)
    dicho = mirar(sistema)[1]
    for servicio in SERVICIOS:
        assert f"\n{servicio} " in dicho
    assert "\nadmin → citas " in dicho
    assert "trabajos: 0 de" not in dicho
    sistema.down("admin")
    try:
        estado, dicho = mirar(sistema)
        assert estado == 1
        assert "Mal: admin no responde." in dicho
        assert "Mal: citas no está listo: admin." in dicho
        assert "\nauth → admin " in dicho
    finally:
        sistema.up("admin")
        sistema.wait_ready()
    esperar(lambda: mirar(sistema)[0] == 0, segundos=60)
