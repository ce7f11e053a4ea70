"""Operating expenses: each in the ledger on its day and, once it is paid, at the cash desk too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from comun.auth.caller import Caller
from comun.errors import Conflict, Invalid
from comun.preconditions import check_version
from facturacion.casos_de_uso.categorias_gasto import categoria_de
from facturacion.casos_de_uso.desembolsos import (
    corregir_desembolso,
    desembolsar,
    exigir_dia_de_pago,
    retirar_desembolso,
)
from facturacion.casos_de_uso.dias import dia_en
from facturacion.casos_de_uso.libro import Anotacion, reponer
from facturacion.casos_de_uso.personas import exigir_centro
from facturacion.dominio.medios import Medio
from facturacion.eventos.de_gastos import anunciar_gasto
from facturacion.extensiones import db
from facturacion.modelos import Cuenta, Gasto, GastoRecurrente, Origen

_SIMPLES = ("descripcion", "proveedor", "numero_comprobante", "monto")


def registrar_gasto(datos: Mapping[str, Any], quien: Caller) -> Gasto:
    """Write an expense; `datos` as `GastoNuevo` gives them. With `medio_pago` it is paid.

    Raises Forbidden (not the caller's centre), Invalid, Conflict `sin_caja_abierta` (cash without an open till).
    """
    centro_id = exigir_centro(datos["centro_id"], quien)
    categoria = categoria_de(datos)
    gasto = Gasto(
        categoria=categoria,
        centro_id=centro_id,
        descripcion=datos.get("descripcion") or categoria.nombre,
        proveedor=datos.get("proveedor"),
        numero_comprobante=datos.get("numero_comprobante"),
        monto=datos["monto"],
        fecha=_fecha(datos.get("fecha"), centro_id),
        registrado_por=quien.actor,
    )
    _anotar_pago(gasto, datos)
    _exigir_dia(gasto)
    db.session.add(gasto)
    db.session.flush()
    _pagar(gasto, quien)
    asentar_gasto(gasto, quien.actor)
    anunciar_gasto(gasto)
    return _con_todo(gasto.id)


def editar_gasto(gasto_id: int, cambios: Mapping[str, Any], quien: Caller) -> Gasto:
    """Change an expense; what was paid is written anew when it changes.

    Raises as above, and Conflict `caja_cerrada` when what was paid lies in a till that was counted or closed;
    `gasto_ya_registrado` for one that recurs, on the day of another one.
    """
    if "centro_id" in cambios:
        exigir_centro(cambios["centro_id"], quien)
    gasto = _para_cambiar(gasto_id, quien)
    antes = _de_pago(gasto)
    if "categoria_id" in cambios or "categoria" in cambios:
        gasto.categoria = categoria_de(cambios)
    if "centro_id" in cambios:
        gasto.centro_id = cambios["centro_id"]
    for campo in _SIMPLES:
        if campo in cambios:
            setattr(gasto, campo, cambios[campo])
    if "fecha" in cambios:
        gasto.fecha = _fecha(cambios["fecha"], gasto.centro_id)
        _exigir_antes_del_proximo(gasto)
    _anotar_pago(gasto, cambios)
    if _de_pago(gasto) != antes:
        _exigir_dia(gasto)
        retirar_desembolso(_referencia(gasto), quien)
        _pagar(gasto, quien)
    else:
        corregir_desembolso(_referencia(gasto), gasto.monto, quien)
    db.session.flush()
    asentar_gasto(gasto, quien.actor)
    return _con_todo(gasto.id)


def eliminar_gasto(gasto_id: int, quien: Caller) -> None:
    """Take an expense back, and what was paid for it. Conflict `caja_cerrada` as above."""
    gasto = _para_cambiar(gasto_id, quien)
    retirar_desembolso(_referencia(gasto), quien)
    gasto.eliminar()
    db.session.flush()
    asentar_gasto(gasto, quien.actor)


def asentar_gasto(gasto: Gasto, por: str) -> None:
    """What stands in the ledger of it becomes what it is now."""
    reponer(_referencia(gasto), _asientos(gasto), por)


def _asientos(gasto: Gasto) -> Iterator[Anotacion]:
    if gasto.eliminado_en is None:
        yield Anotacion(
            Cuenta.GASTO,
            gasto.monto,
            gasto.fecha,
            gasto.centro_id,
            _referencia(gasto),
            categoria_id=gasto.categoria_id,
        )


def _para_cambiar(gasto_id: int, quien: Caller) -> Gasto:
    """Locked: who else changes it waits."""
    Gasto.obtener(gasto_id, quien)
    consulta = db.select(Gasto).where(Gasto.id == gasto_id, Gasto.vivos()).options(*Gasto.cargar())
    gasto: Gasto | None = db.session.scalar(
        consulta.with_for_update(of=Gasto).execution_options(populate_existing=True)
    )
    if gasto is None:  # deleted while this one waited
        return Gasto.obtener(gasto_id, quien)
    check_version(gasto)
    return gasto


def _con_todo(gasto_id: int) -> Gasto:
    consulta = db.select(Gasto).where(Gasto.id == gasto_id).options(*Gasto.cargar())
    return db.session.scalars(consulta.execution_options(populate_existing=True)).one()


def _fecha(dada: date | None, centro_id: int) -> date:
    """Of the expense: today, when none is given. Invalid for a day that is still to come."""
    hoy = dia_en(centro_id)
    if dada is not None and dada > hoy:
        raise Invalid({"fecha": ["No puede estar en el futuro."]})
    return dada or hoy


def _exigir_antes_del_proximo(gasto: Gasto) -> None:
    """One that recurs bears no date that is left for those to come: they could not be written."""
    suyo = db.select(GastoRecurrente.proximo).where(
        GastoRecurrente.id == gasto.recurrente_id, GastoRecurrente.vivos(), GastoRecurrente.activo
    )
    proximo = db.session.scalar(suyo.with_for_update(read=True)) if gasto.recurrente_id is not None else None
    if proximo is not None and gasto.fecha >= proximo:
        raise Conflict("gasto_ya_registrado", f"Desde el {proximo:%d/%m/%Y} le toca al siguiente gasto recurrente.")


# ---- Paid


def _anotar_pago(gasto: Gasto, datos: Mapping[str, Any]) -> None:
    """What the request says of its payment; on which day it was, is today when it doesn't say so."""
    medio = datos.get("medio_pago", gasto.medio_pago)
    dado = datos.get("pagado_el")
    if medio is None and dado is not None:
        raise Invalid({"pagado_el": ["Diga también con qué se pagó (medio_pago)."]})
    # Both at once: to look the day up writes what has changed so far, and one without the other is refused.
    pagado_el = None if medio is None else dado or gasto.pagado_el or dia_en(gasto.centro_id)
    gasto.medio_pago, gasto.pagado_el = medio, pagado_el


def _exigir_dia(gasto: Gasto) -> None:
    if gasto.medio_pago is not None and gasto.pagado_el is not None:
        exigir_dia_de_pago(gasto.pagado_el, Medio(gasto.medio_pago), gasto.centro_id)


def _de_pago(gasto: Gasto) -> tuple[Any, ...]:
    """What would need another transaction if it changed."""
    return (gasto.medio_pago, gasto.pagado_el, gasto.centro_id if gasto.medio_pago else None)


def _pagar(gasto: Gasto, quien: Caller) -> None:
    if gasto.medio_pago is None or gasto.pagado_el is None:
        return
    desembolsar(
        _referencia(gasto),
        Origen.GASTO,
        centro_id=gasto.centro_id,
        monto=gasto.monto,
        medio=Medio(gasto.medio_pago),
        dia=gasto.pagado_el,
        concepto=gasto.descripcion,
        quien=quien,
    )


def _referencia(gasto: Gasto) -> str:
    return f"gasto/{gasto.id}"
