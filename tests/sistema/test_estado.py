"""The system at a glance, of a real system."""

from __future__ import annotations

import subprocess
import sys
import time

from local_settings import REPOSITORY
from local_system import System

from .conftest import Red, bien
from .mundo import EN_UNA_BASE, SERVICIOS

SEGUNDOS = 240


def mirar(sistema: System) -> tuple[int, str]:
    orden = [sys.executable, str(REPOSITORY / "deploy" / "local" / "estado.py"), "--url", sistema.url]
    hecho = subprocess.run(orden, capture_output=True, text=True, timeout=SEGUNDOS)
    return hecho.returncode, hecho.stdout


def mirar_hasta(sistema: System, estado: int, *frases: str) -> str:
    """What it says once it ends so and says all this: who just stands still is called absent."""
    fin = time.monotonic() + SEGUNDOS
    while True:
        hallado, dicho = mirar(sistema)
        if hallado == estado and all(frase in dicho for frase in frases):
            return dicho
        assert time.monotonic() < fin, dicho


def quitar_webhooks(red: Red) -> None:
    """Those that other tests made may have nobody who answers, which is amiss; those that are paused have time."""
    while webhooks := bien(red.admin.get("/comunicaciones/webhooks?estado=activo&tamano=200"))["datos"]:
        for webhook in webhooks:
            bien(red.admin.delete(f"/comunicaciones/webhooks/{webhook['id']}"), 204)


@EN_UNA_BASE
def test_dice_lo_que_hay_y_lo_que_falta(sistema: System, red: Red) -> None:
    quitar_webhooks(red)
    red.centro()
    dicho = mirar_hasta(sistema, 0)
    for servicio in SERVICIOS:
        assert f"\n{servicio.replace('_', '-')} " in dicho
    for receptor in ("citas", "historia_clinica", "facturacion"):
        assert f"\nadmin → {receptor} " in dicho
    assert "trabajos: 0 de" not in dicho
    sistema.down("admin")
    try:
        callado, sin_el = "Mal: admin no responde.", "Mal: citas no está listo: admin."
        mirar_hasta(sistema, 1, callado, sin_el, "\ncitas → admin ")
    finally:
        sistema.up("admin")
        sistema.wait_ready()
    mirar_hasta(sistema, 0)
