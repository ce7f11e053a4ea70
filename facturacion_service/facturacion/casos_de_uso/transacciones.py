"""Money in and out at the cash desk: each transaction with its entry in the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from comun.auth.caller import Caller
from comun.db import now
from comun.errors import Conflict
from facturacion.casos_de_uso.dias import dia_en
from facturacion.casos_de_uso.libro import Anotacion, asentar, reponer
from facturacion.dominio.medios import Medio
from facturacion.extensiones import db
from facturacion.modelos import (
    Caja,
    Cuenta,
    EstadoCaja,
    EstadoTransaccion,
    Origen,
    Pago,
    Reembolso,
    TipoTransaccion,
    Transaccion,
)


def caja_para(centro_id: int, medio: Medio, quien: Caller) -> int | None:
    """The caller's open till at the centre, held open until the end of the transaction; None when he has none.

    Raises Conflict `sin_caja_abierta` for cash: what is in no till is counted by nobody.
    """
    suya = db.select(Caja.id).where(
        Caja.centro_id == centro_id, Caja.cajero == quien.actor, Caja.estado == EstadoCaja.ABIERTA, Caja.vivos()
    )
    caja_id = db.session.scalar(suya.with_for_update(read=True))
    if caja_id is None and medio is Medio.EFECTIVO:
        raise Conflict("sin_caja_abierta", "Abra su caja en ese centro para mover efectivo.")
    return caja_id


def retener_caja(transaccion: Transaccion) -> None:
    """Hold the till of a transaction, if it is in one, open until the end of the current transaction.

    Raises Conflict `caja_cerrada` when it has been counted.
    """
    if transaccion.caja_id is None:
        return
    suya = db.select(Caja.estado).where(Caja.id == transaccion.caja_id).with_for_update(read=True)
    if db.session.scalar(suya) != EstadoCaja.ABIERTA:
        raise Conflict("caja_cerrada", "La caja de esa transacción ya se contó: no cambia.")


def anotar_transaccion(
    tipo: TipoTransaccion,
    origen: Origen,
    referencia: str | None,
    *,
    centro_id: int,
    monto: Decimal,
    medio: Medio,
    concepto: str,
    quien: Caller,
    doctor_id: int | None = None,
    paciente_id: int | None = None,
    comentario: str | None = None,
    momento: datetime | None = None,
    estado: EstadoTransaccion = EstadoTransaccion.COMPLETADO,
    de: Pago | Reembolso | None = None,
) -> Transaccion:
    """Write a transaction into the caller's till, if he has one, and into the ledger, in the current transaction.

    `de`: the payment or the money back that it is of; its moment, its day and its till, held open, are known.
    Raises Conflict `sin_caja_abierta` for cash without an open till. What is pending is in none.
    """
    if de is not None:
        momento, dia, caja_id = de.momento, de.dia, de.caja_id
    else:
        momento = momento or now()
        dia = dia_en(centro_id, momento)
        caja_id = caja_para(centro_id, medio, quien) if estado == EstadoTransaccion.COMPLETADO else None
    transaccion = Transaccion(
        tipo_transaccion=tipo,
        origen=origen,
        referencia=referencia,
        centro_id=centro_id,
        caja_id=caja_id,
        doctor_id=doctor_id,
        paciente_id=paciente_id,
        concepto=concepto,
        monto=monto,
        medio_pago=medio,
        fecha_transaccion=momento,
        dia=dia,
        comentario=comentario,
        estado=estado,
        registrada_por=quien.actor,
    )
    db.session.add(transaccion)
    db.session.flush()
    asentar(asientos_de(transaccion), quien.actor)
    return transaccion


def reasentar(transaccion: Transaccion, por: str) -> None:
    """What stands in the ledger of a transaction becomes what it says now."""
    db.session.flush()
    reponer(f"transaccion/{transaccion.id}", asientos_de(transaccion), por)


def asientos_de(transaccion: Transaccion) -> Iterator[Anotacion]:
    """What stands in the ledger of it: nothing, unless it is completed."""
    if transaccion.estado == EstadoTransaccion.COMPLETADO and transaccion.eliminado_en is None:
        yield Anotacion(
            Cuenta(transaccion.tipo_transaccion),
            transaccion.monto,
            transaccion.dia,
            transaccion.centro_id,
            f"transaccion/{transaccion.id}",
            doctor_id=transaccion.doctor_id or 0,
            origen=str(transaccion.origen),
            medio_pago=str(transaccion.medio_pago),
        )
