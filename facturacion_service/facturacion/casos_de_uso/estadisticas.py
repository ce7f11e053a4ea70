"""Statistics of the clinic and of a doctor: money from the ledger, appointments and patients from who keeps them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import partial
from typing import Any

from comun.auth.caller import Caller, Scope
from comun.db import release
from comun.errors import NotFound
from comun.money import ZERO, cents
from facturacion.casos_de_uso.financiero import cifras_de, cifras_por, nombrar
from facturacion.casos_de_uso.fuentes import Fuentes
from facturacion.casos_de_uso.periodos import alcance_de, rango_de
from facturacion.clientes.admin import admin
from facturacion.clientes.citas import citas
from facturacion.dominio.cifras import Cifras
from facturacion.extensiones import db
from facturacion.modelos import Cuenta, DoctorRef, Origen, TotalDia
from facturacion.modelos.reportes import Alcance, de_los_dias, facturas_emitidas, honorarios_de

# What is shown of each doctor and of each treatment: expenses are of none.
DE_UN_DOCTOR = ("facturado", "cobrado", "materiales", "honorarios", "margen")
DE_UN_TRATAMIENTO = ("facturado", "materiales", "honorarios", "margen")
# What only those are shown who may see the figures of the clinic.
_RESERVADAS = frozenset({"materiales", "margen"})
VER_REPORTES = "facturacion:reportes:leer"


def estadisticas_de_clinica(filtro: Mapping[str, Any], quien: Caller) -> dict[str, Any]:
    """The figures of the caller's centres, by doctor, treatment and means of payment, and what others count."""
    alcance = alcance_de(filtro, quien)
    de_estos = (alcance.desde, alcance.hasta, alcance.centros)
    fuentes = Fuentes(
        {"citas": partial(citas().resumen, *de_estos), "admin": partial(admin().pacientes_nuevos, *de_estos)}
    )
    propias = _de_clinica(alcance)
    release(db.session)
    dichas, estados = fuentes.respuestas()
    nuevos = dichas["admin"]
    return {
        "desde": alcance.desde,
        "hasta": alcance.hasta,
        **propias,
        "citas": dichas["citas"],
        "pacientes_nuevos": nuevos and nuevos["pacientes_nuevos"],
        "fuentes": estados,
    }


def estadisticas_de_doctor(doctor_id: int, filtro: Mapping[str, Any], quien: Caller) -> dict[str, Any]:
    """The figures of a doctor: all for whoever sees the whole network, to himself what his fees come of.

    NotFound when they are not the caller's to see.
    """
    suyas = quien.alcance is Scope.RED or (quien.alcance is Scope.MEDICO and quien.doctor_id == doctor_id)
    doctor = db.session.get(DoctorRef, doctor_id) if suyas else None
    if doctor is None:
        raise NotFound("No existe ese doctor, o no le corresponde ver sus cifras.")
    centro_id = filtro.get("centro_id")
    centros = None if centro_id is None else frozenset({centro_id})
    alcance = Alcance(*rango_de(filtro, quien), centros, doctor_id)
    fuentes = Fuentes({"citas": partial(citas().resumen, alcance.desde, alcance.hasta, centros, doctor_id)})
    ocultas = frozenset[str]() if quien.can(VER_REPORTES) else _RESERVADAS
    propias = {
        "doctor": doctor,
        **_figuras(cifras_de(alcance), DE_UN_DOCTOR, ocultas),
        **honorarios_de(alcance),
        "tratamientos": _por_tratamiento(alcance, ocultas),
    }
    release(db.session)
    dichas, estados = fuentes.respuestas()
    return {
        "desde": alcance.desde,
        "hasta": alcance.hasta,
        **propias,
        "citas": dichas["citas"],
        "fuentes": estados,
    }


def _de_clinica(alcance: Alcance) -> dict[str, Any]:
    por_doctor: dict[int, Cifras] = defaultdict(Cifras)
    medios: dict[str, dict[str, Any]] = {}
    total = Cifras()
    for fila in de_los_dias(alcance, TotalDia.doctor_id, TotalDia.medio_pago):
        for cifras in (total, por_doctor[fila.doctor_id]):
            cifras.sumar(fila.cuenta, fila.origen, fila.importe)
        _anotar_medio(medios, fila)
    facturas, subtotal = facturas_emitidas(alcance)
    return {
        "finanzas": total.como_dict(),
        "facturas": {"emitidas": facturas, "promedio": cents(subtotal / facturas) if facturas else None},
        "medios": sorted(medios.values(), key=lambda medio: (-medio["cobrado"], medio["medio_pago"])),
        "doctores": [{"doctor": uno, **_figuras(c, DE_UN_DOCTOR)} for uno, c in nombrar("doctor", por_doctor)],
        "tratamientos": _por_tratamiento(alcance),
    }


def _anotar_medio(medios: dict[str, dict[str, Any]], fila: Any) -> None:
    """What of it patients paid, or got back, by these means."""
    if fila.origen not in (Origen.PAGO, Origen.REEMBOLSO):
        return
    suyo = medios.setdefault(fila.medio_pago, {"medio_pago": fila.medio_pago, "cobrado": ZERO, "pagos": 0})
    suyo["cobrado"] += fila.importe if fila.cuenta == Cuenta.INGRESO else -fila.importe
    suyo["pagos"] += fila.veces if fila.origen == Origen.PAGO else 0


def _por_tratamiento(alcance: Alcance, ocultas: Collection[str] = ()) -> list[dict[str, Any]]:
    grupos = nombrar("tratamiento", cifras_por("tratamiento", alcance))
    return [{"tratamiento": uno, **_figuras(cifras, DE_UN_TRATAMIENTO, ocultas)} for uno, cifras in grupos]


def _figuras(cifras: Cifras, cuales: Iterable[str], ocultas: Collection[str] = ()) -> dict[str, Any]:
    return {figura: getattr(cifras, figura) for figura in cuales if figura not in ocultas}
