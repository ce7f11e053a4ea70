"""The ledger as a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Select

from comun.db import now
from comun.sheets import parts
from inventario.casos_de_uso.movimientos import a_la_vista
from inventario.dominio.unidades import escrita
from inventario.extensiones import db
from inventario.modelos import CentroRef, Movimiento

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


def nombre_de_archivo(filtro: Mapping[str, Any]) -> str:
    """What the file is called, without its ending: by its days, or by today's."""
    dias = [str(filtro[campo]) for campo in ("desde", "hasta") if campo in filtro] or [str(now().date())]
    return f"movimientos-{'_'.join(dias)}"


def filas(consulta: Select[Any]) -> Iterator[list[Sequence[Any]]]:
    """The lines of the file, some at a time."""
    centros = {fila.id: fila.nombre for fila in db.session.execute(db.select(CentroRef.id, CentroRef.nombre))}
    for movimientos in parts(consulta.options(*a_la_vista()), Movimiento, POR_VEZ):
        yield [_fila(movimiento, centros) for movimiento in movimientos]


def _fila(movimiento: Movimiento, centros: Mapping[int, str]) -> Sequence[Any]:
    valores = {
        **{columna: getattr(movimiento, columna) for columna in COLUMNAS if hasattr(movimiento, columna)},
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


def _celda(valor: Any) -> Any:
    return Decimal(escrita(valor)) if isinstance(valor, Decimal) else valor
