"""Making and changing centres."""

from __future__ import annotations

from typing import Any

from admin.eventos.emitidos import anunciar_centro
from admin.extensiones import db
from admin.modelos import Centro
from comun.db import await_turn
from comun.preconditions import check_version


def crear_centro(datos: dict[str, Any]) -> Centro:
    """Make a centre with its rooms; its code is made when absent."""
    avisos = datos.pop("advertencias", [])
    salas = datos.pop("salas", [])
    codigo = datos.pop("codigo", None)
    centro = Centro(**datos, codigo=codigo or codigo_libre())
    centro.poner_salas(salas)
    db.session.add(centro)
    db.session.flush()
    anunciar_centro(centro, "creado")
    centro.advertencias = avisos
    return centro


def cambiar_centro(centro: Centro, cambios: dict[str, Any]) -> Centro:
    """Change what is given."""
    check_version(centro)
    avisos = cambios.pop("advertencias", [])
    salas = cambios.pop("salas", None)
    for campo, valor in cambios.items():
        setattr(centro, campo, valor)
    if salas is not None:
        centro.poner_salas(salas)
        db.session.flush()
        db.session.refresh(centro, ["salas"])
    anunciar_centro(centro, "actualizado")
    centro.advertencias = avisos
    return centro


def codigo_libre(ademas: frozenset[str] = frozenset()) -> str:
    """The first of C001, C002 … that no living centre has, nor is in `ademas`.

    Whoever else needs one waits until this transaction ends.
    """
    await_turn(db.session, "centro.codigo")
    ocupados = {*db.session.scalars(db.select(Centro.codigo).where(Centro.vivos())), *ademas}
    numero = 1
    while (codigo := f"C{numero:03d}") in ocupados:
        numero += 1
    return codigo
