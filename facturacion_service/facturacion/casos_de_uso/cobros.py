"""A completed appointment becomes one draft of an invoice; reopened, the draft is withdrawn.

The news of an appointment only leaves a task (`facturacion.eventos.consumidos`); the worker asks admin_service for
the buyer and brings the draft to what was last told. Task and effect are one transaction, so it is done once. What
comes late has a lesser number than what was done (`CobroCita.ronda`), and nothing comes of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from flask import current_app

from comun.db import insert_if_absent, release
from comun.tasks import Effect, Task
from facturacion.casos_de_uso.libro import SISTEMA
from facturacion.casos_de_uso.lineas import Articulo, columnas, poner_totales
from facturacion.casos_de_uso.personas import conocer, noticia_de
from facturacion.casos_de_uso.referencias import vigente
from facturacion.clientes.admin import admin
from facturacion.dominio.calculo import LineaInvalida
from facturacion.dominio.comprador import comprador_de_ficha
from facturacion.eventos.emitidos import anunciar_creada
from facturacion.extensiones import db, pendientes
from facturacion.modelos import (
    CentroRef,
    CobroCita,
    DoctorRef,
    EstadoFactura,
    Factura,
    FacturaDetalle,
    PacienteRef,
    PorRevisar,
    TipoLinea,
)

TANDA = 100


class CentroDesconocido(Exception):
    """News of an appointment came before that of its centre: to be tried again."""


class PacienteCambiado(Exception):
    """The patient was merged into another one, or forgotten, while the buyer was asked for: to be tried again."""


@dataclass(frozen=True)
class Completada:
    """An appointment as it was completed, by the event of number `ronda`; `lineas` as `lineas_de` makes them."""

    cita_id: int
    ronda: int
    paciente_id: int
    doctor_id: int
    centro_id: int
    lineas: list[dict[str, Any]]


@dataclass(frozen=True)
class Reabierta:
    """It is not completed any more, by the event of number `ronda`."""

    cita_id: int
    ronda: int
    centro_id: int


@dataclass(frozen=True)
class Comprador:
    """Of whom the draft is, as of which news of him, and to whom it is made out."""

    paciente_id: int
    noticia: int | None
    columnas: Mapping[str, Any]


def encargar(suceso: Completada | Reabierta) -> None:
    """Have the worker act on it, in the current transaction, in place of what it was to do about that appointment."""
    pendientes.add(f"cita/{suceso.cita_id}", asdict(suceso))


def cobrar_pendientes() -> None:
    """Do all that is due, each in a transaction of its own."""
    while pendientes.run(_preparar, limit=TANDA) == TANDA:
        pass


def informe() -> Mapping[str, Any]:
    """For the readiness: how many appointments wait for the worker. What can't be done for now is among them."""
    return {"pendientes": pendientes.waiting()}


def _preparar(tarea: Task) -> Effect:
    if "lineas" not in tarea.data:
        return lambda: retirar(Reabierta(**tarea.data))
    completada = Completada(**tarea.data)
    comprador = preguntar_comprador(completada)
    return lambda: dejar_borrador(completada, comprador)


def preguntar_comprador(completada: Completada) -> Comprador:
    """As admin_service knows the patient now; ends the current transaction, which must not have written.

    Raises Unavailable when it is down, CentroDesconocido when it does not know the centre yet.
    """
    if not conocer(CentroRef, completada.centro_id):
        raise CentroDesconocido(f"centro {completada.centro_id}")
    conocer(DoctorRef, completada.doctor_id)
    conocer(PacienteRef, completada.paciente_id)
    paciente_id = vigente(completada.paciente_id)
    noticia = noticia_de(paciente_id)
    release(db.session)
    ficha = admin().fichas(paciente_id, None, None)["paciente"]
    return Comprador(paciente_id, noticia, comprador_de_ficha(ficha))


def dejar_borrador(completada: Completada, comprador: Comprador) -> None:
    """Bring the invoice of an appointment to what was told last, in the current transaction; nothing if it is there.

    One that was issued meanwhile stays, and is looked at by a person when it charges other things.
    """
    exigir_vigente(comprador)
    cobro = bloquear(completada.cita_id, completada.centro_id)
    if cobro.ronda >= completada.ronda:
        return
    cobro.ronda, cobro.completada, cobro.convenido = completada.ronda, True, asdict(completada)
    factura = factura_viva(completada.cita_id)
    if factura is not None and factura.estado != EstadoFactura.BORRADOR:
        igual = cobro.cobrado == completada.lineas
        cobro.pedir_revision(None if igual else PorRevisar.CAMBIADA)
        return
    if factura is not None:
        factura.eliminar()
        db.session.flush()
    try:
        redactar(cobro, completada, comprador)
    except LineaInvalida as error:
        cobro.factura_id = None
        cobro.pedir_revision(PorRevisar.NO_FACTURABLE, str(error))


def retirar(reabierta: Reabierta) -> None:
    """Withdraw the draft of an appointment that is not completed any more, in the current transaction.

    An invoice that was issued stays, and is looked at by a person.
    """
    cobro = bloquear(reabierta.cita_id, reabierta.centro_id)
    if cobro.ronda >= reabierta.ronda:
        return
    cobro.ronda, cobro.completada = reabierta.ronda, False
    factura = factura_viva(reabierta.cita_id)
    emitida = factura is not None and factura.estado != EstadoFactura.BORRADOR
    cobro.pedir_revision(PorRevisar.REABIERTA if emitida else None)
    if factura is not None and not emitida:
        factura.eliminar()
        cobro.factura_id = cobro.cobrado = None


def bloquear(cita_id: int, centro_id: int) -> CobroCita:
    """What was done about charging an appointment, locked; made when it is the first time."""
    tabla = CobroCita.__table__
    nueva = {"cita_id": cita_id, "centro_id": centro_id, "ronda": 0, "completada": False}
    insert_if_absent(db.session, tabla, nueva)
    de_la_cita = db.select(CobroCita).where(CobroCita.id == cita_id).with_for_update()
    return db.session.scalars(de_la_cita.execution_options(populate_existing=True)).one()


def bloquear_de_factura(factura_id: int) -> CobroCita | None:
    """What was done about charging the appointment of an invoice, locked; None when it is of none.

    Before the invoice is: the worker takes them in that order.
    """
    suyo = db.select(CobroCita).where(CobroCita.factura_id == factura_id)
    cobro: CobroCita | None = db.session.scalar(suyo.with_for_update().execution_options(populate_existing=True))
    return cobro


def factura_viva(cita_id: int) -> Factura | None:
    """The invoice of an appointment that was neither withdrawn nor annulled, locked."""
    suya = db.select(Factura).where(
        Factura.cita_id == cita_id, Factura.vivos(), Factura.estado != EstadoFactura.ANULADA
    )
    viva: Factura | None = db.session.scalar(suya.with_for_update().execution_options(populate_existing=True))
    return viva


def redactar(cobro: CobroCita, completada: Completada, comprador: Comprador) -> Factura:
    """Write the draft of an appointment that has no invoice. Raises LineaInvalida before it writes anything."""
    filas = [_fila(orden, linea) for orden, linea in enumerate(completada.lineas, 1)]
    factura = Factura(
        paciente_id=comprador.paciente_id,
        centro_id=completada.centro_id,
        doctor_id=completada.doctor_id,
        cita_id=completada.cita_id,
        creada_por=SISTEMA,
        **comprador.columnas,
    )
    factura.detalles = [FacturaDetalle(doctor_id=completada.doctor_id, **fila) for fila in filas]
    poner_totales(factura)
    factura.saldo = factura.total
    db.session.add(factura)
    db.session.flush()
    cobro.factura_id, cobro.cobrado = factura.id, completada.lineas
    cobro.pedir_revision(None)
    anunciar_creada(factura)
    return factura


def _fila(orden: int, linea: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a line at the price and rate that were agreed."""
    uno, tarifa = linea["tratamiento_id"], linea["tarifa_iva"]
    articulo = Articulo(
        TipoLinea.OTRO if uno is None else TipoLinea.TRATAMIENTO,
        uno,
        linea["codigo"],
        linea["descripcion"],
        Decimal(linea["precio_unitario"]),
        current_app.config["FACTURACION_TARIFA_EXTRAS"] if tarifa is None else Decimal(tarifa),
    )
    try:
        return {**columnas(orden, articulo, {"cantidad": linea["cantidad"]}), "cita_linea": linea["linea"]}
    except LineaInvalida as error:
        raise LineaInvalida(error.campo, f"«{articulo.nombre}»: {error}") from None


def exigir_vigente(comprador: Comprador) -> None:
    """Whose the draft is stays so until the end of the transaction: whoever merges or forgets him waits."""
    paciente_id = comprador.paciente_id
    noticia = noticia_de(paciente_id, hasta_el_fin=True)
    if noticia != comprador.noticia or vigente(paciente_id) != paciente_id:
        raise PacienteCambiado(f"paciente {paciente_id}")
