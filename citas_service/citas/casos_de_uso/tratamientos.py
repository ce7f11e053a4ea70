"""The treatments of an appointment: asked for, looked up in inventario_service, frozen, changed later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from citas.clientes.inventario import Tratamientos, inventario
from citas.dominio.estados import LIBERADAS, Estado
from citas.eventos.emitidos import anunciar
from citas.extensiones import db
from citas.modelos import Cita, CitaTratamiento
from citas.modelos.consultas import con_turno
from citas.modelos.referencias import recordar_tratamientos
from citas.modelos.reglas import agenda_vigente
from comun.db import release
from comun.errors import Conflict, Invalid
from comun.preconditions import check_version

Datos = Mapping[str, Any]


def con_tratamientos(datos: Datos) -> dict[str, Any]:
    """What is asked for, with the first treatment as the one whose policy holds. Invalid when one is there twice."""
    pedidos = [pedido["tratamiento_id"] for pedido in datos.get("tratamientos") or ()]
    if len(set(pedidos)) < len(pedidos):
        raise Invalid({"tratamientos": ["Hay un tratamiento repetido; diga su cantidad."]})
    if pedidos and datos.get("tratamiento_id") is None:
        return {**datos, "tratamiento_id": pedidos[0]}
    return dict(datos)


def pedidos_de(datos: Datos) -> list[tuple[int, Decimal]]:
    """(treatment, how often) of what is to be looked up, that of `tratamiento_id` first.

    An appointment that is moved (`lineas`) has what was agreed on already.
    """
    veces = {pedido["tratamiento_id"]: pedido["cantidad"] for pedido in datos.get("tratamientos") or ()}
    primero = datos.get("tratamiento_id")
    if primero is None or ("lineas" in datos and primero not in veces):
        return list(veces.items())
    return [(primero, veces.pop(primero, Decimal(1))), *veces.items()]


def todos_los_de(datos: Datos) -> list[tuple[int, Decimal]]:
    """(treatment, how often) of all that is to be done, also of what was agreed on before."""
    agregados = [(linea["tratamiento_id"], linea["cantidad"]) for linea in datos.get("lineas", ())]
    todos = [*pedidos_de(datos), *agregados]
    return sorted(todos, key=lambda uno: uno[0] != datos.get("tratamiento_id"))


def consultar_tratamientos(datos: Datos) -> Tratamientos:
    """Ask inventario_service once about what is asked for; not at all when nothing is.

    Invalid names those that do not exist; Conflict when one is inactive, Unavailable when the service is down.
    """
    ids = [tratamiento_id for tratamiento_id, _ in pedidos_de(datos)]
    if not ids:
        return {}
    fichas = inventario().tratamientos(ids)
    if ausentes := [uno for uno in ids if uno not in fichas]:
        en_lista = {pedido["tratamiento_id"] for pedido in datos.get("tratamientos") or ()}
        errores: dict[str, list[str]] = {}
        for uno in ausentes:
            campo = "tratamientos" if uno in en_lista else "tratamiento_id"
            errores.setdefault(campo, []).append(f"No existe el tratamiento {uno}.")
        raise Invalid(errores)
    for uno in ids:
        if not fichas[uno]["activo"]:
            raise Conflict(
                "tratamiento_inactivo", f"El tratamiento «{fichas[uno]['nombre']}» está inactivo y no se agenda."
            )
    return fichas


def nuevas_lineas(datos: Datos, fichas: Tratamientos) -> list[CitaTratamiento]:
    """The lines of a new appointment: as looked up, and those that it takes along."""
    return [
        *(CitaTratamiento(**_convenido(fichas[uno], veces)) for uno, veces in pedidos_de(datos)),
        *(CitaTratamiento(**linea) for linea in datos.get("lineas", ())),
    ]


def con_otro_tratamiento(cita: Cita, cambios: Datos) -> dict[str, Any]:
    """What one would ask for to move it for another treatment: that one in the place of the first."""
    tratamiento_id = cambios.get("tratamiento_id", cita.tratamiento_id)
    lineas = [linea.convenido() for linea in cita.lineas]
    if tratamiento_id == cita.tratamiento_id:
        return {"lineas": lineas}
    quedan = [linea for linea in lineas if linea["tratamiento_id"] != cita.tratamiento_id]
    demas = [linea["tratamiento_id"] for linea in quedan]
    if tratamiento_id is None:
        return {"lineas": quedan, "tratamiento_id": demas[0] if demas else None}
    if tratamiento_id in demas:
        return {"lineas": quedan}
    return {"lineas": quedan, "tratamientos": [{"tratamiento_id": tratamiento_id, "cantidad": Decimal(1)}]}


def agregar(cita: Cita, pedido: Datos) -> CitaTratamiento:
    """Add one, at today's price. Invalid when it does not exist; Conflict when it is inactive, not offered by the
    doctor or there already, or when the appointment is over; Unavailable when inventario_service is down.
    """
    _exigir_abierta(cita)
    release(db.session)
    fichas = consultar_tratamientos({"tratamientos": [pedido]})
    cita = con_turno(cita)
    _exigir_abierta(cita)
    recordar_tratamientos(fichas.values())
    tratamiento_id = pedido["tratamiento_id"]
    doctor = agenda_vigente().doctores.get(cita.doctor_id)
    if doctor is not None and not doctor.ofrece(tratamiento_id):
        raise Conflict("tratamiento_no_ofrecido", "El doctor no ofrece ese tratamiento.")
    linea = CitaTratamiento(cita=cita, **_convenido(fichas[tratamiento_id], pedido["cantidad"]))
    db.session.add(linea)
    if cita.tratamiento_id is None:
        _rige(cita, [linea])
    _anunciar_cambio(cita)
    return linea


def corregir(linea: CitaTratamiento, cambios: Datos) -> CitaTratamiento:
    """Another quantity. Conflict when the appointment is over."""
    check_version(linea)
    _exigir_abierta(linea.cita)
    if cambios.get("cantidad", linea.cantidad) != linea.cantidad:
        linea.cantidad = cambios["cantidad"]
        _anunciar_cambio(linea.cita)
    return linea


def quitar(linea: CitaTratamiento) -> None:
    """Take it off. Conflict when the appointment is over."""
    check_version(linea)
    cita = linea.cita
    _exigir_abierta(cita)
    linea.eliminar()
    if cita.tratamiento_id == linea.tratamiento_id:
        _rige(cita, cita.lineas)
    _anunciar_cambio(cita)


def _convenido(ficha: Mapping[str, Any], cantidad: Decimal) -> dict[str, Any]:
    return {
        "tratamiento_id": ficha["id"],
        "codigo": ficha["codigo"],
        "nombre": ficha["nombre"],
        "cantidad": cantidad,
        "precio_unitario": ficha["precio"],
        "tarifa_iva": ficha["tarifa_iva"],
        "duracion_minutos": ficha["duracion_minutos"],
    }


def _exigir_abierta(cita: Cita) -> None:
    """Once done or given up, what was agreed on stands."""
    cita.exigir_vivo()
    if cita.estado == Estado.COMPLETADA or cita.estado in LIBERADAS:
        raise Conflict("cita_cerrada", f"Los tratamientos de una cita {cita.estado} ya no cambian.")


def _rige(cita: Cita, lineas: Sequence[CitaTratamiento]) -> None:
    """The policy of the first of these holds from now on; that of a group session stays what it is."""
    if cita.sesion_id is None:
        cita.tratamiento_id = lineas[0].tratamiento_id if lineas else None


def _anunciar_cambio(cita: Cita) -> None:
    # Who else changes the appointment at this moment, or completes it, gets a conflict by its version.
    cita.touch()
    db.session.flush()
    anunciar(cita, "tratamientos_cambiados")
