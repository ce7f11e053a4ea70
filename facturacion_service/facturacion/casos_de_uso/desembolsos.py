"""Money that goes out for an expense or a settlement: its transaction at the cash desk, once for each reference."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

from comun.auth.caller import Caller
from comun.errors import Invalid
from comun.times import zone
from facturacion.casos_de_uso.dias import dia_en
from facturacion.casos_de_uso.libro import reponer
from facturacion.casos_de_uso.transacciones import anotar_transaccion, asientos_de
from facturacion.dominio.medios import Medio
from facturacion.extensiones import db
from facturacion.modelos import Caja, CentroRef, EstadoTransaccion, Origen, TipoTransaccion, Transaccion


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
        transaccion.monto = monto
        _rehacer(transaccion, quien)


def retirar_desembolso(referencia: str, quien: Caller) -> None:
    """Take the transaction of a reference back, if there is one.

    Conflict `caja_cerrada` when its till was counted or closed since.
    """
    if (transaccion := _vigente(referencia)) is not None:
        transaccion.estado = EstadoTransaccion.ANULADO
        _rehacer(transaccion, quien)


def _vigente(referencia: str) -> Transaccion | None:
    suya = db.select(Transaccion).where(
        Transaccion.referencia == referencia, Transaccion.estado != EstadoTransaccion.ANULADO, Transaccion.vivos()
    )
    transaccion: Transaccion | None = db.session.scalar(suya)
    if transaccion is not None and transaccion.caja_id is not None:
        # Who counts or closes it waits; the database refuses when that was done before.
        db.session.scalar(db.select(Caja.id).where(Caja.id == transaccion.caja_id).with_for_update(read=True))
    return transaccion


def _rehacer(transaccion: Transaccion, quien: Caller) -> None:
    db.session.flush()
    reponer(f"transaccion/{transaccion.id}", asientos_de(transaccion), quien.actor)


def _momento(centro_id: int, dia: date) -> datetime | None:
    """Now, when it is that day at the centre; else its noon."""
    if dia == dia_en(centro_id):
        return None
    return datetime.combine(dia, time(12), zone(db.session.get_one(CentroRef, centro_id).zona_horaria))
