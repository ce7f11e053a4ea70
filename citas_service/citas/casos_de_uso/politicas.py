"""Policies: the administration of the network says what appointments are like."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from citas.clientes.admin import admin
from citas.extensiones import db
from citas.modelos import Politica
from comun.auth.caller import Caller, Scope
from comun.db import release
from comun.errors import Forbidden
from comun.preconditions import check_version


def exigir_red(quien: Caller) -> None:
    """Forbidden for who does not act in the whole network: a policy may hold everywhere."""
    if quien.alcance is not Scope.RED:
        raise Forbidden()


def crear_politica(datos: Mapping[str, Any], quien: Caller) -> Politica:
    """Raises Forbidden, Invalid (no such centre), Unavailable; IntegrityError where there is one already."""
    exigir_red(quien)
    _conocer(datos.get("centro_id"))
    politica = Politica(**datos)
    db.session.add(politica)
    return politica


def cambiar_politica(politica: Politica, cambios: Mapping[str, Any], quien: Caller) -> Politica:
    """Change what is given. Raises as `crear_politica`."""
    exigir_red(quien)
    check_version(politica)
    if cambios.get("centro_id") != politica.centro_id:
        _conocer(cambios.get("centro_id"))
    for campo, valor in cambios.items():
        setattr(politica, campo, valor)
    return politica


def _conocer(centro_id: int | None) -> None:
    """Ask for the centre, and keep what is answered."""
    if centro_id is not None:
        release(db.session)
        admin().involucrados(centro_id=centro_id).recordar()
