"""The financial report: what was invoiced, taken in and spent, and what remains. All of it from the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from comun.auth.caller import Caller
from facturacion.casos_de_uso.periodos import alcance_de
from facturacion.dominio.cifras import FIGURAS_DE_LINEAS, Cifras
from facturacion.extensiones import db
from facturacion.modelos import AseguradoraRef, Asiento, CentroRef, DoctorRef, TotalDia, TratamientoRef
from facturacion.modelos.reportes import Alcance, Grupo, de_los_dias, del_libro

# By what totals of days are grouped; months are added up of their days.
_DE_DIAS: dict[str, Grupo] = {
    "dia": TotalDia.dia,
    "mes": TotalDia.dia,
    "centro": TotalDia.centro_id,
    "doctor": TotalDia.doctor_id,
}
_DE_LINEAS: dict[str, Grupo] = {
    "tratamiento": Asiento.tratamiento_id,
    "aseguradora": Asiento.aseguradora_id,
}
_DE_QUIEN = {
    "centro": CentroRef,
    "doctor": DoctorRef,
    "tratamiento": TratamientoRef,
    "aseguradora": AseguradoraRef,
}


def reporte_financiero(filtro: Mapping[str, Any], quien: Caller) -> dict[str, Any]:
    """The figures that the caller may see, in total and by day, month, centre, doctor, treatment or insurer.

    By treatment and by insurer without those that are of no line of an invoice: what was paid, expenses.
    """
    alcance = alcance_de(filtro, quien)
    agrupar = filtro["agrupar"]
    grupos = cifras_por(agrupar, alcance)
    return {
        "desde": alcance.desde,
        "hasta": alcance.hasta,
        "agrupar": agrupar,
        "totales": cifras_de(alcance).como_dict(),
        "filas": [{agrupar: grupo, **_mostrar(agrupar, cifras)} for grupo, cifras in nombrar(agrupar, grupos)],
    }


def cifras_de(alcance: Alcance) -> Cifras:
    """All of it in one."""
    return _reunir((None, *fila[:3]) for fila in de_los_dias(alcance)).get(None, Cifras())


def cifras_por(agrupar: str, alcance: Alcance) -> dict[Any, Cifras]:
    """Group → its figures; 0: of no centre, doctor, treatment, insurer."""
    if agrupar in _DE_LINEAS:
        return _reunir((*fila[:2], "", fila.importe) for fila in del_libro(alcance, _DE_LINEAS[agrupar]))
    grupos = _reunir(fila[:4] for fila in de_los_dias(alcance, _DE_DIAS[agrupar]))
    return _por_mes(grupos) if agrupar == "mes" else grupos


def nombrar(agrupar: str, grupos: Mapping[Any, Cifras]) -> list[tuple[Any, Cifras]]:
    """The groups as they are shown: days and months in their order, others by what was invoiced."""
    if agrupar in ("dia", "mes"):
        return sorted(grupos.items())
    nombres = nombres_de(agrupar, grupos)
    en_orden = sorted(grupos.items(), key=lambda grupo: (-grupo[1].facturado, grupo[0]))
    return [(nombres[uno], cifras) for uno, cifras in en_orden]


def nombres_de(que: str, ids: Collection[int]) -> dict[int, dict[str, Any] | None]:
    """What centres, doctors, treatments or insurers are called: without a name who was never heard of; 0 is None."""
    modelo = _DE_QUIEN[que]
    conocidos = {uno.id: uno for uno in db.session.scalars(db.select(modelo).where(modelo.id.in_(ids)))}
    return {uno: {"id": uno, "nombre": _nombre(conocidos.get(uno))} if uno else None for uno in ids}


def _nombre(ref: Any) -> str | None:
    if isinstance(ref, DoctorRef):
        return f"{ref.nombres} {ref.apellidos}"
    return ref.nombre if ref is not None else None


def _reunir(filas: Iterable[Any]) -> dict[Any, Cifras]:
    grupos: dict[Any, Cifras] = defaultdict(Cifras)
    for grupo, cuenta, origen, importe in filas:
        grupos[grupo].sumar(cuenta, origen, importe)
    return dict(grupos)


def _por_mes(dias: Mapping[date, Cifras]) -> dict[str, Cifras]:
    meses: dict[str, Cifras] = defaultdict(Cifras)
    for dia, cifras in dias.items():
        meses[f"{dia:%Y-%m}"] += cifras
    return dict(meses)


def _mostrar(agrupar: str, cifras: Cifras) -> dict[str, Any]:
    todas = cifras.como_dict()
    if agrupar not in _DE_LINEAS:
        return todas
    return {figura: valor if figura in FIGURAS_DE_LINEAS else None for figura, valor in todas.items()}
