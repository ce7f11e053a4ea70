"""Receivables by age: what patients and insurers owe now, and since when it is due."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement

from comun.auth.caller import Caller
from comun.money import ZERO
from facturacion.casos_de_uso.dias import hoy_en_cada, hoy_para
from facturacion.casos_de_uso.periodos import centros_de
from facturacion.modelos import Factura, Pago
from facturacion.modelos.cartera import (
    DEUDORES,
    TRAMOS,
    anticipos,
    contar_deudores,
    deudas,
    por_antiguedad,
    por_deudor,
    sumar,
)

MONTOS = (*TRAMOS, "vencido", "total")
_FIGURAS = (*MONTOS, "facturas")


def reporte_de_cartera(filtro: Mapping[str, Any], quien: Caller) -> dict[str, Any]:
    """What is owed to the caller's centres, in total and by patient, insurer or centre; one page of them, or all."""
    deuda, columnas = _deuda(filtro, quien)
    agrupar = filtro["agrupar"]
    if filtro["formato"] == "json":
        filas, paginacion = _pagina(deuda, columnas, filtro)
    else:
        filas, paginacion = por_deudor(deuda, columnas, agrupar), None
    de_quien = sumar(deuda, columnas)
    return {
        "al": hoy_para(quien, filtro.get("centro_id")),
        "agrupar": agrupar,
        **_totales(de_quien),
        "anticipos": anticipos(*_condiciones(Pago, filtro, quien)) or ZERO,
        "filas": [_mostrar(agrupar, fila) for fila in filas],
        "paginacion": paginacion,
    }


def resumen_de_cartera(quien: Caller, centro_id: int | None) -> dict[str, Any]:
    """What is owed, and what of it is overdue."""
    filtro = {} if centro_id is None else {"centro_id": centro_id}
    totales: dict[str, Any] = _totales(sumar(*_deuda(filtro, quien)))["totales"]
    return totales


def _deuda(filtro: Mapping[str, Any], quien: Caller) -> Any:
    deuda = deudas(*_condiciones(Factura, filtro, quien))
    return deuda, por_antiguedad(deuda, hoy_en_cada(centros_de(quien, filtro.get("centro_id"))))


def _condiciones(modelo: Any, filtro: Mapping[str, Any], quien: Caller) -> Iterator[ColumnElement[bool]]:
    yield modelo.visibles_para(quien)
    for campo in ("centro_id", "paciente_id", "aseguradora_id"):
        if campo in filtro:
            yield getattr(modelo, campo) == filtro[campo]


def _totales(de_quien: Mapping[bool, Any]) -> dict[str, dict[str, Any]]:
    """Of patients and of insurers, and together; an invoice that both owe counts in either."""
    ninguna = {**dict.fromkeys(MONTOS, ZERO), "facturas": 0}
    partes: dict[str, dict[str, Any]] = {
        nombre: {figura: getattr(de_quien[cual], figura) for figura in _FIGURAS} if cual in de_quien else ninguna
        for nombre, cual in (("de_pacientes", False), ("de_aseguradoras", True))
    }
    juntas = {figura: sum((parte[figura] for parte in partes.values()), ZERO) for figura in MONTOS}
    return {"totales": juntas, **partes}


def _pagina(deuda: Any, columnas: Any, filtro: Mapping[str, Any]) -> tuple[Sequence[Any], dict[str, Any] | None]:
    agrupar, pagina, tamano = filtro["agrupar"], filtro["pagina"], filtro["tamano"]
    total = contar_deudores(deuda, agrupar)
    filas = por_deudor(deuda, columnas, agrupar, desde=(pagina - 1) * tamano, cuantos=tamano)
    hay_mas = pagina * tamano < total
    return filas, {"pagina": pagina, "tamano": tamano, "hay_mas": hay_mas, "siguiente": None, "total": total}


def _mostrar(agrupar: str, fila: Any) -> dict[str, Any]:
    ref = getattr(fila, DEUDORES[agrupar].__name__)
    return {agrupar: _nombrado(fila.deudor_id, ref), **{figura: getattr(fila, figura) for figura in _FIGURAS}}


def _nombrado(deudor_id: int, ref: Any) -> dict[str, Any]:
    campos = ("nombres", "apellidos") if hasattr(ref, "apellidos") else ("nombre",)
    return {"id": deudor_id, **{campo: getattr(ref, campo, None) for campo in campos}}
