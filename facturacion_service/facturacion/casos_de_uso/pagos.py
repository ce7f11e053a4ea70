"""Payments of invoices and deposits, and what is made of a deposit later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, text

from comun.auth.caller import Caller
from comun.db import now
from comun.errors import Conflict, Forbidden, Invalid
from comun.money import ZERO
from facturacion.casos_de_uso.aplicaciones import aplicar, bloquear_factura, bloquear_facturas, bloquear_pago
from facturacion.casos_de_uso.dias import dia_en
from facturacion.casos_de_uso.personas import exigir_centro, exigir_paciente, tomar_paciente
from facturacion.casos_de_uso.transacciones import anotar_transaccion, caja_para
from facturacion.dominio.medios import Medio
from facturacion.eventos.emitidos_pagos import anunciar_pago
from facturacion.extensiones import db
from facturacion.modelos import Aplicacion, Factura, Origen, Pagador, Pago, TipoTransaccion

Datos = Mapping[str, Any]
Parte = tuple[Factura, Decimal]


def pagar(factura_id: int, datos: Datos, quien: Caller) -> Pago:
    """Take a payment for one invoice.

    Raises NotFound; Conflict: `transicion_ilegal` (a draft, or taken back), `sin_aseguradora`, `sin_caja_abierta`;
    the database `excede_saldo`.
    """
    factura = bloquear_factura(factura_id, quien)
    exigir_cobro(factura.centro_id, quien)
    aseguradora_id = None
    if datos["pagador"] == Pagador.ASEGURADORA and (aseguradora_id := factura.aseguradora_id) is None:
        raise Conflict("sin_aseguradora", "Ninguna aseguradora cubre la factura.")
    pago = _nuevo(factura.paciente_id, factura.centro_id, datos, aseguradora_id)
    return _registrar(pago, [(factura, datos["monto"])], quien)


def registrar(datos: Datos, quien: Caller) -> Pago:
    """Take a payment for several invoices of a patient; what goes to none of them stays as a deposit.

    Raises as `pagar`; Invalid names invoices by their place, from 0.
    """
    centro_id = exigir_centro(datos["centro_id"], quien)
    paciente_id = tomar_paciente(exigir_paciente(datos["paciente_id"]))
    pedidas = datos.get("facturas") or []
    facturas = bloquear_facturas([pedida["factura_id"] for pedida in pedidas], quien)
    partes = _leer_partes(pedidas, facturas, paciente_id, datos["monto"])
    aseguradora_id = None
    if datos["pagador"] == Pagador.ASEGURADORA:
        aseguradora_id = _aseguradora([factura for factura, _monto in partes])
    return _registrar(_nuevo(paciente_id, centro_id, datos, aseguradora_id), partes, quien)


def aplicar_disponible(pago_id: int, datos: Datos, quien: Caller) -> Pago:
    """What is left of a payment pays another invoice of the same patient.

    Raises NotFound, Invalid (no such invoice of his); Conflict `transicion_ilegal`, `otra_aseguradora`; the database
    `excede_saldo`, `excede_disponible`.
    """
    factura = bloquear_facturas([datos["factura_id"]], quien).get(datos["factura_id"])
    pago = bloquear_pago(pago_id, quien)
    exigir_cobro(pago.centro_id, quien)
    if factura is None or factura.paciente_id != pago.paciente_id:
        raise Invalid({"factura_id": ["No es una factura del paciente."]})
    factura.exigir_viva()
    if pago.pagador == Pagador.ASEGURADORA and pago.aseguradora_id != factura.aseguradora_id:
        raise Conflict("otra_aseguradora", "El pago es de una aseguradora que no cubre esa factura.")
    aplicar(pago, factura, datos["monto"], quien)
    db.session.flush()
    return pago


def exigir_cobro(centro_id: int, quien: Caller) -> None:
    """Forbidden for whom sees something of a centre, as a patient his own, but doesn't act there."""
    if not quien.acts_in(centro_id):
        raise Forbidden("centro_ajeno", "No actúa en ese centro.")


def buscar(filtro: Datos, quien: Caller) -> Select[Any]:
    """The payments that the caller may see and the filter asks for."""
    consulta = db.select(Pago).where(Pago.visibles_para(quien)).options(*Pago.cargar())
    iguales = ("paciente_id", "centro_id", "medio_pago", "pagador", "caja_id")
    consulta = consulta.filter_by(**{campo: filtro[campo] for campo in iguales if campo in filtro})
    if "desde" in filtro:
        consulta = consulta.where(Pago.dia >= filtro["desde"])
    if "hasta" in filtro:
        consulta = consulta.where(Pago.dia <= filtro["hasta"])
    if "con_disponible" in filtro:
        # Spelled out, as the index over what is left has it.
        consulta = consulta.where(text(f"pago.disponible {'>' if filtro['con_disponible'] else '='} 0"))
    return consulta


def de_factura(factura_id: int, quien: Caller) -> Select[Any]:
    """The payments of which something went to an invoice. Raises NotFound."""
    factura = Factura.obtener(factura_id, quien)
    suyos = db.select(Aplicacion.pago_id).where(Aplicacion.factura_id == factura.id)
    return db.select(Pago).where(Pago.id.in_(suyos), Pago.visibles_para(quien)).options(*Pago.cargar())


def _leer_partes(
    pedidas: Sequence[Datos], facturas: Mapping[int, Factura], paciente_id: int, monto: Decimal
) -> list[Parte]:
    errores: dict[int, Any] = {}
    vistas: set[int] = set()
    for lugar, pedida in enumerate(pedidas):
        factura = facturas.get(pedida["factura_id"])
        if factura is None or factura.paciente_id != paciente_id:
            errores[lugar] = {"factura_id": ["No es una factura del paciente."]}
        elif factura.id in vistas:
            errores[lugar] = {"factura_id": ["Está dos veces."]}
        vistas.add(pedida["factura_id"])
    if errores:
        raise Invalid({"facturas": errores})
    if sum(pedida["monto"] for pedida in pedidas) > monto:
        raise Invalid({"monto": ["Es menos que lo que se reparte entre las facturas."]})
    return [(facturas[pedida["factura_id"]], pedida["monto"]) for pedida in pedidas]


def _aseguradora(facturas: Sequence[Factura]) -> int:
    """The insurer of all these invoices."""
    suyas = {factura.aseguradora_id for factura in facturas}
    aseguradora_id = suyas.pop() if len(suyas) == 1 else None
    if aseguradora_id is None:
        raise Conflict("sin_aseguradora", "No hay una aseguradora que cubra todas las facturas.")
    return aseguradora_id


def _nuevo(paciente_id: int, centro_id: int, datos: Datos, aseguradora_id: int | None) -> Pago:
    momento = now()
    return Pago(
        paciente_id=paciente_id,
        centro_id=centro_id,
        pagador=datos["pagador"],
        aseguradora_id=aseguradora_id,
        medio_pago=datos["medio_pago"],
        monto=datos["monto"],
        aplicado=ZERO,
        devuelto=ZERO,
        disponible=datos["monto"],
        referencia=datos.get("referencia"),
        comentario=datos.get("comentario"),
        momento=momento,
        dia=dia_en(centro_id, momento),
        aplicaciones=[],
        reembolsos=[],
    )


def _registrar(pago: Pago, partes: Sequence[Parte], quien: Caller) -> Pago:
    for factura, _monto in partes:
        factura.exigir_viva()
    medio = Medio(pago.medio_pago)
    pago.caja_id = caja_para(pago.centro_id, medio, quien)
    pago.registrado_por = quien.actor
    db.session.add(pago)
    with db.session.no_autoflush:
        for factura, monto in partes:
            aplicar(pago, factura, monto, quien)
    db.session.flush()
    anunciar_pago(pago)
    doctores = {factura.doctor_id for factura, _monto in partes}
    anotar_transaccion(
        TipoTransaccion.INGRESO,
        Origen.PAGO,
        f"pago/{pago.id}",
        centro_id=pago.centro_id,
        monto=pago.monto,
        medio=medio,
        concepto=_concepto(partes),
        quien=quien,
        doctor_id=doctores.pop() if len(doctores) == 1 else None,
        paciente_id=pago.paciente_id,
        comentario=pago.comentario,
        de=pago,
    )
    return pago


def _concepto(partes: Sequence[Parte]) -> str:
    if not partes:
        return "Anticipo"
    if len(partes) == 1:
        return f"Pago de la factura {partes[0][0].numero}"
    return f"Pago de {len(partes)} facturas"
