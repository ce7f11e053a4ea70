"""The report of the stock: value, turnover, expiries, and consumption by treatment, doctor and centre."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, timedelta
from decimal import Decimal
from typing import Any

from comun.auth.caller import Caller, Scope
from comun.db import now
from comun.runtime import runtime
from comun.times import zone
from inventario.dominio.reportes import MONTOS, Cifras, sumar
from inventario.dominio.unidades import SEXTO
from inventario.extensiones import db
from inventario.modelos import CentroRef, Tipo
from inventario.modelos.compra import CENTAVO
from inventario.modelos.reportes import Alcance, consumido, movido, nombres_de, por_caducar, valores

_CERO = Decimal(0)
Grupo = dict[str, Any]

# Kind of movement → its figure, and the sign in which it is shown.
_FIGURAS = {
    Tipo.ENTRADA: ("entradas", 1),
    Tipo.DEVOLUCION: ("devoluciones", 1),
    Tipo.AJUSTE: ("ajustes", 1),
    Tipo.TRASLADO: ("traslados", 1),
    Tipo.SALIDA: ("salidas", -1),
    Tipo.CONSUMO: ("consumo", -1),
}
_USADO = (Tipo.SALIDA, Tipo.CONSUMO)


def reporte_de_inventario(filtro: Mapping[str, Any], quien: Caller) -> dict[str, Any]:
    """The stock of the caller's centres in figures, at cost; about ten statements, whatever there is."""
    centros = _centros(filtro.get("centro_id"), quien)
    desde, hasta = _rango(filtro, centros)
    alcance = Alcance(quien, desde, hasta, centros)
    agrupar = filtro["agrupar"]
    grupos = _grupos(alcance, agrupar) if centros else {}
    lotes = _lotes(alcance, filtro.get("por_caducar_dias")) if centros else []
    totales = sumar(grupos.values())
    dias = (hasta - desde).days + 1
    return {
        "desde": desde,
        "hasta": hasta,
        "agrupar": agrupar,
        "totales": _mostrar(totales, dias),
        "filas": [{agrupar: grupo, **_mostrar(cifras, dias)} for grupo, cifras in _nombrar(agrupar, grupos, centros)],
        "caducidades": _caducidades(lotes, totales.caducado),
        "consumo": _consumo(alcance),
    }


def _grupos(alcance: Alcance, agrupar: str) -> dict[int | None, Cifras]:
    grupos: dict[int | None, Cifras] = defaultdict(Cifras)
    for fila in valores(alcance, agrupar):
        grupos[fila.grupo] = Cifras(
            valor_inicial=_decimal(fila.valor_inicial),
            valor_final=_decimal(fila.valor_final),
            cantidad_inicial=_decimal(fila.cantidad_inicial),
            cantidad_final=_decimal(fila.cantidad_final),
        )
    for fila in movido(alcance, agrupar):
        cifras, (figura, signo) = grupos[fila.grupo], _FIGURAS[Tipo(fila.tipo)]
        setattr(cifras, figura, getattr(cifras, figura) + signo * _decimal(fila.valor))
        cifras.caducado += _decimal(fila.caducado)
        if fila.tipo in _USADO:
            cifras.cantidad_usada -= _decimal(fila.cantidad)
    return grupos


def _mostrar(cifras: Cifras, dias: int) -> dict[str, Any]:
    """All of them by name, amounts to the cent."""
    montos = {nombre: getattr(cifras, nombre).quantize(CENTAVO) for nombre in MONTOS}
    cantidades = {
        f"cantidad_{c}": getattr(cifras, f"cantidad_{c}").quantize(SEXTO) for c in ("inicial", "final", "usada")
    }
    return {
        **montos,
        **cantidades,
        "rotacion": cifras.rotacion,
        "dias_de_inventario": cifras.dias_de_inventario(dias),
    }


def _nombrar(
    agrupar: str, grupos: Mapping[int | None, Cifras], centros: Mapping[int, CentroRef]
) -> list[tuple[Any, Cifras]]:
    """The groups as they are shown, by name; what belongs to none at the end."""
    if agrupar == "centro":
        nombres: dict[int, Any] = {id_: {"id": id_, "nombre": centro.nombre} for id_, centro in centros.items()}
    else:
        nombres = nombres_de(agrupar, grupos.keys())
    en_orden = sorted(grupos, key=lambda id_: (id_ is None, nombres[id_]["nombre"] if id_ else "", id_ or 0))
    return [(nombres[id_] if id_ is not None else None, grupos[id_]) for id_ in en_orden]


def _lotes(alcance: Alcance, dias: int | None) -> list[Grupo]:
    """Lots of which there is something that has expired, or will within so many days."""
    if dias is None:
        dias = runtime().settings["INVENTARIO_CADUCIDAD_DIAS"]
    hoy = {id_: _hoy(centro.zona_horaria) for id_, centro in alcance.centros.items()}
    filas = por_caducar(alcance, {id_: dia + timedelta(days=dias) for id_, dia in hoy.items()})
    return [
        {
            "lote_id": fila.lote_id,
            "lote": fila.lote or None,
            "producto": {
                "id": fila.producto_id,
                "codigo": fila.codigo,
                "nombre": fila.nombre,
                "unidad": fila.unidad,
            },
            "centro": alcance.centros[fila.centro_id],
            "caducidad": fila.caducidad,
            "dias": (fila.caducidad - hoy[fila.centro_id]).days,
            "cantidad": fila.cantidad,
            "valor": _decimal(fila.valor).quantize(CENTAVO),
        }
        for fila in filas
    ]


def _caducidades(lotes: Sequence[Grupo], dado_de_baja: Decimal) -> dict[str, Any]:
    caducados = [lote for lote in lotes if lote["dias"] < 0]
    por_venir = [lote for lote in lotes if lote["dias"] >= 0]
    return {
        "caducado": _cuenta(caducados),
        "por_caducar": _cuenta(por_venir),
        "dado_de_baja": dado_de_baja.quantize(CENTAVO),
        "lotes": lotes,
    }


def _cuenta(lotes: Sequence[Grupo]) -> dict[str, Any]:
    return {"lotes": len(lotes), "valor": sum((lote["valor"] for lote in lotes), _CERO)}


def _consumo(alcance: Alcance) -> dict[str, Any]:
    """What appointments used, at cost, in three ways."""
    filas = consumido(alcance)
    costos: dict[str, dict[int | None, Decimal]] = {
        que: defaultdict(Decimal) for que in ("tratamiento", "doctor", "centro")
    }
    for fila in filas:
        for que, sumas in costos.items():
            sumas[getattr(fila, f"{que}_id")] += _decimal(fila.costo)
    centros = {id_: {"id": id_, "nombre": centro.nombre} for id_, centro in alcance.centros.items()}
    nombres = {que: nombres_de(que, costos[que].keys()) for que in ("tratamiento", "doctor")} | {"centro": centros}
    return {
        "total": sum(costos["centro"].values(), _CERO).quantize(CENTAVO),
        **{f"por_{que}": _ordenados(que, sumas, nombres[que]) for que, sumas in costos.items()},
    }


def _ordenados(
    que: str, sumas: Mapping[int | None, Decimal], nombres: Mapping[int, Mapping[str, Any]]
) -> list[Grupo]:
    """The dearest first. One that was never heard of has an id and no name."""
    en_orden: Iterable[int | None] = sorted(sumas, key=lambda id_: (-sumas[id_], id_ or 0))
    return [
        {
            que: None if id_ is None else nombres.get(id_, {"id": id_, "nombre": None}),
            "costo": sumas[id_].quantize(CENTAVO),
        }
        for id_ in en_orden
    ]


def _centros(centro_id: int | None, quien: Caller) -> dict[int, CentroRef]:
    """The centres that are meant, of those that the caller sees; closed ones too, they have a past."""
    consulta = db.select(CentroRef).order_by(CentroRef.id)
    if quien.alcance is Scope.CENTROS:
        consulta = consulta.where(CentroRef.id.in_(quien.centros))
    if centro_id is not None:
        consulta = consulta.where(CentroRef.id == centro_id)
    return {centro.id: centro for centro in db.session.scalars(consulta)}


def _rango(filtro: Mapping[str, Any], centros: Mapping[int, CentroRef]) -> tuple[date, date]:
    """The days asked for; the current month, or the rest of the month of the one that is given."""
    desde, hasta = filtro.get("desde"), filtro.get("hasta")
    zona = next((centro.zona_horaria for centro in centros.values()), None)
    mes = desde or hasta or _hoy(zona)
    desde = desde or mes.replace(day=1)
    if hasta is None:
        hasta = (mes.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return desde, hasta


def _hoy(zona: str | None) -> date:
    return now().astimezone(zone(zona) if zona else UTC).date()


def _decimal(valor: Any) -> Decimal:
    return Decimal(valor or 0)
