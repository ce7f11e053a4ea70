"""Drafts of invoices: made by hand, edited, thrown away. What comes after is in emision.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from comun.auth.caller import Caller
from comun.errors import Conflict
from comun.preconditions import check_version
from facturacion.casos_de_uso.aplicaciones import bloquear_factura
from facturacion.casos_de_uso.cobros import bloquear_de_factura
from facturacion.casos_de_uso.comprador import comprador_de
from facturacion.casos_de_uso.lineas import poner_totales, preparar_lineas
from facturacion.casos_de_uso.personas import exigir_centro, exigir_doctor, exigir_paciente, tomar_paciente
from facturacion.casos_de_uso.referencias import vigente
from facturacion.eventos.emitidos import anunciar_creada
from facturacion.extensiones import db
from facturacion.modelos import Factura, FacturaDetalle, TipoLinea

_APARTE = frozenset({"detalles", "comprador"})
_DE_QUIEN = ("paciente_id", "centro_id")


def crear_factura(datos: Mapping[str, Any], quien: Caller) -> Factura:
    """Make a draft by hand. Raises Invalid, Forbidden; Unavailable when somebody has to be asked who is down."""
    centro_id = exigir_centro(datos["centro_id"], quien)
    paciente_id = exigir_paciente(datos["paciente_id"])
    doctor_id = datos.get("doctor_id")
    _exigir_doctores(doctor_id, datos["detalles"])
    filas = preparar_lineas(datos["detalles"])
    comprador = comprador_de(datos, paciente_id)
    factura = Factura(
        paciente_id=tomar_paciente(paciente_id),
        centro_id=centro_id,
        doctor_id=doctor_id,
        observaciones=datos.get("observaciones"),
        creada_por=quien.actor,
        detalles=_detalles(filas, datos["detalles"], doctor_id),
        cuotas=[],
        **comprador,
    )
    guardar_borrador(factura)
    anunciar_creada(factura)
    return factura


def guardar_borrador(factura: Factura) -> None:
    """Add a draft, or what was changed of one, with what its lines come to."""
    poner_totales(factura)
    factura.saldo = factura.total
    db.session.add(factura)
    db.session.flush()


def cambiar_factura(factura_id: int, cambios: Mapping[str, Any], quien: Caller) -> Factura:
    """Change what is given of a draft; lines are replaced as a whole.

    Raises as `crear_factura`; Conflict once it is issued, and for whose invoice of an appointment it is.
    """
    factura = Factura.obtener(factura_id, quien)
    _exigir_editable(factura, cambios)
    if "centro_id" in cambios:
        exigir_centro(cambios["centro_id"], quien)
    preparado = _preparar(factura, cambios)
    if "paciente_id" in preparado["campos"]:
        preparado["campos"]["paciente_id"] = tomar_paciente(preparado["campos"]["paciente_id"])
    factura = bloquear_factura(factura_id, quien)
    _exigir_editable(factura, cambios)
    anterior = factura.doctor_id
    for campo, valor in preparado["campos"].items():
        setattr(factura, campo, valor)
    if "filas" in preparado:
        _reponer_detalles(factura, preparado["filas"], cambios["detalles"])
    else:
        for detalle in factura.detalles:
            detalle.doctor_id = factura.doctor_id if detalle.doctor_id == anterior else detalle.doctor_id
    factura.touch()
    guardar_borrador(factura)
    return factura


def eliminar_factura(factura_id: int, quien: Caller) -> None:
    """Throw a draft away. Conflict once it is issued."""
    cobro = bloquear_de_factura(factura_id)
    factura = bloquear_factura(factura_id, quien)
    check_version(factura)
    factura.exigir_borrador()
    factura.eliminar()
    if cobro is not None:
        cobro.factura_id = cobro.cobrado = None
        cobro.quedar_sin_factura()


def _exigir_editable(factura: Factura, cambios: Mapping[str, Any]) -> None:
    check_version(factura)
    factura.exigir_borrador()
    de_quien = {campo: cambios[campo] for campo in _DE_QUIEN if campo in cambios}
    if "paciente_id" in de_quien:
        de_quien["paciente_id"] = vigente(de_quien["paciente_id"])
    otro = any(uno != getattr(factura, campo) for campo, uno in de_quien.items())
    if otro and factura.cita_id is not None:
        raise Conflict("factura_de_cita", "La factura de una cita es de su paciente y de su centro.")


def _preparar(factura: Factura, cambios: Mapping[str, Any]) -> dict[str, Any]:
    """What the changes mean, as far as others have to be asked: before anything is written."""
    campos = {campo: valor for campo, valor in cambios.items() if campo not in _APARTE}
    _exigir_doctores(cambios.get("doctor_id"), cambios.get("detalles", ()))
    preparado: dict[str, Any] = {"campos": campos}
    anterior = factura.paciente_id
    if "paciente_id" in cambios:
        campos["paciente_id"] = exigir_paciente(cambios["paciente_id"])
    if "detalles" in cambios:
        preparado["filas"] = preparar_lineas(cambios["detalles"])
    paciente_id = campos.get("paciente_id", anterior)
    if "comprador" in cambios or paciente_id != anterior:
        campos |= comprador_de(cambios, paciente_id)
    return preparado


def _exigir_doctores(doctor_id: int | None, pedidas: Iterable[Mapping[str, Any]]) -> None:
    suyos = {uno for pedida in pedidas if (uno := pedida.get("doctor_id")) is not None}
    for uno in sorted(suyos | ({doctor_id} if doctor_id is not None else set())):
        exigir_doctor(uno)


def _detalles(
    filas: Sequence[Mapping[str, Any]], pedidas: Sequence[Mapping[str, Any]], doctor_id: int | None
) -> list[FacturaDetalle]:
    return [
        FacturaDetalle(**fila, doctor_id=pedida.get("doctor_id", quien_gana(fila["tipo"], doctor_id)))
        for fila, pedida in zip(filas, pedidas, strict=True)
    ]


def quien_gana(tipo: str, doctor_id: int | None) -> int | None:
    """Whose fee a line is when it names nobody: the document's doctor; whoever sells something earns none."""
    return None if tipo == TipoLinea.PRODUCTO else doctor_id


def _reponer_detalles(
    factura: Factura, filas: Sequence[Mapping[str, Any]], pedidas: Sequence[Mapping[str, Any]]
) -> None:
    """The lines become these. What charges the same as a line of the appointment did, still is that line."""
    de_la_cita = [detalle for detalle in factura.detalles if detalle.cita_linea is not None]
    nuevos = _detalles(filas, pedidas, factura.doctor_id)
    for nuevo, pedida in zip(nuevos, pedidas, strict=True):
        igual = next((viejo for viejo in de_la_cita if _que_cobra(viejo) == _que_cobra(nuevo)), None)
        if igual is not None:
            nuevo.cita_linea = igual.cita_linea
            nuevo.doctor_id = pedida.get("doctor_id", igual.doctor_id)
            de_la_cita.remove(igual)
    factura.detalles = nuevos


def _que_cobra(detalle: FacturaDetalle) -> tuple[Any, ...]:
    catalogo = detalle.tratamiento_id, detalle.producto_id
    return (*catalogo, detalle.descripcion if catalogo == (None, None) else "")
