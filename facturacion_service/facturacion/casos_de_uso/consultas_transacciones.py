"""Transactions of the cash desk in lists, as a file and in figures.

Figures come from the totals by day, which are kept with each entry of the ledger; never from the transactions.
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, or_

from comun.auth.caller import Caller
from comun.money import ZERO
from comun.sheets import parts
from facturacion.casos_de_uso.dias import hoy_para
from facturacion.extensiones import db
from facturacion.modelos import CentroRef, Cuenta, DoctorRef, TipoTransaccion, TotalDia, Transaccion

Filtro = Mapping[str, Any]

_IGUALES = ("tipo_transaccion", "origen", "estado", "medio_pago", "centro_id", "doctor_id", "paciente_id", "caja_id")
COLUMNAS = (
    "id",
    "fecha_transaccion",
    "dia",
    "tipo_transaccion",
    "estado",
    "monto",
    "medio_pago",
    "concepto",
    "origen",
    "referencia",
    "centro_id",
    "centro",
    "caja_id",
    "doctor_id",
    "doctor",
    "paciente_id",
    "paciente",
    "comentario",
    "motivo_anulacion",
    "registrada_por",
)
COLUMNAS_DE_REPORTE = (
    "dia",
    "centro_id",
    "centro",
    "doctor_id",
    "doctor",
    "tipo_transaccion",
    "origen",
    "medio_pago",
    "importe",
    "transacciones",
)


def cuales(filtro: Filtro, quien: Caller) -> Select[tuple[Transaccion]]:
    """Those that the caller may see and the filter names; days are of each centre's calendar."""
    consulta = db.select(Transaccion).where(Transaccion.visibles_para(quien)).options(*Transaccion.cargar())
    consulta = consulta.filter_by(**{campo: filtro[campo] for campo in _IGUALES if campo in filtro})
    if (q := filtro.get("q")) is not None:
        hallada = (
            columna.icontains(q, autoescape=True) for columna in (Transaccion.concepto, Transaccion.comentario)
        )
        consulta = consulta.where(or_(*hallada))
    return consulta.where(*_dias(Transaccion, filtro))


def _dias(modelo: Any, filtro: Filtro) -> Iterator[ColumnElement[bool]]:
    if "fecha" in filtro:
        yield modelo.dia == filtro["fecha"]
    if "desde" in filtro:
        yield modelo.dia >= filtro["desde"]
    if "hasta" in filtro:
        yield modelo.dia <= filtro["hasta"]


def filas_de_archivo(filtro: Filtro, quien: Caller) -> Iterator[list[Sequence[Any]]]:
    """The lines of the file, the oldest first, some at a time."""
    centros = _nombres_de_centros()
    for transacciones in parts(cuales(filtro, quien).where(Transaccion.vivos()), Transaccion):
        yield [_fila(transaccion, centros) for transaccion in transacciones]


def _fila(transaccion: Transaccion, centros: Mapping[int, str]) -> list[Any]:
    valores = {
        "centro": centros[transaccion.centro_id],
        "doctor": _nombre(transaccion.doctor),
        "paciente": _nombre(transaccion.paciente),
    }
    return [valores[c] if c in valores else getattr(transaccion, c) for c in COLUMNAS]


def _nombre(persona: Any) -> str | None:
    return None if persona is None else f"{persona.apellidos} {persona.nombres}".strip()


@dataclass
class _Cifras:
    """What came in, what went out, and how many transactions it was."""

    ingresos: Decimal = ZERO
    egresos: Decimal = ZERO
    transacciones: int = 0

    def sumar(self, fila: Row[Any]) -> None:
        """Add a sum of one account."""
        if fila.cuenta == Cuenta.INGRESO:
            self.ingresos += fila.importe
        else:
            self.egresos += fila.importe
        self.transacciones += fila.veces

    @property
    def hay(self) -> bool:
        return self.transacciones != 0 or self.ingresos != 0 or self.egresos != 0

    def como_dict(self) -> dict[str, Any]:
        return {**vars(self), "balance": self.ingresos - self.egresos}


def resumen(filtro: Filtro, quien: Caller) -> dict[str, Any]:
    """The cash desk in figures: in all, and by type, means, origin, doctor and centre."""
    filas = _sumas(filtro, quien, "centro_id", "doctor_id", "origen", "medio_pago")
    total = _agrupadas(filas, lambda fila: None).get(None, _Cifras())
    doctores, centros = _doctores(filas), _nombres_de_centros()
    por_medio, por_origen = _por(filas, "medio_pago"), _por(filas, "origen")
    return {
        "desde": filtro.get("fecha", filtro.get("desde")),
        "hasta": filtro.get("fecha", filtro.get("hasta")),
        **total.como_dict(),
        "por_tipo": [*_por_tipo(filas)],
        "por_medio_pago": [{"medio_pago": medio, **cifras} for medio, cifras in por_medio],
        "por_origen": [{"origen": origen, **cifras} for origen, cifras in por_origen],
        "por_doctor": [{"doctor": doctores.get(uno), **cifras} for uno, cifras in _por(filas, "doctor_id")],
        "por_centro": [
            {"centro": {"id": uno, "nombre": centros.get(uno)}, **cifras} for uno, cifras in _por(filas, "centro_id")
        ],
    }


def diario(filtro: Filtro, quien: Caller) -> dict[str, Any]:
    """The same of one day, today unless it is named."""
    fecha = dia_pedido(filtro, quien)
    return {"fecha": fecha, **resumen({**filtro, "fecha": fecha}, quien)}


def mensual(filtro: Filtro, quien: Caller) -> dict[str, Any]:
    """The same of one month, and of each of its days."""
    desde, hasta = mes_pedido(filtro, quien)
    del_mes = {**filtro, "desde": desde, "hasta": hasta}
    por_dia = _agrupadas(_sumas(del_mes, quien, "dia"), lambda fila: fila.dia)
    dias = [desde + timedelta(days=n) for n in range((hasta - desde).days + 1)]
    return {
        "mes": f"{desde:%Y-%m}",
        **resumen(del_mes, quien),
        "por_dia": [{"fecha": dia, **por_dia.get(dia, _Cifras()).como_dict()} for dia in dias],
    }


def dia_pedido(filtro: Filtro, quien: Caller) -> date:
    """The day of a daily report."""
    fecha: date = filtro.get("fecha") or hoy_para(quien, filtro.get("centro_id"))
    return fecha


def mes_pedido(filtro: Filtro, quien: Caller) -> tuple[date, date]:
    """The first and the last day of the month of a monthly report."""
    if (mes := filtro.get("mes")) is not None:
        uno = date.fromisoformat(f"{mes}-01")
    else:
        uno = hoy_para(quien, filtro.get("centro_id")).replace(day=1)
    return uno, uno.replace(day=monthrange(uno.year, uno.month)[1])


def filas_de_reporte(filtro: Filtro, quien: Caller) -> list[Sequence[Any]]:
    """The lines of a report as a file: a sum for each day, centre, doctor, type, origin and means."""
    filas = _sumas(filtro, quien, "dia", "centro_id", "doctor_id", "origen", "medio_pago")
    doctores, centros = _doctores(filas), _nombres_de_centros()
    return [
        (
            fila.dia,
            fila.centro_id,
            centros.get(fila.centro_id),
            fila.doctor_id or None,
            _nombre(doctores.get(fila.doctor_id)),
            fila.cuenta,
            fila.origen,
            fila.medio_pago,
            fila.importe,
            fila.veces,
        )
        for fila in filas
        if fila.importe != 0 or fila.veces != 0
    ]


def _sumas(filtro: Filtro, quien: Caller, *campos: str) -> Sequence[Row[Any]]:
    """What came in and went out by these columns, in one statement."""
    columnas = [getattr(TotalDia, campo) for campo in campos]
    tipo = filtro.get("tipo_transaccion")
    cuentas = [Cuenta.INGRESO, Cuenta.EGRESO] if tipo is None else [Cuenta(tipo)]
    consulta = (
        db.select(
            TotalDia.cuenta,
            *columnas,
            func.sum(TotalDia.importe).label("importe"),
            func.sum(TotalDia.veces).label("veces"),
        )
        .where(TotalDia.visibles_para(quien), TotalDia.cuenta.in_(cuentas), *_dias(TotalDia, filtro))
        .group_by(TotalDia.cuenta, *columnas)
        .order_by(*columnas, TotalDia.cuenta.desc())
    )
    iguales = ("origen", "medio_pago", "centro_id", "doctor_id")
    return db.session.execute(
        consulta.where(*(getattr(TotalDia, campo) == filtro[campo] for campo in iguales if campo in filtro))
    ).all()


def _agrupadas(filas: Iterable[Row[Any]], clave: Any) -> dict[Any, _Cifras]:
    grupos: dict[Any, _Cifras] = defaultdict(_Cifras)
    for fila in filas:
        grupos[clave(fila)].sumar(fila)
    return grupos


def _por(filas: Iterable[Row[Any]], campo: str) -> list[tuple[Any, dict[str, Any]]]:
    grupos = _agrupadas(filas, lambda fila: getattr(fila, campo))
    return [(clave, grupos[clave].como_dict()) for clave in sorted(grupos) if grupos[clave].hay]


def _por_tipo(filas: Iterable[Row[Any]]) -> Iterator[dict[str, Any]]:
    grupos = _agrupadas(filas, lambda fila: fila.cuenta)
    for tipo in TipoTransaccion:
        cifras = grupos.get(str(tipo), _Cifras())
        importe = cifras.ingresos + cifras.egresos
        yield {"tipo_transaccion": tipo, "importe": importe, "transacciones": cifras.transacciones}


def _doctores(filas: Iterable[Row[Any]]) -> dict[int, DoctorRef | dict[str, Any]]:
    """The names of those in these rows; one of whom nothing was heard has none. 0 is no doctor."""
    ids = {fila.doctor_id for fila in filas} - {0}
    conocidos = {d.id: d for d in db.session.scalars(db.select(DoctorRef).where(DoctorRef.id.in_(ids)))}
    return {uno: conocidos.get(uno, {"id": uno, "nombres": "", "apellidos": ""}) for uno in ids}


def _nombres_de_centros() -> dict[int, str]:
    return {fila.id: fila.nombre for fila in db.session.execute(db.select(CentroRef.id, CentroRef.nombre))}
