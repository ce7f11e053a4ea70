"""`make caos ARGS="--seed 7 --operaciones 2000 --db postgresql"`; both databases without `--db`."""

from __future__ import annotations

import argparse
import secrets
import signal
import sys

from .corrida import Corrida


def main() -> int:
    opciones = argparse.ArgumentParser(prog="make caos")
    opciones.add_argument("--seed", type=int, default=None, help="what is done and what breaks; random when absent")
    opciones.add_argument("--operaciones", type=int, default=2000)
    opciones.add_argument("--db", choices=["sqlite", "postgresql"], action="append")
    opciones.add_argument("--apurar", action="store_true", help="at the end don't sit out the relays' pauses")
    dichas = opciones.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))  # leaves nothing behind
    semilla = dichas.seed if dichas.seed is not None else secrets.randbelow(1_000_000)
    fallos = 0
    for db in dichas.db or ["sqlite", "postgresql"]:
        repetir = f'make caos ARGS="--seed {semilla} --operaciones {dichas.operaciones} --db {db}"'
        print(f"── {db}: {repetir}", flush=True)
        with Corrida(semilla, dichas.operaciones, db, apurar=dichas.apurar) as corrida:
            faltas = corrida.correr()
        for nombre, valor in corrida.cifras.items():
            print(f"   {nombre}: {valor}")
        for falta in faltas:
            print(f"   ✗ {falta}")
        print(f"   {'✗ falló; para repetirlo: ' + repetir if faltas else '✓ nada se perdió ni se dobló'}", flush=True)
        fallos += bool(faltas)
    return fallos


if __name__ == "__main__":
    sys.exit(main())
