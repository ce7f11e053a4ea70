"""The system at a glance, of a real system."""

from __future__ import annotations

import subprocess
import sys
import time

from local_settings import REPOSITORY
from local_system import System

from .conftest import Red, bien
from .mundo import EN_UNA_BASE, SERVICIOS


def mirar(sistema: System) -> tuple[int, str]:
    orden = [sys.executable, str(REPOSITORY / "deploy" / "local" / "estado.py"), "--url", sistema.url]
    hecho = subprocess.run(orden, capture_output=True, text=True, timeout=60)
    return hecho.returncode, hecho.stdout


def esperar_que_todo_este_bien(sistema: System, segundos: float = 60) -> None:
    """Until nothing is amiss; what it says is told otherwise."""
    fin = time.monotonic() + segundos
    while (dicho := mirar(sistema))[0] != 0:
        assert time.monotonic() < fin, dicho[1]


def quitar_webhooks(red: Red) -> None:
    """Those that other tests made may have nobody who answers, which is amiss; those that are paused have time."""
    while webhooks := bien(red.admin.get("/comunicaciones/webhooks?estado=activo&tamano=200"))["datos"]:
        for webhook in webhooks:
            bien(red.admin.delete(f"/comunicaciones/webhooks/{webhook['id']}"), 204)


@EN_UNA_BASE
def test_dice_lo_que_hay_y_lo_que_falta(sistema: System, red: Red) -> None:
    quitar_webhooks(red)
    red.centro()
    esperar_que_todo_este_bien(sistema)
    dicho = mirar(sistema)[1]
    for servicio in SERVICIOS:
        assert f"\n{servicio.replace('_', '-')} " in dicho
    for receptor in ("citas", "historia_clinica", "facturacion"):
        assert f"\nadmin → {receptor} " in dicho
    assert "trabajos: 0 de" not in dicho
    sistema.down("admin")
    try:
        estado, dicho = mirar(sistema)
        assert estado == 1
        assert "Mal: admin no responde." in dicho
        assert "Mal: citas no está listo: admin." in dicho
        assert "\ncitas → admin " in dicho
    finally:
        sistema.up("admin")
        sistema.wait_ready()
    esperar_que_todo_este_bien(sistema)
