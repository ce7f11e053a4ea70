"""What is owed, by when it is due: instalments, what is due at once, what insurers took over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Row,
    Select,
    case,
    cast,
    func,
    literal,
    null,
    type_coerce,
    union_all,
)
from sqlalchemy.sql.selectable import CTE

from facturacion.extensiones import db
from facturacion.modelos.comunes import DINERO
from facturacion.modelos.factura import Cuota, Factura
from facturacion.modelos.pago import Pago
from facturacion.modelos.referencias import AseguradoraRef, CentroRef, PacienteRef

# Of days since what is owed fell due.
TRAMOS = ("corriente", "de_1_a_30", "de_31_a_60", "de_61_a_90", "mas_de_90")
_LIMITES = (0, 30, 60, 90)

DEUDORES: dict[str, Any] = {"paciente": PacienteRef, "aseguradora": AseguradoraRef, "centro": CentroRef}


def deudas(*cuales: ColumnElement[bool]) -> CTE:
    """What is owed of the issued invoices that meet the conditions, in parts with the day when each is due.

    An invoice without such a day, and without instalments, is due when it is issued. `aseguradora_id` is who owes
    it, None: the patient. The parts of an invoice come to its `saldo`, whatever its instalments say.
    """
    # Written out, as SQLite's partial index has it.
    abierta = (Factura.estado == db.literal_column("'emitida'"), Factura.vivos(), *cuales)
    vence = func.coalesce(Factura.vence_el, Factura.fecha_emision)
    en_cuotas = (
        db.select(func.coalesce(func.sum(Cuota.monto) - func.sum(Cuota.pagado), 0))
        .where(Cuota.factura_id == Factura.id)
        .correlate(Factura)
        .scalar_subquery()
    )
    al_contado = Factura.saldo - Factura.saldo_aseguradora - en_cuotas
    nadie = cast(null(), Integer)
    return union_all(
        _partes(nadie, Cuota.vence_el, Cuota.monto - Cuota.pagado)
        .join(Cuota, Cuota.factura_id == Factura.id)
        .where(Cuota.pagado < Cuota.monto, *abierta),
        _partes(nadie, vence, al_contado).where(al_contado != 0, *abierta),
        _partes(Factura.aseguradora_id, vence, Factura.saldo_aseguradora).where(
            Factura.saldo_aseguradora > 0, *abierta
        ),
    ).cte("deuda")


def _partes(de_quien: Any, vence: Any, monto: Any) -> Select[Any]:
    return db.select(
        Factura.id.label("factura_id"),
        Factura.paciente_id.label("paciente_id"),
        Factura.centro_id.label("centro_id"),
        de_quien.label("aseguradora_id"),
        type_coerce(vence, Date).label("vence_el"),
        type_coerce(monto, DINERO).label("monto"),
    )


def por_antiguedad(deuda: CTE, hoy: Mapping[date, frozenset[int] | None]) -> list[ColumnElement[Any]]:
    """The columns of a report: each of TRAMOS, `vencido`, `total`, and how many invoices.

    `hoy`: the day that it is → the centres where it is, None: everywhere.
    """
    limites = [_hace(dias, deuda, hoy) for dias in _LIMITES]
    desde = [deuda.c.vence_el >= limite for limite in limites]
    tramos = [
        desde[0],
        *(~mas_nuevo & limite for mas_nuevo, limite in zip(desde, desde[1:], strict=False)),
        ~desde[-1],
    ]
    return [
        *(_suma(deuda, donde).label(tramo) for tramo, donde in zip(TRAMOS, tramos, strict=True)),
        _suma(deuda, ~desde[0]).label("vencido"),
        type_coerce(func.coalesce(func.sum(deuda.c.monto), 0), DINERO).label("total"),
        func.count(func.distinct(deuda.c.factura_id)).label("facturas"),
    ]


def _suma(deuda: CTE, donde: ColumnElement[bool]) -> ColumnElement[Any]:
    return type_coerce(func.coalesce(func.sum(case((donde, deuda.c.monto), else_=None)), 0), DINERO)


def _hace(dias: int, deuda: CTE, hoy: Mapping[date, frozenset[int] | None]) -> ColumnElement[date]:
    """So many days ago, where the invoice is of."""
    fechas = [(centros, literal(dia - timedelta(days=dias), Date)) for dia, centros in hoy.items()]
    ramas = [(deuda.c.centro_id.in_(centros), fecha) for centros, fecha in fechas if centros is not None]
    return case(*ramas[1:], else_=fechas[0][1]) if len(ramas) > 1 else fechas[0][1]


def sumar(deuda: CTE, columnas: Sequence[ColumnElement[Any]]) -> dict[bool, Row[Any]]:
    """Whether insurers owe it → what it comes to."""
    de_aseguradoras = deuda.c.aseguradora_id.is_not(None)
    consulta = db.select(de_aseguradoras.label("de_aseguradoras"), *columnas).group_by(de_aseguradoras)
    return {bool(fila.de_aseguradoras): fila for fila in db.session.execute(consulta)}


def contar_deudores(deuda: CTE, agrupar: str) -> int:
    """How many groups there are."""
    return (
        db.session.scalar(_de_quien(db.select(func.count(func.distinct(deuda.c[f"{agrupar}_id"]))), deuda, agrupar))
        or 0
    )


def por_deudor(
    deuda: CTE, columnas: Sequence[ColumnElement[Any]], agrupar: str, *, desde: int = 0, cuantos: int | None = None
) -> Sequence[Row[Any]]:
    """Who owes what, with his row, the most overdue first: patients, insurers, or at which centre; some or all."""
    quien = deuda.c[f"{agrupar}_id"]
    sumas = _de_quien(db.select(quien.label("deudor_id"), *columnas), deuda, agrupar).group_by(quien)
    # The names only of those that are shown.
    suma = sumas.order_by(*_orden(sumas.selected_columns, quien)).limit(cuantos).offset(desde).subquery()
    ref = DEUDORES[agrupar]
    consulta = db.select(suma, ref).outerjoin(ref, ref.id == suma.c.deudor_id)
    return db.session.execute(consulta.order_by(*_orden(suma.c, suma.c.deudor_id))).all()


def _de_quien(consulta: Select[Any], deuda: CTE, agrupar: str) -> Select[Any]:
    """Patients owe what no insurer took over; at a centre both do."""
    suya = deuda.c.aseguradora_id.is_(None)
    return {"paciente": consulta.where(suya), "aseguradora": consulta.where(~suya)}.get(agrupar, consulta)


def _orden(columnas: Any, quien: ColumnElement[Any]) -> tuple[ColumnElement[Any], ...]:
    return columnas.vencido.desc(), columnas.total.desc(), quien


def anticipos(*cuales: ColumnElement[bool]) -> Any:
    """What was paid and belongs to no invoice yet."""
    # Written out, as SQLite's partial index has it.
    libre = db.select(func.sum(Pago.disponible)).where(db.text("pago.disponible > 0"), Pago.vivos(), *cuales)
    return db.session.scalar(libre) or 0
