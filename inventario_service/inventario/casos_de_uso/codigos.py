"""Codes for what comes without one: P00001, P00002 …"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from comun.db import await_turn
from inventario.extensiones import db

CIFRAS = 5


def codigos_nuevos(columna: Any, prefijo: str, cuantos: int = 1, ademas: Collection[str] = ()) -> list[str]:
    """So many codes that no row has or ever had, nor are in `ademas`, one after the other.

    Whoever else needs one of that table waits until this transaction ends.
    """
    await_turn(db.session, f"{columna.class_.__tablename__}.{columna.key}")
    usados = {*db.session.scalars(db.select(columna).where(columna.startswith(prefijo, autoescape=True))), *ademas}
    forma = re.compile(rf"{re.escape(prefijo)}([0-9]{{{CIFRAS},9}})")
    numero = max((int(hallado[1]) for usado in usados if (hallado := forma.fullmatch(usado))), default=0)
    nuevos: list[str] = []
    while len(nuevos) < cuantos:
        numero += 1
        if (codigo := f"{prefijo}{numero:0{CIFRAS}d}") not in usados:
            nuevos.append(codigo)
    return nuevos
