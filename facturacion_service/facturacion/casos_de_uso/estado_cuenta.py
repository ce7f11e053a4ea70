"""The account of a patient: everything that was charged and paid, in order, and what is owed today.

The balance of the account is what invoices are owed, less what is left of payments; both come to the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from comun.auth.caller import Caller, Scope
from comun.errors import NotFound
from comun.money import ZERO
from facturacion.casos_de_uso.dias import dia_en
from facturacion.casos_de_uso.instantanea import de_un_momento
from facturacion.casos_de_uso.referencias import vigente
from facturacion.dominio.medios import NOMBRES, Medio
from facturacion.extensiones import db
from facturacion.modelos import EstadoFactura, Factura, NotaCredito, PacienteRef, Pago, Reembolso


@dataclass(frozen=True)
class Movimiento:
    """Something that changed what a patient owes; `saldo` is what he owed after it, less than 0 in his favour."""

    dia: date
    momento: datetime
    tipo: str
    id: int
    centro_id: int
    documento: str
    concepto: str
    cargo: Decimal = ZERO
    abono: Decimal = ZERO
    saldo: Decimal = ZERO


@dataclass(frozen=True)
class Pendiente:
    """An invoice that is owed; `vencido`: of the patient's own part, what should have been paid before today."""

    factura: Factura
    vencido: Decimal


def estado_de_cuenta(
    paciente_id: int, quien: Caller, desde: date | None = None, hasta: date | None = None
) -> dict[str, Any]:
    """The account, of what the caller may see of it.

    Raises NotFound: no such patient, somebody else's account, or nothing of his is at the caller's centres.
    """
    de_un_momento()
    paciente = _paciente(paciente_id, quien)
    movimientos = _con_saldo(_movimientos(paciente.id, quien))
    antes = [uno for uno in movimientos if desde is not None and uno.dia < desde]
    suyos = [uno for uno in movimientos[len(antes) :] if hasta is None or uno.dia <= hasta]
    saldo_inicial = antes[-1].saldo if antes else ZERO
    return {
        "paciente": paciente,
        "centro_id": suyos[-1].centro_id if suyos else None,
        "desde": desde,
        "hasta": hasta,
        "saldo_inicial": saldo_inicial,
        "cargos": sum((uno.cargo for uno in suyos), ZERO),
        "abonos": sum((uno.abono for uno in suyos), ZERO),
        "saldo_final": suyos[-1].saldo if suyos else saldo_inicial,
        "movimientos": suyos,
        **_hoy(paciente.id, quien),
    }


def vencido(factura: Factura, hoy: date) -> Decimal:
    """What the patient himself should have paid of an invoice before that day: by its instalments, if it has any.

    What is in none of them, as when money was given back since, is due with the invoice.
    """
    de_cuotas = sum((cuota.saldo for cuota in factura.cuotas if cuota.vence_el < hoy), ZERO)
    fuera = factura.saldo_paciente - sum((cuota.saldo for cuota in factura.cuotas), ZERO)
    return de_cuotas + (fuera if factura.vence_el is not None and factura.vence_el < hoy else ZERO)


def _paciente(paciente_id: int, quien: Caller) -> PacienteRef:
    ajeno = quien.alcance is Scope.PACIENTE and quien.paciente_id != paciente_id
    paciente = None if ajeno else db.session.get(PacienteRef, vigente(paciente_id))
    if paciente is None or not _le_corresponde(paciente.id, quien):
        raise NotFound("No existe ese paciente, o no le corresponde ver su cuenta.")
    return paciente


def _le_corresponde(paciente_id: int, quien: Caller) -> bool:
    if quien.alcance is Scope.CENTROS:
        return any(
            db.session.scalar(
                db.select(modelo.id).where(modelo.paciente_id == paciente_id, modelo.visibles_para(quien)).limit(1)
            )
            for modelo in (Factura, Pago)
        )
    return quien.alcance in (Scope.RED, Scope.PACIENTE)


def _con_saldo(movimientos: Iterator[Movimiento]) -> list[Movimiento]:
    saldo, lista = ZERO, []
    for uno in sorted(movimientos, key=lambda uno: (uno.dia, uno.momento, uno.tipo, uno.id)):
        saldo += uno.cargo - uno.abono
        lista.append(replace(uno, saldo=saldo))
    return lista


def _movimientos(paciente_id: int, quien: Caller) -> Iterator[Movimiento]:
    yield from _de_facturas(paciente_id, quien)
    yield from _de_notas(paciente_id, quien)
    yield from _de_pagos(paciente_id, quien)


def _de_facturas(paciente_id: int, quien: Caller) -> Iterator[Movimiento]:
    suyas = Factura.paciente_id == paciente_id, Factura.numero.is_not(None), Factura.vivos()
    for una in db.session.scalars(db.select(Factura).where(*suyas, Factura.visibles_para(quien))):
        assert una.numero and una.fecha_emision and una.emitida_en
        numero = una.numero
        yield Movimiento(
            una.fecha_emision,
            una.emitida_en,
            "factura",
            una.id,
            una.centro_id,
            numero,
            f"Factura {numero}",
            cargo=una.total,
        )
        # What was credited before has its own lines.
        if una.estado == EstadoFactura.ANULADA and una.anulada_en and (resto := una.total - una.acreditado):
            dia = dia_en(una.centro_id, una.anulada_en)
            concepto = f"Anulación de la factura {numero}"
            yield Movimiento(dia, una.anulada_en, "anulacion", una.id, una.centro_id, numero, concepto, abono=resto)


def _de_notas(paciente_id: int, quien: Caller) -> Iterator[Movimiento]:
    suyas = NotaCredito.paciente_id == paciente_id, NotaCredito.visibles_para(quien)
    for una in db.session.scalars(db.select(NotaCredito).where(*suyas)):
        concepto = f"Nota de crédito {una.numero}"
        yield Movimiento(
            una.fecha_emision,
            una.creado_en,
            "nota_credito",
            una.id,
            una.centro_id,
            una.numero,
            concepto,
            abono=una.total,
        )


def _de_pagos(paciente_id: int, quien: Caller) -> Iterator[Movimiento]:
    suyos = Pago.paciente_id == paciente_id, Pago.visibles_para(quien)
    for uno in db.session.scalars(db.select(Pago).where(*suyos)):
        concepto = f"Pago en {_medio(uno.medio_pago)}"
        yield Movimiento(
            uno.dia, uno.momento, "pago", uno.id, uno.centro_id, f"{uno.id:06d}", concepto, abono=uno.monto
        )
    consulta = db.select(Reembolso, Pago.centro_id).join(Pago, Pago.id == Reembolso.pago_id).where(*suyos)
    for devuelto, centro_id in db.session.execute(consulta):
        yield Movimiento(
            devuelto.dia,
            devuelto.momento,
            "reembolso",
            devuelto.id,
            centro_id,
            f"{devuelto.pago_id:06d}",
            f"Devolución en {_medio(devuelto.medio_pago)}",
            cargo=devuelto.monto,
        )


def _medio(medio: str) -> str:
    return NOMBRES[Medio(medio)].lower()


def _hoy(paciente_id: int, quien: Caller) -> Mapping[str, Any]:
    """What is owed today, invoice by invoice and in all, and what is left of payments."""
    hoy_en = cache(dia_en)
    suyas = Factura.paciente_id == paciente_id, Factura.estado == EstadoFactura.EMITIDA, Factura.vivos()
    consulta = db.select(Factura).where(*suyas, Factura.visibles_para(quien)).options(*Factura.cargar())
    pendientes = [
        Pendiente(una, vencido(una, hoy_en(una.centro_id)))
        for una in db.session.scalars(consulta.order_by(Factura.vence_el, Factura.id))
    ]
    con_algo = db.select(Pago.disponible).where(
        Pago.paciente_id == paciente_id, Pago.visibles_para(quien), db.text("pago.disponible > 0")
    )
    return {
        "por_cobrar": sum((uno.factura.saldo for uno in pendientes), ZERO),
        "por_cobrar_aseguradora": sum((uno.factura.saldo_aseguradora for uno in pendientes), ZERO),
        "por_cobrar_paciente": sum((uno.factura.saldo_paciente for uno in pendientes), ZERO),
        "vencido": sum((uno.vencido for uno in pendientes), ZERO),
        "a_favor": sum(db.session.scalars(con_algo), ZERO),
        "pendientes": pendientes,
    }
