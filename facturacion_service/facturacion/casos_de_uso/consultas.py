"""Finding invoices, and what they come to together."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, func

from comun.auth.caller import Caller
from facturacion.extensiones import db
from facturacion.modelos import EstadoFactura, Factura

_IGUALES = ("paciente_id", "doctor_id", "centro_id", "cita_id", "aseguradora_id", "estado", "estado_sri", "numero")
_SUMAS = ("total", "pagado", "reembolsado", "acreditado", "saldo")
_QUE_SE_DEBEN = (EstadoFactura.EMITIDA, EstadoFactura.PAGADA)


def facturas(filtro: Mapping[str, Any], quien: Caller) -> Select[Any]:
    """Those that the caller may see, narrowed to what is asked."""
    return db.select(Factura).where(*_condiciones(filtro, quien))


def totales_de_facturas(filtro: Mapping[str, Any], quien: Caller) -> dict[str, Any]:
    """How many and what they come to, by state; drafts and annulled ones are not in the sum of all."""
    sumas = [func.sum(getattr(Factura, campo)).label(campo) for campo in _SUMAS]
    filas = db.session.execute(
        db.select(Factura.estado, func.count().label("cantidad"), *sumas)
        .where(Factura.vivos(), *_condiciones(filtro, quien))
        .group_by(Factura.estado)
        .order_by(Factura.estado)
    )
    por_estado = [dict(fila._mapping) for fila in filas]
    cuentan = [suma for suma in por_estado if suma["estado"] in _QUE_SE_DEBEN]
    todo = {campo: sum((suma[campo] for suma in cuentan), Decimal(0)) for campo in ("cantidad", *_SUMAS)}
    return {**todo, "por_estado": por_estado}


def _condiciones(filtro: Mapping[str, Any], quien: Caller) -> list[ColumnElement[bool]]:
    condiciones = [Factura.visibles_para(quien)]
    condiciones += [getattr(Factura, campo) == filtro[campo] for campo in _IGUALES if campo in filtro]
    if "fecha" in filtro:
        condiciones.append(Factura.fecha_emision == filtro["fecha"])
    if "desde" in filtro:
        condiciones.append(Factura.fecha_emision >= filtro["desde"])
    if "hasta" in filtro:
        condiciones.append(Factura.fecha_emision <= filtro["hasta"])
    if "con_saldo" in filtro:
        # A draft is not owed yet, an annulled one no more.
        debida = Factura.estado == EstadoFactura.EMITIDA
        condiciones.append(debida if filtro["con_saldo"] else ~debida)
    return condiciones
