"""Credit notes: they take back an issued invoice, or a part of it, and with it fees and what was paid too much."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func

from comun.auth.caller import Caller
from comun.db import now
from comun.errors import Conflict, Invalid
from comun.money import ZERO
from facturacion.casos_de_uso import honorarios
from facturacion.casos_de_uso.aplicaciones import bloquear_factura
from facturacion.casos_de_uso.cobros import bloquear_de_factura
from facturacion.casos_de_uso.comprador import exigir_que_no_sea_final
from facturacion.casos_de_uso.cuotas import quitar_cuotas
from facturacion.casos_de_uso.dias import dia_en
from facturacion.casos_de_uso.liberacion import bloquear_pagos, liberar
from facturacion.casos_de_uso.libro import Anotacion, asentar
from facturacion.casos_de_uso.numeracion import punto_para, tomar_numero
from facturacion.dominio import credito
from facturacion.dominio.credito import ExcedeLinea, Parte, por_cantidad, por_monto, resto
from facturacion.eventos.emitidos import anunciar_nota
from facturacion.eventos.emitidos_pagos import anunciar_pagada
from facturacion.extensiones import db, restricciones
from facturacion.modelos import (
    Cuenta,
    EstadoFactura,
    Factura,
    FacturaDetalle,
    NotaCredito,
    NotaCreditoDetalle,
    Pagador,
    TipoDocumento,
)

Renglon = tuple[FacturaDetalle, Parte]


@dataclass(frozen=True)
class Reparto:
    """Whose debt a note lowers, by how much."""

    de_aseguradora: Decimal
    de_paciente: Decimal


def acreditar(factura_id: int, datos: Mapping[str, Any], quien: Caller) -> NotaCredito:
    """Take back all that is left of an issued invoice, or what `detalles` say; what was paid of it comes free.

    Raises Conflict (not issued, to nobody in particular, more than is left, nothing left) and Invalid.
    """
    cobro = bloquear_de_factura(factura_id)
    factura = bloquear_factura(factura_id, quien)
    factura.exigir_viva()
    exigir_que_no_sea_final(factura)
    renglones = _renglones(factura, datos.get("detalles"))
    total = sum((parte.total for _detalle, parte in renglones), ZERO)
    if total == 0:
        raise Conflict("nada_que_acreditar", "De la factura no queda nada que acreditar.")
    reparto = _reparto(factura, total, datos.get("de_aseguradora"))
    punto = punto_para(factura.centro_id, datos.get("punto_emision_id"), quien)
    bloquear_pagos(factura)
    dia = dia_en(factura.centro_id)
    secuencial, numero = tomar_numero(punto, TipoDocumento.NOTA_CREDITO)
    nota = NotaCredito(
        factura=factura,
        paciente_id=factura.paciente_id,
        centro_id=factura.centro_id,
        punto_emision_id=punto.id,
        secuencial=secuencial,
        numero=numero,
        fecha_emision=dia,
        motivo=datos["motivo"],
        subtotal=sum((parte.base for _detalle, parte in renglones), ZERO),
        iva=sum((parte.iva for _detalle, parte in renglones), ZERO),
        total=total,
        de_aseguradora=reparto.de_aseguradora,
        emitida_por=quien.actor,
        detalles=[_detalle_de_nota(detalle, parte) for detalle, parte in renglones],
    )
    db.session.add(nota)
    db.session.flush()
    _bajar_deuda(factura, nota, reparto, quien)
    _anotar_en_lineas(renglones)
    if cobro is not None and factura.estado == EstadoFactura.ANULADA:
        cobro.quedar_sin_factura()
    db.session.flush()
    anunciar_nota(nota, factura)
    bases = [(detalle, parte.base) for detalle, parte in renglones if parte.base > 0]
    de_medicos = honorarios.devolver(factura, bases, f"nota_credito/{nota.id}", dia)
    asentar([*_asientos(nota, factura, renglones, dia), *de_medicos], quien.actor)
    return nota


def notas(filtro: Mapping[str, Any], quien: Caller) -> Select[Any]:
    """Those that the caller may see, narrowed to what is asked."""
    iguales = {campo: valor for campo, valor in filtro.items() if campo not in ("fecha", "desde", "hasta")}
    consulta = db.select(NotaCredito).where(NotaCredito.visibles_para(quien)).filter_by(**iguales)
    if "fecha" in filtro:
        consulta = consulta.where(NotaCredito.fecha_emision == filtro["fecha"])
    if "desde" in filtro:
        consulta = consulta.where(NotaCredito.fecha_emision >= filtro["desde"])
    if "hasta" in filtro:
        consulta = consulta.where(NotaCredito.fecha_emision <= filtro["hasta"])
    return consulta.options(*NotaCredito.cargar())


def _renglones(factura: Factura, pedidas: Sequence[Mapping[str, Any]] | None) -> list[Renglon]:
    """Each line that is credited and what of it; without lines, all that is left of all."""
    if pedidas is None:
        restos = [(detalle, resto(detalle)) for detalle in factura.detalles]
        return [(detalle, parte) for detalle, parte in restos if parte.total > 0]
    suyos = {detalle.id: detalle for detalle in factura.detalles}
    renglones, errores = [], {}
    for lugar, pedida in enumerate(pedidas):
        detalle = suyos.pop(pedida["detalle_id"], None)
        if detalle is None:
            errores[lugar] = {"detalle_id": ["No es una línea de la factura, o está repetida."]}
        else:
            renglones.append((detalle, _parte(detalle, pedida)))
    if errores:
        raise Invalid({"detalles": errores})
    return renglones


def _parte(detalle: FacturaDetalle, pedida: Mapping[str, Any]) -> Parte:
    try:
        if "monto" in pedida:
            return por_monto(detalle, pedida["monto"])
        return por_cantidad(detalle, pedida["cantidad"])
    except ExcedeLinea:
        raise restricciones.conflict("ck_factura_detalle_acreditada") from None


def _reparto(factura: Factura, total: Decimal, pedido: Decimal | None) -> Reparto:
    antes = db.session.scalar(
        db.select(func.sum(NotaCredito.de_aseguradora)).where(NotaCredito.factura_id == factura.id)
    )
    suyo = factura.cubierto - (antes or ZERO)
    ajeno = factura.total - factura.acreditado - suyo
    de_aseguradora = credito.de_aseguradora(total, suyo, ajeno) if pedido is None else pedido
    if de_aseguradora > min(total, suyo) or total - de_aseguradora > ajeno:
        raise Invalid({"de_aseguradora": [f"Debe ser de {max(total - ajeno, ZERO)} a {min(total, suyo)}."]})
    return Reparto(de_aseguradora, total - de_aseguradora)


def _detalle_de_nota(detalle: FacturaDetalle, parte: Parte) -> NotaCreditoDetalle:
    return NotaCreditoDetalle(detalle=detalle, cantidad=parte.cantidad, base=parte.base, iva=parte.iva)


def _bajar_deuda(factura: Factura, nota: NotaCredito, reparto: Reparto, quien: Caller) -> None:
    """What each owes goes down by his part; what of that he had paid already comes free."""
    antes = factura.estado
    de_mas = {
        Pagador.ASEGURADORA: max(reparto.de_aseguradora - factura.saldo_aseguradora, ZERO),
        Pagador.PACIENTE: max(reparto.de_paciente - factura.saldo_paciente, ZERO),
    }
    for pagador, monto in de_mas.items():
        liberar(factura, monto, pagador, quien, nota_id=nota.id)
    factura.acreditado += nota.total
    factura.saldo_aseguradora -= reparto.de_aseguradora
    if factura.acreditado == factura.total:
        factura.estado = EstadoFactura.ANULADA
        factura.motivo_anulacion, factura.anulada_en = nota.motivo, now()
    factura.anotar_saldo()
    factura.repartir_cuotas()
    if factura.estado == EstadoFactura.ANULADA:
        quitar_cuotas(factura)
    elif factura.estado == EstadoFactura.PAGADA != antes:
        anunciar_pagada(factura)


def _anotar_en_lineas(renglones: Sequence[Renglon]) -> None:
    for detalle, parte in renglones:
        detalle.acreditada += parte.cantidad
        detalle.base_acreditada += parte.base
        detalle.iva_acreditado += parte.iva


def _asientos(nota: NotaCredito, factura: Factura, renglones: Sequence[Renglon], dia: date) -> Iterator[Anotacion]:
    """What is less in the ledger; a line counts no more once nothing is left of it."""
    for detalle, parte in renglones:
        de_quien: dict[str, Any] = {
            "doctor_id": detalle.doctor_id or 0,
            "tratamiento_id": detalle.tratamiento_id or 0,
            "aseguradora_id": factura.aseguradora_id or 0,
            "veces": -1 if resto(detalle).total == 0 else 0,
        }
        lugar = dia, nota.centro_id, f"nota_credito/{nota.id}"
        yield Anotacion(Cuenta.FACTURADO, -parte.base, *lugar, **de_quien)
        yield Anotacion(Cuenta.IVA, -parte.iva, *lugar, **de_quien)
