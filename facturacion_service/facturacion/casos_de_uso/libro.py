"""The one way into the ledger: every amount that a report tells is an entry, and the totals by day go with it.

    asentar([Anotacion(Cuenta.FACTURADO, importe, dia, centro_id, "factura/3", ...)], por=quien.actor)
    revertir("factura/3", dia, por=...)      # takes back, on that day, what stands under a reference
    reponer("transaccion/8", [...], por=...) # what stands under a reference becomes this, each on its own day

Nothing else writes `asiento` and `total_dia`. Locks are taken in this order, by everybody: patient, what was done
about charging an appointment (`cobro_cita`), invoice, payment, till, emission point, then the totals of the day. All
share these, so they are written when the transaction commits, all of it at once: however often it came here, no two
wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from comun.db import insert_all, now, upsert
from facturacion.extensiones import db
from facturacion.modelos import Asiento, Cuenta, TotalDia

# Who writes what no person asked for.
SISTEMA = "sistema"
_CLAVE = ("dia", "cuenta", "centro_id", "doctor_id", "origen", "medio_pago", "categoria_id")


@dataclass(frozen=True)
class Anotacion:
    """An amount to be written, in US dollars; `dia` by the calendar of the centre. 0 and '' mean none.

    `veces` is what it adds to the number of things that were counted: 1, and -1 for what takes one back.
    """

    cuenta: Cuenta
    importe: Decimal
    dia: date
    centro_id: int
    referencia: str
    doctor_id: int = 0
    tratamiento_id: int = 0
    aseguradora_id: int = 0
    categoria_id: int = 0
    origen: str = ""
    medio_pago: str = ""
    veces: int = 1

    @property
    def contraria(self) -> Anotacion:
        """The one that takes it back."""
        return replace(self, importe=-self.importe, veces=-self.veces)


def asentar(anotaciones: Iterable[Anotacion], por: str) -> None:
    """Write them, and bring the totals of their days along, in the current transaction. Nothing of 0 is written."""
    filas = [asdict(una) for una in anotaciones if una.importe != 0]
    if not filas:
        return
    momento = now()
    insert_all(db.session, Asiento.__table__, [{**fila, "momento": momento, "por": por} for fila in filas])
    _sumar(filas)


def revertir(referencia: str, dia: date, por: str) -> None:
    """Take back, on that day, all that stands under a reference."""
    asentar([replace(una.contraria, dia=dia) for una in _vigentes(referencia)], por)


def reponer(referencia: str, anotaciones: Iterable[Anotacion], por: str) -> None:
    """What stands under a reference becomes these; what stands already is not written again."""
    antes = _vigentes(referencia)
    nuevas = [una for una in anotaciones if una.importe != 0]
    sobran = [una.contraria for una in antes if una not in nuevas]
    asentar([*sobran, *(una for una in nuevas if una not in antes)], por)


_CAMPOS = tuple(campo.name for campo in fields(Anotacion))


def _vigentes(referencia: str) -> list[Anotacion]:
    """What stands under a reference, with what was taken back of it added up."""
    sumas: dict[Anotacion, list[Any]] = {}
    campos = [campo for campo in _CAMPOS if campo not in ("importe", "veces")]
    for fila in db.session.scalars(db.select(Asiento).where(Asiento.referencia == referencia).order_by(Asiento.id)):
        datos = {campo: getattr(fila, campo) for campo in campos}
        una = Anotacion(importe=Decimal(0), veces=0, **datos)
        suma = sumas.setdefault(una, [Decimal(0), 0])
        suma[0] += fila.importe
        suma[1] += fila.veces
    return [replace(una, importe=importe, veces=veces) for una, (importe, veces) in sumas.items() if importe != 0]


_POR_SUMAR = "totales_por_sumar"


def _sumar(filas: Sequence[Mapping[str, Any]]) -> None:
    """Have the totals of their days brought along when the transaction commits."""
    sumas = db.session().info.setdefault(_POR_SUMAR, {})
    for fila in filas:
        suma = sumas.setdefault(tuple(fila[campo] for campo in _CLAVE), [Decimal(0), 0])
        suma[0] += fila["importe"]
        suma[1] += fila["veces"]


def _sumar_a_los_dias(sesion: Session) -> None:
    if not (sumas := sesion.info.pop(_POR_SUMAR, None)):
        return
    tabla = TotalDia.__table__
    nueva = upsert(sesion.get_bind().dialect, tabla)
    sumar = nueva.on_conflict_do_update(
        index_elements=list(tabla.primary_key.columns),
        set_={"importe": tabla.c.importe + nueva.excluded.importe, "veces": tabla.c.veces + nueva.excluded.veces},
    )
    # In one order, so that no two writers wait for each other.
    for clave in sorted(sumas, key=lambda clave: tuple(map(str, clave))):
        importe, veces = sumas[clave]
        sesion.execute(sumar, {**dict(zip(_CLAVE, clave, strict=True)), "importe": importe, "veces": veces})


def _nada_que_sumar(sesion: Session) -> None:
    sesion.info.pop(_POR_SUMAR, None)


event.listen(db.session, "before_commit", _sumar_a_los_dias)
event.listen(db.session, "after_rollback", _nada_que_sumar)
