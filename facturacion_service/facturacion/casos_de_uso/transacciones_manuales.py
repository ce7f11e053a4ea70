"""What is written into the cash desk by hand: made, corrected, completed, annulled, taken away."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from comun.auth.caller import Caller
from comun.errors import Invalid, NotFound
from comun.preconditions import check_version
from facturacion.casos_de_uso.dias import dia_en
from facturacion.casos_de_uso.lugares import centro_de, momento_en
from facturacion.casos_de_uso.personas import exigir_doctor, exigir_paciente, tomar_paciente
from facturacion.casos_de_uso.transacciones import anotar_transaccion, caja_para, reasentar, retener_caja
from facturacion.dominio.medios import Medio
from facturacion.extensiones import db
from facturacion.modelos import EstadoTransaccion, Origen, TipoTransaccion, Transaccion

_COMPLETADO, _ANULADO = EstadoTransaccion.COMPLETADO, EstadoTransaccion.ANULADO


def registrar(datos: Mapping[str, Any], quien: Caller) -> Transaccion:
    """Write a transaction, completed unless it says pending."""
    centro_id = centro_de(datos.get("centro_id"), quien)
    personas = _personas(datos)
    estado = EstadoTransaccion(datos["estado"])
    momento = momento_en(centro_id, datos.get("fecha_transaccion"), "fecha_transaccion")
    _exigir_pasado(centro_id, momento, estado)
    hecha = anotar_transaccion(
        TipoTransaccion(datos["tipo_transaccion"]),
        Origen.MANUAL,
        None,
        centro_id=centro_id,
        monto=datos["monto"],
        medio=Medio(datos["medio_pago"]),
        concepto=datos["concepto"],
        quien=quien,
        comentario=datos.get("comentario"),
        momento=momento,
        estado=estado,
        doctor_id=personas.get("doctor_id"),
        paciente_id=personas.get("paciente_id"),
    )
    return _con_nombres(hecha)


def editar(transaccion_id: int, cambios: Mapping[str, Any], quien: Caller) -> Transaccion:
    """Correct a transaction; what was completed is corrected in the ledger, on the days it was and is on.

    Raises Conflict `transaccion_de_origen`, `transicion_ilegal`, `caja_cerrada`, `sin_caja_abierta`.
    """
    Transaccion.obtener(transaccion_id, quien)
    personas = _personas(cambios)
    transaccion = _propia(transaccion_id, quien)
    retener_caja(transaccion)
    transaccion.exigir_vigente()
    campos = ("tipo_transaccion", "monto", "medio_pago", "concepto", "comentario")
    for campo, valor in {**{c: cambios[c] for c in campos if c in cambios}, **personas}.items():
        setattr(transaccion, campo, valor)
    if (momento := cambios.get("fecha_transaccion")) is not None:
        transaccion.fecha_transaccion = momento_en(transaccion.centro_id, momento, "fecha_transaccion")
        transaccion.dia = dia_en(transaccion.centro_id, transaccion.fecha_transaccion)
    estado = cambios.get("estado", transaccion.estado)
    return _asentada(transaccion, None if estado == transaccion.estado else estado, cambios.get("motivo"), quien)


def cambiar_estado(transaccion_id: int, estado: str, motivo: str | None, quien: Caller) -> Transaccion:
    """Complete or annul a transaction. Raises as `editar`; Invalid for an annulment without a reason."""
    transaccion = _propia(transaccion_id, quien)
    retener_caja(transaccion)
    return _asentada(transaccion, estado, motivo, quien)


def eliminar(transaccion_id: int, quien: Caller) -> None:
    """Take a transaction away, and its amount out of the ledger. Raises as `editar`."""
    transaccion = _propia(transaccion_id, quien)
    retener_caja(transaccion)
    transaccion.eliminar()
    reasentar(transaccion, quien.actor)


def _propia(transaccion_id: int, quien: Caller) -> Transaccion:
    """Locked: what the ledger says of it is read and replaced by one at a time."""
    suya = db.select(Transaccion).where(
        Transaccion.id == transaccion_id, Transaccion.vivos(), Transaccion.visibles_para(quien)
    )
    transaccion: Transaccion | None = db.session.scalar(
        suya.with_for_update(key_share=True).execution_options(populate_existing=True)
    )
    if transaccion is None:
        raise NotFound(Transaccion.AUSENTE)
    check_version(transaccion)
    transaccion.exigir_manual()
    return transaccion


def _asentada(transaccion: Transaccion, nuevo: str | None, motivo: str | None, quien: Caller) -> Transaccion:
    """Bring it to a new state, into a till when it needs one, and into the ledger as it is now."""
    if nuevo is not None:
        _pasar(transaccion, nuevo, motivo)
    if transaccion.estado == _COMPLETADO:
        _exigir_pasado(transaccion.centro_id, transaccion.fecha_transaccion, _COMPLETADO)
        if transaccion.caja_id is None and (nuevo is not None or transaccion.en_efectivo):
            transaccion.caja_id = caja_para(transaccion.centro_id, Medio(transaccion.medio_pago), quien)
    reasentar(transaccion, quien.actor)
    return _con_nombres(transaccion)


def _pasar(transaccion: Transaccion, nuevo: str, motivo: str | None) -> None:
    if nuevo == _ANULADO and motivo is None:
        raise Invalid({"motivo": ["Diga por qué se anula."]})
    if nuevo == _ANULADO:
        transaccion.anular(motivo or "")
    else:
        transaccion.pasar(EstadoTransaccion(nuevo))


def _personas(datos: Mapping[str, Any]) -> dict[str, int | None]:
    """Doctor and patient, as far as they are given; who does not exist is refused. The patient is held."""
    personas: dict[str, int | None] = {}
    for campo, exigir in (("doctor_id", exigir_doctor), ("paciente_id", exigir_paciente)):
        if campo in datos:
            uno = datos[campo]
            personas[campo] = uno if uno is None else exigir(uno)
    if (paciente_id := personas.get("paciente_id")) is not None:
        personas["paciente_id"] = tomar_paciente(paciente_id)
    return personas


def _exigir_pasado(centro_id: int, momento: datetime, estado: EstadoTransaccion) -> None:
    if estado == _COMPLETADO and dia_en(centro_id, momento) > dia_en(centro_id):
        raise Invalid({"fecha_transaccion": ["Lo que aún no ocurre queda pendiente."]})


def _con_nombres(transaccion: Transaccion) -> Transaccion:
    db.session.flush()
    db.session.refresh(transaccion, ["doctor", "paciente"])
    return transaccion
