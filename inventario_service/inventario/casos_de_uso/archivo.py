"""The ledger as a file of comma-separated values, written while it is read: however long, it needs little memory."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from io import StringIO
from typing import Any

from sqlalchemy import Select, func

from comun.db import now, release
from inventario.casos_de_uso.movimientos import a_la_vista
from inventario.dominio.unidades import escrita
from inventario.extensiones import db
from inventario.modelos import CentroRef, Movimiento

TIPO = "text/csv; charset=utf-8"
POR_VEZ = 1000
COLUMNAS = (
    "id",
    "momento",
    "dia",
    "tipo",
    "producto_id",
    "producto_codigo",
    "producto",
    "unidad",
    "lote",
    "caducidad",
    "centro_id",
    "centro",
    "bodega",
    "cantidad",
    "costo_unitario",
    "costo_total",
    "saldo",
    "saldo_lote",
    "motivo",
    "referencia",
    "corrige_id",
    "corregido_por_id",
    "traslado_id",
    "tratamiento_id",
    "doctor_id",
    "por",
)
# A spreadsheet would take a text that begins so for a formula, and run it.
FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def nombre_de_archivo(filtro: Mapping[str, Any]) -> str:
    """What the file is called: by its days, or by today's."""
    dias = [str(filtro[campo]) for campo in ("desde", "hasta") if campo in filtro] or [str(now().date())]
    return f"movimientos-{'_'.join(dias)}.csv"


def lineas_csv(consulta: Select[Any]) -> Iterator[str]:
    """The file in pieces. What is written meanwhile is not in it.

    Each piece is a transaction of its own: whoever reads slowly holds no connection.
    """
    yield _escritas([COLUMNAS])
    centros = {fila.id: fila.nombre for fila in db.session.execute(db.select(CentroRef.id, CentroRef.nombre))}
    ultimo = db.session.scalar(db.select(func.max(Movimiento.id))) or 0
    consulta = consulta.where(Movimiento.id <= ultimo).options(*a_la_vista()).order_by(Movimiento.id).limit(POR_VEZ)
    desde = 0
    while True:
        movimientos: Sequence[Movimiento] = db.session.scalars(consulta.where(Movimiento.id > desde)).all()
        filas = [_fila(movimiento, centros) for movimiento in movimientos]
        desde = movimientos[-1].id if movimientos else desde
        db.session.expunge_all()
        release(db.session)
        if filas:
            yield _escritas(filas)
        if len(filas) < POR_VEZ:
            return


def _fila(movimiento: Movimiento, centros: Mapping[int, str]) -> Sequence[Any]:
    valores = {
        **{columna: getattr(movimiento, columna) for columna in COLUMNAS if hasattr(movimiento, columna)},
        "momento": movimiento.momento.isoformat(),
        "producto_codigo": movimiento.producto.codigo,
        "producto": movimiento.producto.nombre,
        "unidad": movimiento.producto.unidad,
        "lote": movimiento.lote.codigo,
        "caducidad": movimiento.lote.caducidad,
        "centro": centros[movimiento.centro_id],
        "bodega": movimiento.bodega.nombre,
        "corregido_por_id": movimiento.correccion.id if movimiento.correccion else None,
    }
    return [_celda(valores[columna]) for columna in COLUMNAS]


def _celda(valor: Any) -> str:
    if valor is None:
        return ""
    if isinstance(valor, Decimal):
        return escrita(valor)
    texto = str(valor)
    return f"'{texto}" if texto.startswith(FORMULAS) else texto


def _escritas(filas: Iterable[Sequence[Any]]) -> str:
    archivo = StringIO()
    csv.writer(archivo).writerows(filas)
    return archivo.getvalue()
