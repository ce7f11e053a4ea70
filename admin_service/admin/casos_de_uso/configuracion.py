"""Changing the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from admin.dominio.valores import TipoValor, ValorInvalido, comprobar, tipo_de
from admin.extensiones import db
from admin.modelos import Ajuste, CambioAjuste
from comun.auth.caller import Caller
from comun.db import await_turn
from comun.errors import Invalid


def esperar_turno() -> None:
    """Change the configuration one after the other, until the end of the transaction: all of it has one version."""
    await_turn(db.session, "configuracion")


class Configuracion:
    """All settings as one thing, whose version counts every change."""

    def __init__(self) -> None:
        self.version = CambioAjuste.ultimo()
        self.ajustes = Ajuste.todos()

    @property
    def valores(self) -> dict[str, Any]:
        """Key → value."""
        return {ajuste.clave: ajuste.valor for ajuste in self.ajustes}


def guardar(valores: Mapping[str, Any], quien: Caller) -> Configuracion:
    """Set these keys, all or none; a new key gets the type of its value."""
    conocidos = {ajuste.clave: ajuste for ajuste in Ajuste.todos()}
    errores = {}
    for clave, valor in valores.items():
        try:
            ajuste = conocidos.get(clave)
            if ajuste is None:
                ajuste = Ajuste(clave=clave, tipo=tipo_de(valor))
                db.session.add(ajuste)
            _poner(ajuste, valor, quien)
        except ValorInvalido as error:
            errores[clave] = [str(error)]
    if errores:
        raise Invalid(errores)
    db.session.flush()
    return Configuracion()


def cambiar_ajuste(ajuste: Ajuste, datos: Mapping[str, Any], quien: Caller) -> Ajuste:
    """Change the value, and the description when given."""
    try:
        _poner(ajuste, datos["valor"], quien)
    except ValorInvalido as error:
        raise Invalid({"valor": [str(error)]}) from None
    if "descripcion" in datos:
        ajuste.descripcion = datos["descripcion"]
    return ajuste


def quitar_ajuste(ajuste: Ajuste, quien: Caller) -> None:
    """Remove it; the history says who did."""
    db.session.add(CambioAjuste(clave=ajuste.clave, antes=ajuste.valor, despues=None, por=quien.actor))
    ajuste.eliminar()


def _poner(ajuste: Ajuste, valor: Any, quien: Caller) -> None:
    comprobar(valor, TipoValor(ajuste.tipo))
    if ajuste.valor != valor:
        ajuste.cambiar(valor, quien)
