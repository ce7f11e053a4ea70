"""Emission points. What got numbers keeps its own: two documents never bear the same one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from comun.auth.caller import Caller
from comun.errors import Conflict
from comun.preconditions import check_version
from facturacion.casos_de_uso.personas import exigir_centro
from facturacion.extensiones import db
from facturacion.modelos import CentroRef, PuntoEmision, Secuencia, TipoDocumento

_ULTIMOS = {"ultima_factura": TipoDocumento.FACTURA, "ultima_nota_credito": TipoDocumento.NOTA_CREDITO}
_SERIE = ("establecimiento", "punto")


def crear_punto(datos: Mapping[str, Any], quien: Caller) -> PuntoEmision:
    """Make one; the first of a centre is principal. Numbers go on after the last ones that are told.

    Raises Invalid, Forbidden; 409 when the establishment has one of that number.
    """
    centro_id = exigir_centro(datos["centro_id"], quien)
    anterior = _principal(centro_id)
    principal = anterior is None or datos.get("principal", False)
    if principal:
        _ceder(anterior)
    campos = {campo: valor for campo, valor in datos.items() if campo not in _ULTIMOS}
    punto = PuntoEmision(**{**campos, "principal": principal})
    db.session.add(punto)
    db.session.flush()
    for campo, tipo in _ULTIMOS.items():
        if campo in datos:
            db.session.add(Secuencia(punto_emision_id=punto.id, tipo_documento=tipo, ultimo=datos[campo]))
    return punto


def cambiar_punto(punto: PuntoEmision, cambios: Mapping[str, Any]) -> PuntoEmision:
    """Rename it, put it out of use, make it the principal one; renumber it while it gave no numbers."""
    check_version(punto)
    anterior = _principal(punto.centro_id)
    if any(cambios.get(campo, getattr(punto, campo)) != getattr(punto, campo) for campo in _SERIE):
        _exigir_sin_numeros(punto, "ya no cambia de serie")
    if cambios.get("principal") and not punto.principal:
        _ceder(anterior)
    elif punto.principal and not cambios.get("principal", True):
        raise Conflict("punto_principal", "Haga principal a otro; uno lo es siempre.")
    for campo, valor in cambios.items():
        setattr(punto, campo, valor)
    return punto


def eliminar_punto(punto: PuntoEmision) -> None:
    """Delete it. Conflict once it gave numbers: its series would begin anew; put it out of use instead."""
    check_version(punto)
    _principal(punto.centro_id)
    _exigir_sin_numeros(punto, "desactívelo en lugar de eliminarlo")
    punto.eliminar()


def _exigir_sin_numeros(punto: PuntoEmision, consejo: str) -> None:
    # Whoever takes its first number at this moment ends first, or waits.
    db.session.execute(db.select(PuntoEmision.id).where(PuntoEmision.id == punto.id).with_for_update())
    numerados = db.select(Secuencia).where(Secuencia.punto_emision_id == punto.id, Secuencia.ultimo > 0)
    if db.session.scalar(numerados.limit(1)) is not None:
        raise Conflict("punto_con_documentos", f"El punto de emisión ya numeró documentos: {consejo}.")


def _principal(centro_id: int) -> PuntoEmision | None:
    """The one that is principal now; whoever else changes points of the centre waits."""
    de_uno = db.select(CentroRef.id).where(CentroRef.id == centro_id)
    db.session.execute(de_uno.with_for_update(key_share=True))
    de_centro = PuntoEmision.centro_id == centro_id, PuntoEmision.principal.is_(True), PuntoEmision.vivos()
    return db.session.scalar(db.select(PuntoEmision).where(*de_centro))


def _ceder(principal: PuntoEmision | None) -> None:
    """Never two at once: the present one stops being it first."""
    if principal is not None:
        principal.principal = False
        db.session.flush()
