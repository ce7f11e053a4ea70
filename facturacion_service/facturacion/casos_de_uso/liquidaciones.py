"""Settlements of doctors' fees: each fee in one of them at most, whoever settles at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func

from comun.auth.caller import Caller, Scope
from comun.db import now
from comun.errors import Conflict, Forbidden, Invalid
from comun.money import ZERO
from comun.preconditions import check_version
from facturacion.casos_de_uso.desembolsos import desembolsar, retirar_desembolso
from facturacion.casos_de_uso.dias import dia_en, hoy_para
from facturacion.casos_de_uso.personas import exigir_centro, exigir_doctor
from facturacion.dominio.medios import Medio
from facturacion.eventos.de_gastos import anunciar_liquidacion
from facturacion.extensiones import db
from facturacion.modelos import DoctorRef, EstadoLiquidacion, Honorario, Liquidacion, Origen, TratamientoRef

_LIBRE = Honorario.liquidacion_id.is_(None)


def de_periodo(filtro: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    """Which fees `filtro` means: `doctor_id`, `centro_id`, `desde`, `hasta`."""
    donde: list[ColumnElement[bool]] = []
    for campo in ("doctor_id", "centro_id"):
        if filtro.get(campo) is not None:
            donde.append(getattr(Honorario, campo) == filtro[campo])
    if filtro.get("desde") is not None:
        donde.append(Honorario.dia >= filtro["desde"])
    if filtro.get("hasta") is not None:
        donde.append(Honorario.dia <= filtro["hasta"])
    return donde


def pendientes(filtro: Mapping[str, Any], quien: Caller) -> dict[str, Any]:
    """What a settlement would come to for each doctor whom the caller may see."""
    filas = db.session.execute(
        db.select(
            Honorario.doctor_id,
            func.count().label("cantidad"),
            func.min(Honorario.dia).label("desde"),
            func.max(Honorario.dia).label("hasta"),
            func.sum(Honorario.base).label("base"),
            func.sum(Honorario.monto).label("total"),
        )
        .where(_LIBRE, *de_periodo(filtro), Honorario.visibles_para(quien))
        .group_by(Honorario.doctor_id)
        .order_by(Honorario.doctor_id)
    ).all()
    doctores = {
        doctor.id: doctor
        for doctor in db.session.scalars(db.select(DoctorRef).where(DoctorRef.id.in_([f.doctor_id for f in filas])))
    }
    datos = [{**fila._mapping, "doctor": doctores.get(fila.doctor_id)} for fila in filas]
    return {
        "datos": datos,
        "base": sum((fila.base for fila in filas), ZERO),
        "total": sum((fila.total for fila in filas), ZERO),
    }


def liquidar(datos: Mapping[str, Any], quien: Caller) -> Liquidacion:
    """Settle what a doctor earned up to `hasta` and is in no settlement yet.

    Raises Forbidden (who doesn't act in the whole network), Invalid, Conflict `sin_honorarios` (there is nothing),
    `honorarios_en_contra` (more was taken back than earned: it stays for the next one).
    """
    _exigir_red(quien)
    doctor_id = exigir_doctor(datos["doctor_id"])
    if datos.get("centro_id") is not None:
        exigir_centro(datos["centro_id"], quien)
    if datos["hasta"] > hoy_para(quien, datos.get("centro_id")):
        raise Invalid({"hasta": ["No puede estar en el futuro."]})
    # Who settles them at once waits, and then finds them taken.
    filas = db.session.execute(
        db.select(Honorario.id, Honorario.dia, Honorario.base, Honorario.monto)
        .where(_LIBRE, *de_periodo(datos))
        .order_by(Honorario.id)
        .with_for_update()
    ).all()
    if not filas:
        raise Conflict("sin_honorarios", "No hay honorarios por liquidar en ese período.")
    total = sum((fila.monto for fila in filas), ZERO)
    if total < 0:
        raise Conflict(
            "honorarios_en_contra", "Se le descontó más de lo que ganó: queda para la próxima liquidación."
        )
    liquidacion = Liquidacion(
        doctor_id=doctor_id,
        centro_id=datos.get("centro_id"),
        desde=datos.get("desde") or min(fila.dia for fila in filas),
        hasta=datos["hasta"],
        base=sum((fila.base for fila in filas), ZERO),
        total=total,
        cerrada_por=quien.actor,
    )
    db.session.add(liquidacion)
    db.session.flush()
    _asignar([fila.id for fila in filas], liquidacion.id)
    anunciar_liquidacion(liquidacion)
    return _con_doctor(liquidacion.id)


def cambiar_estado(liquidacion_id: int, datos: Mapping[str, Any], quien: Caller) -> Liquidacion:
    """Pay a settlement, with `medio_pago`, or take it back, with `motivo`.

    Raises Forbidden, Invalid, Conflict `transicion_ilegal`, `sin_caja_abierta` (cash without an open till),
    `caja_cerrada` (what was paid lies in a till that was counted or closed).
    """
    _exigir_red(quien)
    if datos.get("centro_id") is not None:
        exigir_centro(datos["centro_id"], quien)
    Liquidacion.obtener(liquidacion_id, quien)
    liquidacion = db.session.scalars(
        db.select(Liquidacion)
        .where(Liquidacion.id == liquidacion_id)
        .options(*Liquidacion.cargar())
        .with_for_update(of=Liquidacion)
        .execution_options(populate_existing=True)
    ).one()
    check_version(liquidacion)
    if datos["estado"] == EstadoLiquidacion.PAGADA:
        _pagar(liquidacion, datos, quien)
    else:
        _anular(liquidacion, datos, quien)
    return liquidacion


def _pagar(liquidacion: Liquidacion, datos: Mapping[str, Any], quien: Caller) -> None:
    _exigir_estado(liquidacion, EstadoLiquidacion.CERRADA)
    if (dado := datos.get("medio_pago")) is None:
        raise Invalid({"medio_pago": ["Es obligatorio para pagarla."]})
    centro_id = datos.get("centro_id") or liquidacion.centro_id
    if centro_id is None:
        raise Invalid({"centro_id": ["Diga en qué centro se paga."]})
    medio = Medio(dado)
    liquidacion.estado, liquidacion.medio_pago, liquidacion.pagada_en = EstadoLiquidacion.PAGADA, medio, now()
    db.session.flush()
    if liquidacion.total == 0:
        return
    doctor = liquidacion.doctor
    desembolsar(
        _referencia(liquidacion),
        Origen.LIQUIDACION,
        centro_id=centro_id,
        monto=liquidacion.total,
        medio=medio,
        dia=dia_en(centro_id),
        concepto=f"Honorarios {doctor.nombres} {doctor.apellidos}"[:200] if doctor else "Honorarios",
        quien=quien,
        doctor_id=liquidacion.doctor_id,
    )


def _anular(liquidacion: Liquidacion, datos: Mapping[str, Any], quien: Caller) -> None:
    _exigir_estado(liquidacion, EstadoLiquidacion.CERRADA, EstadoLiquidacion.PAGADA)
    if datos.get("motivo") is None:
        raise Invalid({"motivo": ["Es obligatorio para anularla."]})
    retirar_desembolso(_referencia(liquidacion), quien)
    liquidacion.estado, liquidacion.motivo = EstadoLiquidacion.ANULADA, datos["motivo"]
    liquidacion.medio_pago = liquidacion.pagada_en = None
    db.session.flush()
    suyos = db.select(Honorario.id).where(Honorario.liquidacion_id == liquidacion.id).order_by(Honorario.id)
    _asignar(db.session.scalars(suyos.with_for_update()).all(), None)


def lineas(liquidacion: Liquidacion) -> Sequence[Honorario]:
    """What it settles, by day; of one that was taken back nothing any more."""
    suyas = db.select(Honorario).where(Honorario.liquidacion_id == liquidacion.id)
    return db.session.scalars(suyas.options(*Honorario.cargar()).order_by(Honorario.dia, Honorario.id)).all()


def por_tratamiento(filas: Sequence[Honorario]) -> list[dict[str, Any]]:
    """What they come to by treatment, the largest first; None: what is in no catalogue."""
    sumas: dict[int | None, dict[str, Any]] = {}
    for fila in filas:
        suma = sumas.setdefault(fila.tratamiento_id, {"cantidad": 0, "base": ZERO, "total": ZERO})
        suma["cantidad"] += 1
        suma["base"] += fila.base
        suma["total"] += fila.monto
    conocidos = db.select(TratamientoRef.id, TratamientoRef.nombre).where(TratamientoRef.id.in_(list(sumas)))
    nombres = {numero: nombre for numero, nombre in db.session.execute(conocidos)}
    return [
        {"tratamiento": None if cual is None else {"id": cual, "nombre": nombres.get(cual)}, **suma}
        for cual, suma in sorted(sumas.items(), key=lambda par: (-par[1]["total"], par[0] or 0))
    ]


def _asignar(ids: Sequence[int], liquidacion_id: int | None) -> None:
    tabla = Honorario.__table__
    for lugar in range(0, len(ids), 1000):
        parte = ids[lugar : lugar + 1000]
        db.session.execute(db.update(tabla).where(tabla.c.id.in_(parte)).values(liquidacion_id=liquidacion_id))


def _exigir_red(quien: Caller) -> None:
    if quien.alcance is not Scope.RED:
        raise Forbidden("alcance_insuficiente", "Liquida honorarios quien actúa en todos los centros.")


def _exigir_estado(liquidacion: Liquidacion, *estados: EstadoLiquidacion) -> None:
    if liquidacion.estado not in estados:
        raise Conflict("transicion_ilegal", f"La liquidación está {liquidacion.estado}.")


def _con_doctor(liquidacion_id: int) -> Liquidacion:
    consulta = db.select(Liquidacion).where(Liquidacion.id == liquidacion_id).options(*Liquidacion.cargar())
    return db.session.scalars(consulta.execution_options(populate_existing=True)).one()


def _referencia(liquidacion: Liquidacion) -> str:
    return f"liquidacion/{liquidacion.id}"
