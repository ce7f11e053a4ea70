"""What expenses come to by category, month and centre: out of the totals by day, as every report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func

from comun.auth.caller import Caller
from comun.money import ZERO
from facturacion.extensiones import db
from facturacion.modelos import CategoriaGasto, CentroRef, Cuenta, TotalDia

_Suma = tuple[Decimal, int]


def totales_de_gastos(filtro: Mapping[str, Any], quien: Caller) -> dict[str, Any]:
    """`filtro`: `desde`, `hasta`, `categoria_id`, `centro_id`. Amounts, and how many expenses there are."""
    donde = _donde(filtro, quien)
    por_categoria, por_centro = _sumas(TotalDia.categoria_id, donde), _sumas(TotalDia.centro_id, donde)
    por_mes: dict[str, _Suma] = defaultdict(lambda: (ZERO, 0))
    for dia, (monto, cuantos) in sorted(_sumas(TotalDia.dia, donde).items()):
        antes = por_mes[f"{dia:%Y-%m}"]
        por_mes[f"{dia:%Y-%m}"] = (antes[0] + monto, antes[1] + cuantos)
    categorias, centros = _nombres(CategoriaGasto, por_categoria), _nombres(CentroRef, por_centro)
    return {
        "desde": filtro.get("desde"),
        "hasta": filtro.get("hasta"),
        **_cifras((sum((suma[0] for suma in por_centro.values()), ZERO), sum(s[1] for s in por_centro.values()))),
        "por_categoria": [
            {"categoria": {"id": uno, "nombre": categorias.get(uno)}, **_cifras(suma)}
            for uno, suma in sorted(por_categoria.items(), key=lambda par: (-par[1][0], par[0]))
        ],
        "por_mes": [{"mes": mes, **_cifras(suma)} for mes, suma in por_mes.items()],
        "por_centro": [
            {"centro": {"id": uno, "nombre": centros.get(uno)}, **_cifras(suma)}
            for uno, suma in sorted(por_centro.items(), key=lambda par: (-par[1][0], par[0]))
        ],
    }


def _donde(filtro: Mapping[str, Any], quien: Caller) -> list[ColumnElement[bool]]:
    donde = [TotalDia.cuenta == Cuenta.GASTO, TotalDia.visibles_para(quien)]
    if (desde := filtro.get("desde")) is not None:
        donde.append(TotalDia.dia >= desde)
    if (hasta := filtro.get("hasta")) is not None:
        donde.append(TotalDia.dia <= hasta)
    for campo in ("categoria_id", "centro_id"):
        if campo in filtro:
            donde.append(getattr(TotalDia, campo) == filtro[campo])
    return donde


def _sumas(columna: Any, donde: list[ColumnElement[bool]]) -> dict[Any, _Suma]:
    filas = db.session.execute(
        db.select(columna, func.sum(TotalDia.importe), func.sum(TotalDia.veces)).where(*donde).group_by(columna)
    )
    return {clave: (monto, int(cuantos)) for clave, monto, cuantos in filas if (monto, cuantos) != (0, 0)}


def _nombres(modelo: Any, de: Mapping[int | date, _Suma]) -> dict[int, str]:
    return {i: n for i, n in db.session.execute(db.select(modelo.id, modelo.nombre).where(modelo.id.in_(de)))}


def _cifras(suma: _Suma) -> dict[str, Any]:
    return {"total": suma[0], "cantidad": suma[1]}
