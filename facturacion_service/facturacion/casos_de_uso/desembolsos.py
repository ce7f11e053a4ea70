"""Money that goes out for an expense or a settlement: its transaction at the cash desk, once for each reference."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

from comun.auth.caller import Caller
from comun.errors import Invalid
from comun.times import zone
from facturacion.casos_de_uso.dias import dia_en
from facturacion.casos_de_uso.transacciones import anotar_transaccion, reasentar, retener_caja
from facturacion.dominio.medios import Medio
from facturacion.extensiones import db
from facturacion.modelos import CentroRef, EstadoTransaccion, Origen, TipoTransaccion, Transaccion


def exigir_dia_de_pago(dia: date, medio: Medio, centro_id: int, campo: str = "pagado_el") -> None:
    """Invalid for a day that is still to come, and for cash on another day than today: it leaves the open till."""
    hoy = dia_en(centro_id)
    if dia > hoy:
        raise Invalid({campo: ["No puede estar en el futuro."]})
    if medio is Medio.EFECTIVO and dia != hoy:
        raise Invalid({campo: ["El efectivo sale hoy de la caja abierta."]})


def desembolsar(
    referencia: str,
    origen: Origen,
    *,
    centro_id: int,
    monto: Decimal,
    medio: Medio,
    dia: date,
    concepto: str,
    quien: Caller,
    doctor_id: int | None = None,
) -> None:
    """Write what was paid on that day into the caller's till, if he has one, and into the ledger.

    Raises Conflict `sin_caja_abierta` for cash without an open till.
    """
    anotar_transaccion(
        TipoTransaccion.EGRESO,
        origen,
        referencia,
        centro_id=centro_id,
        monto=monto,
        medio=medio,
        concepto=concepto,
        quien=quien,
        doctor_id=doctor_id,
        momento=_momento(centro_id, dia),
    )


def corregir_desembolso(referencia: str, monto: Decimal, quien: Caller) -> None:
    """The transaction of a reference, if there is one, is of this amount. Conflict as below."""
    transaccion = _vigente(referencia)
    if transaccion is not None and transaccion.monto != monto:
        retener_caja(transaccion)
        transaccion.monto = monto
        reasentar(transaccion, quien.actor)


def retirar_desembolso(referencia: str, quien: Caller) -> None:
    """Take the transaction of a reference back, if there is one.

    Conflict `caja_cerrada` when its till was counted or closed since.
    """
    if (transaccion := _vigente(referencia)) is not None:
        retener_caja(transaccion)
        transaccion.estado = EstadoTransaccion.ANULADO
        reasentar(transaccion, quien.actor)


def _vigente(referencia: str) -> Transaccion | None:
    suya = db.select(Transaccion).where(
        Transaccion.referencia == referencia, Transaccion.estado != EstadoTransaccion.ANULADO, Transaccion.vivos()
    )
    transaccion: Transaccion | None = db.session.scalar(suya)
    return transaccion


def _momento(centro_id: int, dia: date) -> datetime | None:
    """Now, when it is that day at the centre; else its noon."""
    if dia == dia_en(centro_id):
        return None
    return datetime.combine(dia, time(12), zone(db.session.get_one(CentroRef, centro_id).zona_horaria))
