"""What the report of the stock adds up: a few statements, whatever the range and the length of the history.

What there was on a day is read from the running balance of the last movement until then, by index; what happened
is added up over the days of the range only; what is there now, over lots of which something is left.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func, literal

from comun.auth.caller import Caller
from comun.db import UtcDateTime, now
from comun.times import zone
from inventario.extensiones import db
from inventario.modelos.categoria import Categoria
from inventario.modelos.existencias import CON_SALDO, Existencia, Lote, Stock, del_lote
from inventario.modelos.historia import CostoProducto
from inventario.modelos.movimiento import Movimiento, Tipo
from inventario.modelos.producto import Producto
from inventario.modelos.proveedor import Proveedor
from inventario.modelos.referencias import CentroRef, DoctorRef
from inventario.modelos.tratamiento import Tratamiento

UN_DIA = timedelta(days=1)

_VALOR = Movimiento.cantidad * Movimiento.costo_unitario
# Thrown away, or found to be missing, after it had expired.
_CADUCADO = case(
    (Movimiento.tipo.not_in((Tipo.SALIDA, Tipo.AJUSTE)), 0),
    (del_lote(Lote.caducidad, Movimiento) < Movimiento.dia, -_VALOR),
    else_=0,
)


@dataclass(frozen=True)
class Alcance:
    """What a report is about: the days [desde, hasta] at the centres that the caller sees, and maybe at one only."""

    quien: Caller
    desde: date
    hasta: date
    centros: Mapping[int, CentroRef]

    def dura(self, dia: date) -> bool:
        """Whether what there was at the end of that day is what there is now: it is not over anywhere."""
        return all(dia >= now().astimezone(zone(centro.zona_horaria)).date() for centro in self.centros.values())

    def de(self, modelo: Any) -> ColumnElement[bool]:
        """The condition for a table with `centro_id`."""
        return and_(modelo.visibles_para(self.quien), modelo.centro_id.in_(self.centros))

    def fin_de(self, dia: date) -> dict[int, Any]:
        """Centre → the moment at which the day is over there."""
        return {
            id_: literal(
                datetime.combine(dia + UN_DIA, time(), zone(centro.zona_horaria)).astimezone(UTC), UtcDateTime()
            )
            for id_, centro in self.centros.items()
        }


def _saldo(alcance: Alcance, dia: date) -> ColumnElement[Any]:
    """What the centre of a row of `stock` had of its product when that day was over."""
    if alcance.dura(dia):
        return Stock.cantidad.expression
    ultimo = (
        db.select(Movimiento.saldo)
        .where(
            Movimiento.producto_id == Stock.producto_id,
            Movimiento.centro_id == Stock.centro_id,
            Movimiento.dia <= dia,
        )
        .order_by(Movimiento.dia.desc(), Movimiento.id.desc())
        .limit(1)
    )
    return func.coalesce(ultimo.correlate(Stock).scalar_subquery(), 0)


def _costo(alcance: Alcance, dia: date) -> ColumnElement[Any]:
    """What one unit of its product cost on average then."""
    if alcance.dura(dia):
        return Producto.costo_unitario.expression
    ultimo = (
        db.select(CostoProducto.costo)
        .where(
            CostoProducto.producto_id == Stock.producto_id,
            CostoProducto.desde < case(alcance.fin_de(dia), value=Stock.centro_id),
        )
        .order_by(CostoProducto.desde.desc(), CostoProducto.id.desc())
        .limit(1)
    )
    return func.coalesce(ultimo.correlate(Stock).scalar_subquery(), Producto.costo_unitario)


def valores(alcance: Alcance, agrupar: str) -> Sequence[Row[Any]]:
    """What the stock was worth at the beginning and at the end, by `grupo`, and how much of it there was."""
    puntos = {"inicial": alcance.desde - UN_DIA, "final": alcance.hasta}
    columnas = [
        columna
        for punto, dia in puntos.items()
        for columna in (
            _saldo(alcance, dia).label(f"saldo_{punto}"),
            _costo(alcance, dia).label(f"costo_{punto}"),
        )
    ]
    por = _grupo(agrupar, Stock)
    filas = (
        db.select(por.label("grupo"), *columnas)
        .select_from(Stock)
        .join(Producto, Producto.id == Stock.producto_id)
        .where(alcance.de(Stock))
        .cte("filas")
        # Else PostgreSQL looks a balance up each time that it is named below.
        .prefix_with("MATERIALIZED")
    )
    sumas = [
        suma
        for punto in puntos
        for suma in (
            func.sum(filas.c[f"saldo_{punto}"] * filas.c[f"costo_{punto}"]).label(f"valor_{punto}"),
            func.sum(filas.c[f"saldo_{punto}"]).label(f"cantidad_{punto}"),
        )
    ]
    return db.session.execute(db.select(filas.c.grupo, *sumas).group_by(filas.c.grupo)).all()


def _en_el_rango(alcance: Alcance) -> ColumnElement[bool]:
    return and_(Movimiento.dia.between(alcance.desde, alcance.hasta), alcance.de(Movimiento))


def movido(alcance: Alcance, agrupar: str) -> Sequence[Row[Any]]:
    """What came and went in the range by `grupo` and `tipo`: value and quantity, and the value of what had expired.

    What takes a movement back is of its kind, and counts against it.
    """
    por = _grupo(agrupar, Movimiento)
    return db.session.execute(
        db.select(
            por.label("grupo"),
            Movimiento.tipo,
            func.sum(_VALOR).label("valor"),
            func.sum(Movimiento.cantidad).label("cantidad"),
            func.sum(_CADUCADO).label("caducado"),
        )
        .select_from(Movimiento)
        .join(Producto, Producto.id == Movimiento.producto_id)
        .where(_en_el_rango(alcance))
        .group_by(por, Movimiento.tipo)
    ).all()


def consumido(alcance: Alcance) -> Sequence[Row[Any]]:
    """What appointments used up in the range, at cost, by centre, treatment and doctor; what came back taken off."""
    grupos = (Movimiento.centro_id, Movimiento.tratamiento_id, Movimiento.doctor_id)
    return db.session.execute(
        db.select(*grupos, func.sum(-_VALOR).label("costo"))
        .where(_en_el_rango(alcance), Movimiento.tipo == Tipo.CONSUMO)
        .group_by(*grupos)
    ).all()


def por_caducar(alcance: Alcance, hasta: Mapping[int, date]) -> Sequence[Row[Any]]:
    """What is there now and expires by these days of each centre, or has, by lot and centre; the first first."""
    hay = (
        db.select(
            Existencia.lote_id,
            Existencia.producto_id,
            Existencia.centro_id,
            del_lote(Lote.caducidad, Existencia).label("caducidad"),
            func.sum(Existencia.cantidad).label("cantidad"),
        )
        .where(CON_SALDO, alcance.de(Existencia))
        .group_by(Existencia.lote_id, Existencia.producto_id, Existencia.centro_id)
        .cte("hay")
        .prefix_with("MATERIALIZED")
    )
    return db.session.execute(
        db.select(
            hay,
            Producto.codigo,
            Producto.nombre,
            Producto.unidad,
            del_lote(Lote.codigo, hay.c).label("lote"),
            (hay.c.cantidad * del_lote(Lote.costo, hay.c)).label("valor"),
        )
        .join(Producto, Producto.id == hay.c.producto_id)
        .where(hay.c.caducidad <= case(dict(hasta), value=hay.c.centro_id))
        .order_by(hay.c.caducidad, Producto.nombre, hay.c.lote_id, hay.c.centro_id)
    ).all()


def _grupo(agrupar: str, modelo: type[Stock] | type[Movimiento]) -> ColumnElement[Any]:
    """What the rows of a table are grouped by."""
    grupos: dict[str, Any] = {
        "categoria": Producto.categoria_id,
        "proveedor": Producto.proveedor_id,
        "producto": Producto.id,
        "centro": modelo.centro_id,
    }
    columna: ColumnElement[Any] = grupos[agrupar]
    return columna


def nombres_de(que: str, ids: Collection[int | None]) -> dict[int, dict[str, Any]]:
    """What these are called, deleted ones too."""
    columnas: dict[str, tuple[Any, ...]] = {
        "categoria": (Categoria.id, Categoria.nombre),
        "proveedor": (Proveedor.id, Proveedor.nombre),
        "producto": (Producto.id, Producto.codigo, Producto.nombre, Producto.unidad),
        "tratamiento": (Tratamiento.id, Tratamiento.nombre),
        "doctor": (DoctorRef.id, (DoctorRef.nombres + " " + DoctorRef.apellidos).label("nombre")),
    }
    buscados = sorted(id_ for id_ in set(ids) if id_ is not None)
    filas = db.session.execute(db.select(*columnas[que]).where(columnas[que][0].in_(buscados)))
    return {fila.id: dict(fila._mapping) for fila in filas}
