"""Quotes: what something would cost a patient, and the invoice that is made of one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import Select

from comun.auth.caller import Caller
from comun.errors import Conflict, Invalid, NotFound
from comun.preconditions import check_version
from facturacion.casos_de_uso.comprador import comprador_de
from facturacion.casos_de_uso.dias import dia_en
from facturacion.casos_de_uso.facturas import guardar_borrador, quien_gana
from facturacion.casos_de_uso.lineas import poner_totales, preparar_lineas
from facturacion.casos_de_uso.personas import exigir_centro, exigir_doctor, exigir_paciente, tomar_paciente
from facturacion.eventos.emitidos import anunciar_creada
from facturacion.extensiones import db
from facturacion.modelos import (
    Cotizacion,
    CotizacionDetalle,
    EstadoCotizacion,
    EstadoFactura,
    Factura,
    FacturaDetalle,
)
from facturacion.modelos.comunes import Linea

# By hand: `facturada` comes with its invoice.
_SIGUIENTES = {
    EstadoCotizacion.BORRADOR: (EstadoCotizacion.ENVIADA, EstadoCotizacion.ACEPTADA, EstadoCotizacion.RECHAZADA),
    EstadoCotizacion.ENVIADA: (EstadoCotizacion.BORRADOR, EstadoCotizacion.ACEPTADA, EstadoCotizacion.RECHAZADA),
    EstadoCotizacion.ACEPTADA: (EstadoCotizacion.BORRADOR, EstadoCotizacion.RECHAZADA),
    EstadoCotizacion.RECHAZADA: (EstadoCotizacion.BORRADOR,),
}
_QUE_OBLIGA = (EstadoCotizacion.ENVIADA, EstadoCotizacion.ACEPTADA)
_DE_LA_LINEA = tuple(columna for columna in Linea.__annotations__)


def cotizaciones(filtro: Mapping[str, Any], quien: Caller) -> Select[Any]:
    """Those that the caller may see, narrowed to what is asked; `vigente_el` to those that hold on that day."""
    iguales = [getattr(Cotizacion, campo) == valor for campo, valor in filtro.items() if campo != "vigente_el"]
    consulta = db.select(Cotizacion).where(Cotizacion.visibles_para(quien), *iguales)
    return consulta.where(Cotizacion.valida_hasta >= filtro["vigente_el"]) if "vigente_el" in filtro else consulta


def crear_cotizacion(datos: Mapping[str, Any], quien: Caller) -> Cotizacion:
    """Make a quote. Raises Invalid, Forbidden; Unavailable when somebody has to be asked who is down."""
    centro_id = exigir_centro(datos["centro_id"], quien)
    paciente_id = exigir_paciente(datos["paciente_id"])
    if (doctor_id := datos.get("doctor_id")) is not None:
        exigir_doctor(doctor_id)
    filas = preparar_lineas(datos["detalles"])
    cotizacion = Cotizacion(
        paciente_id=tomar_paciente(paciente_id),
        centro_id=centro_id,
        doctor_id=doctor_id,
        valida_hasta=_validez(centro_id, datos.get("valida_hasta")),
        observaciones=datos.get("observaciones"),
        creada_por=quien.actor,
        detalles=[CotizacionDetalle(**fila) for fila in filas],
    )
    poner_totales(cotizacion)
    db.session.add(cotizacion)
    return cotizacion


def cambiar_cotizacion(cotizacion_id: int, cambios: Mapping[str, Any], quien: Caller) -> Cotizacion:
    """Change what is given of one that was not sent yet; lines are replaced as a whole. Raises as when it is made."""
    cotizacion = Cotizacion.obtener(cotizacion_id, quien)
    _exigir_editable(cotizacion)
    campos = {campo: valor for campo, valor in cambios.items() if campo != "detalles"}
    if "centro_id" in campos:
        exigir_centro(campos["centro_id"], quien)
    if "paciente_id" in campos:
        campos["paciente_id"] = exigir_paciente(campos["paciente_id"])
    if campos.get("doctor_id") is not None:
        exigir_doctor(campos["doctor_id"])
    filas = preparar_lineas(cambios["detalles"]) if "detalles" in cambios else None
    if "paciente_id" in campos:
        campos["paciente_id"] = tomar_paciente(campos["paciente_id"])
    cotizacion = bloquear(cotizacion_id, quien)
    _exigir_editable(cotizacion)
    if "valida_hasta" in campos:
        _validez(campos.get("centro_id", cotizacion.centro_id), campos["valida_hasta"])
    for campo, valor in campos.items():
        setattr(cotizacion, campo, valor)
    if filas is not None:
        cotizacion.detalles = [CotizacionDetalle(**fila) for fila in filas]
        poner_totales(cotizacion)
    cotizacion.touch()
    return cotizacion


def eliminar_cotizacion(cotizacion_id: int, quien: Caller) -> None:
    """Throw one away. Conflict once an invoice was made of it."""
    cotizacion = bloquear(cotizacion_id, quien)
    check_version(cotizacion)
    if cotizacion.estado == EstadoCotizacion.FACTURADA:
        raise Conflict("cotizacion_facturada", "De la cotización se hizo una factura: no se elimina.")
    cotizacion.eliminar()


def poner_estado(cotizacion_id: int, estado: EstadoCotizacion, motivo: str | None, quien: Caller) -> Cotizacion:
    """Sent, accepted, refused, or back to be edited.

    Raises Conflict `transicion_ilegal`; `cotizacion_sin_lineas`, `cotizacion_vencida` for what is sent or accepted.
    """
    cotizacion = bloquear(cotizacion_id, quien)
    check_version(cotizacion)
    if estado not in _SIGUIENTES.get(EstadoCotizacion(cotizacion.estado), ()):
        raise Conflict("transicion_ilegal", f"Una cotización {cotizacion.estado} no puede pasar a {estado}.")
    if estado in _QUE_OBLIGA:
        _exigir_vigente(cotizacion)
    cotizacion.estado, cotizacion.motivo = estado, motivo
    return cotizacion


def facturar_cotizacion(cotizacion_id: int, quien: Caller) -> Factura:
    """Make a draft of an invoice of it, at the prices that were quoted, once; again when that was thrown away.

    What was accepted in time holds. Raises Conflict `cotizacion_facturada`, `cotizacion_rechazada`,
    `cotizacion_vencida`, `cotizacion_sin_lineas`, `cotizacion_cambiada` (it is another patient's meanwhile);
    Unavailable when admin_service is down.
    """
    cotizacion = Cotizacion.obtener(cotizacion_id, quien)
    _exigir_facturable(cotizacion)
    paciente_id = cotizacion.paciente_id
    comprador = comprador_de({}, paciente_id)
    paciente_id = tomar_paciente(paciente_id)
    cotizacion = bloquear(cotizacion_id, quien)
    if cotizacion.paciente_id != paciente_id:
        raise Conflict("cotizacion_cambiada", "La cotización cambió mientras tanto: véala de nuevo.")
    _exigir_facturable(cotizacion)
    factura = Factura(
        paciente_id=cotizacion.paciente_id,
        centro_id=cotizacion.centro_id,
        doctor_id=cotizacion.doctor_id,
        cotizacion_id=cotizacion.id,
        observaciones=cotizacion.observaciones,
        creada_por=quien.actor,
        detalles=[
            FacturaDetalle(
                doctor_id=quien_gana(linea.tipo, cotizacion.doctor_id),
                **{campo: getattr(linea, campo) for campo in _DE_LA_LINEA},
            )
            for linea in cotizacion.detalles
        ],
        cuotas=[],
        **comprador,
    )
    cotizacion.estado = EstadoCotizacion.FACTURADA
    guardar_borrador(factura)
    anunciar_creada(factura)
    return factura


def bloquear(cotizacion_id: int, quien: Caller) -> Cotizacion:
    """The quote as it is now, locked until the transaction ends. NotFound when the caller may not see it."""
    suya = Cotizacion.id == cotizacion_id, Cotizacion.vivos(), Cotizacion.visibles_para(quien)
    consulta = db.select(Cotizacion).where(*suya).options(*Cotizacion.cargar())
    cotizacion = db.session.scalar(consulta.with_for_update(of=Cotizacion).execution_options(populate_existing=True))
    if cotizacion is None:
        raise NotFound(Cotizacion.AUSENTE)
    return cotizacion


def _validez(centro_id: int, hasta: date | None) -> date:
    hoy = dia_en(centro_id)
    if hasta is None:
        return hoy + timedelta(days=current_app.config["FACTURACION_COTIZACION_DIAS"])
    if hasta < hoy:
        raise Invalid({"valida_hasta": ["Ya pasó ese día."]})
    return hasta


def _exigir_editable(cotizacion: Cotizacion) -> None:
    check_version(cotizacion)
    cotizacion.exigir_abierta()


def _exigir_vigente(cotizacion: Cotizacion) -> None:
    if not cotizacion.detalles:
        raise Conflict("cotizacion_sin_lineas", "La cotización no tiene líneas.")
    if dia_en(cotizacion.centro_id) > cotizacion.valida_hasta:
        raise Conflict("cotizacion_vencida", f"La cotización valía hasta el {cotizacion.valida_hasta:%d/%m/%Y}.")


def _exigir_facturable(cotizacion: Cotizacion) -> None:
    match cotizacion.estado:
        case EstadoCotizacion.RECHAZADA:
            raise Conflict("cotizacion_rechazada", "El paciente rechazó la cotización.")
        case EstadoCotizacion.FACTURADA:
            _exigir_sin_factura(cotizacion.id)
        case EstadoCotizacion.ACEPTADA:
            pass
        case _:
            _exigir_vigente(cotizacion)


def _exigir_sin_factura(cotizacion_id: int) -> None:
    viva = db.select(Factura.id).where(
        Factura.cotizacion_id == cotizacion_id, Factura.vivos(), Factura.estado != EstadoFactura.ANULADA
    )
    if (factura_id := db.session.scalar(viva)) is not None:
        raise Conflict("cotizacion_facturada", f"De la cotización ya se hizo la factura {factura_id}.")
