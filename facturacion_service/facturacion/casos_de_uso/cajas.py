"""A till from its opening to its closing.

Counting takes the till for itself: what is under way in it ends first, and what comes later finds it counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_

from comun.auth.caller import Caller
from comun.errors import Conflict, Forbidden, NotFound
from comun.money import ZERO
from comun.preconditions import check_version
from comun.times import zone
from facturacion.casos_de_uso.lugares import centro_de
from facturacion.dominio.medios import Medio
from facturacion.eventos.emitidos_cajas import anunciar_cierre
from facturacion.extensiones import db
from facturacion.modelos import Caja, CentroRef, EstadoCaja, EstadoTransaccion, TipoTransaccion, Transaccion

SUPERVISAR = "facturacion:cajas:supervisar"


def abrir(datos: Mapping[str, Any], quien: Caller) -> Caja:
    """Open a till of the caller's; a cashier has one at a centre (Conflict `caja_abierta`)."""
    caja = Caja(
        centro_id=centro_de(datos.get("centro_id"), quien),
        cajero=quien.actor,
        cajero_nombre=quien.nombre_usuario or quien.actor,
        monto_inicial=datos["monto_inicial"],
    )
    db.session.add(caja)
    db.session.flush()
    return caja


def cuales(filtro: Mapping[str, Any], quien: Caller) -> Select[tuple[Caja]]:
    """Those that the caller may see and the filter names; days are of each centre's calendar."""
    consulta = db.select(Caja).where(Caja.visibles_para(quien))
    consulta = consulta.filter_by(**{campo: filtro[campo] for campo in ("centro_id", "estado") if campo in filtro})
    if filtro.get("propias"):
        consulta = consulta.where(Caja.cajero == quien.actor)
    if filtro.keys() & {"desde", "hasta"}:
        consulta = consulta.where(or_(*_abiertas_entre(filtro.get("desde"), filtro.get("hasta"))))
    return consulta


def _abiertas_entre(desde: date | None, hasta: date | None) -> Iterator[ColumnElement[bool]]:
    for zona in db.session.scalars(db.select(CentroRef.zona_horaria).distinct()):
        alli = db.select(CentroRef.id).where(CentroRef.zona_horaria == zona)
        condiciones: list[ColumnElement[bool]] = [Caja.centro_id.in_(alli)]
        if desde is not None:
            condiciones.append(Caja.abierta_en >= _comienzo(desde, zona))
        if hasta is not None:
            condiciones.append(Caja.abierta_en < _comienzo(hasta + timedelta(days=1), zona))
        yield and_(*condiciones)


def _comienzo(dia: date, zona: str) -> datetime:
    return datetime.combine(dia, time(), zone(zona)).astimezone(UTC)


def ver(caja_id: int, quien: Caller) -> Caja:
    """A till; with what should be in it while it is open only for who supervises."""
    caja = Caja.obtener(caja_id, quien)
    if caja.estado == EstadoCaja.ABIERTA and quien.can(SUPERVISAR):
        caja.esperado_ahora = _esperado(caja, _movido(caja))
    return caja


def contar(caja_id: int, datos: Mapping[str, Any], quien: Caller) -> Caja:
    """Keep what was counted, and tell what should be there. Raises Conflict `caja_contada`, `caja_cerrada`."""
    caja = _tomar(caja_id, quien)
    caja.contar(datos["contado"], _esperado(caja, _movido(caja)), datos["denominaciones"])
    return caja


def reabrir(caja_id: int, motivo: str, quien: Caller) -> Caja:
    """Let a counted till take in and give out again."""
    caja = _tomar(caja_id, quien)
    caja.reabrir(motivo)
    db.session.flush()
    return caja


def cerrar(caja_id: int, explicacion: str | None, quien: Caller) -> Caja:
    """Close a till that was counted, for good, and tell of it."""
    caja = _tomar(caja_id, quien)
    caja.cerrar(explicacion, quien.actor)
    anunciar_cierre(caja)
    return caja


def _tomar(caja_id: int, quien: Caller) -> Caja:
    """The caller's till, or anybody's for who supervises, to himself until the end of the transaction."""
    suya = db.select(Caja).where(Caja.id == caja_id, Caja.vivos(), Caja.visibles_para(quien))
    caja = db.session.scalar(suya.with_for_update())
    if caja is None:
        raise NotFound(Caja.AUSENTE)
    if caja.cajero != quien.actor and not quien.can(SUPERVISAR):
        raise Forbidden("caja_ajena", "La caja es de otra persona.")
    check_version(caja)
    return caja


def _movido(caja: Caja) -> Sequence[Row[Any]]:
    """What came in and went out of the till, by type, origin and means."""
    return db.session.execute(
        db.select(
            Transaccion.tipo_transaccion,
            Transaccion.origen,
            Transaccion.medio_pago,
            func.sum(Transaccion.monto).label("monto"),
            func.count().label("transacciones"),
        )
        .where(
            Transaccion.caja_id == caja.id,
            Transaccion.estado == EstadoTransaccion.COMPLETADO,
            Transaccion.vivos(),
        )
        .group_by(Transaccion.tipo_transaccion, Transaccion.origen, Transaccion.medio_pago)
    ).all()


def _esperado(caja: Caja, movido: Sequence[Row[Any]]) -> dict[str, Decimal]:
    """What should be in the till by means of payment; cash with what was in it at the start."""
    esperado = {str(Medio.EFECTIVO): caja.monto_inicial}
    for fila in movido:
        monto = fila.monto if fila.tipo_transaccion == TipoTransaccion.INGRESO else -fila.monto
        esperado[fila.medio_pago] = esperado.get(fila.medio_pago, ZERO) + monto
    return esperado


def reporte(caja_id: int, quien: Caller) -> dict[str, Any]:
    """A till in figures. Raises Conflict `caja_sin_contar` while it is open, but for who supervises."""
    caja = ver(caja_id, quien)
    esperado = caja.esperado_por_medio
    if esperado is None:
        raise Conflict("caja_sin_contar", "Su reporte se ve cuando se haya contado.")
    movido = _movido(caja)
    contado, diferencias = caja.contado_por_medio or {}, caja.diferencias or {}
    medios = [medio for medio in map(str, Medio) if medio in esperado or medio in contado]
    return {
        "caja": caja,
        **_sumado(movido),
        "por_medio_pago": [
            {
                "medio_pago": medio,
                **_sumado([fila for fila in movido if fila.medio_pago == medio]),
                "esperado": esperado.get(medio, ZERO),
                "contado": contado.get(medio),
                "diferencia": diferencias.get(medio),
            }
            for medio in medios
        ],
        "por_origen": [
            {"origen": origen, **_sumado([fila for fila in movido if fila.origen == origen])}
            for origen in sorted({fila.origen for fila in movido})
        ],
    }


def _sumado(filas: Sequence[Row[Any]]) -> dict[str, Any]:
    def de(tipo: TipoTransaccion) -> Decimal:
        return sum((fila.monto for fila in filas if fila.tipo_transaccion == tipo), ZERO)

    cuantas = sum(fila.transacciones for fila in filas)
    return {
        "ingresos": de(TipoTransaccion.INGRESO),
        "egresos": de(TipoTransaccion.EGRESO),
        "transacciones": cuantas,
    }
