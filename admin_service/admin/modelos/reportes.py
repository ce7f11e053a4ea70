"""Figures of patients, counted by the database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, case, func, literal, null, select

from admin.dominio.edades import bandas
from admin.extensiones import db
from admin.modelos.catalogo import Entrada
from admin.modelos.paciente import Paciente
from comun.auth.caller import Caller
from comun.db import now
from comun.times import zone

# The calendar of the reports: the mainland's, which knows no daylight saving.
ZONA = zone("America/Guayaquil")
DESFASE_HORAS = -5

Grupo = dict[str, Any]


def reporte_pacientes(filtro: Mapping[str, Any], quien: Caller) -> dict[str, Any]:
    """Counts of the patients that the caller may see, grouped in the ways of ReportePacientes."""
    elegidos = _elegidos(filtro, quien)
    por_estado = _contar(Paciente.estado_paciente, elegidos)
    return {
        "total": sum(grupo["cantidad"] for grupo in por_estado),
        "por_estado": por_estado,
        "por_mes": _contar(_mes(), elegidos),
        "por_fuente": _con_nombre(Paciente.fuente_id, elegidos),
        "por_aseguradora": _con_nombre(Paciente.aseguradora_id, elegidos),
        "por_linea_negocio": _con_nombre(Paciente.linea_negocio_id, elegidos),
        "por_genero": _contar(Paciente.genero, elegidos),
        "por_edad": _contar(_banda_de_edad(), elegidos),
    }


def pacientes_nuevos(consulta: Mapping[str, Any]) -> int:
    """How many patients were created within these days, of all or of some home centres."""
    condiciones = [Paciente.vivos(), *_creados(consulta)]
    if "centros" in consulta:
        condiciones.append(Paciente.centro_id.in_(consulta["centros"]))
    return db.session.scalar(select(func.count(Paciente.id)).where(*condiciones)) or 0


def _elegidos(filtro: Mapping[str, Any], quien: Caller) -> list[ColumnElement[bool]]:
    condiciones = [Paciente.vivos(), Paciente.visibles_para(quien), *_creados(filtro)]
    if "centro_id" in filtro:
        condiciones.append(Paciente.centro_id == filtro["centro_id"])
    return condiciones


def _creados(filtro: Mapping[str, Any]) -> Iterator[ColumnElement[bool]]:
    if "desde" in filtro:
        yield Paciente.creado_en >= datetime.combine(filtro["desde"], time(), ZONA)
    if "hasta" in filtro:
        yield Paciente.creado_en < datetime.combine(filtro["hasta"] + timedelta(days=1), time(), ZONA)


def _contar(clave: SQLColumnExpression[Any], elegidos: list[ColumnElement[bool]]) -> list[Grupo]:
    interna = select(clave.label("clave")).where(*elegidos).subquery()
    filas = db.session.execute(
        select(interna.c.clave, func.count()).group_by(interna.c.clave).order_by(interna.c.clave)
    )
    return [{"clave": valor, "cantidad": cantidad} for valor, cantidad in filas]


def _con_nombre(columna: SQLColumnExpression[Any], elegidos: list[ColumnElement[bool]]) -> list[Grupo]:
    """Groups by an entry of a catalogue, biggest first."""
    grupos = _contar(columna, elegidos)
    ids = [grupo["clave"] for grupo in grupos]
    entradas = db.session.execute(select(Entrada.id, Entrada.nombre).where(Entrada.id.in_(ids)))
    nombres = {entrada_id: nombre for entrada_id, nombre in entradas}
    con_nombre = [{**grupo, "clave": nombres.get(grupo["clave"])} for grupo in grupos]
    return sorted(con_nombre, key=lambda grupo: -grupo["cantidad"])


def _mes() -> ColumnElement[Any]:
    """Year and month of creation, `2026-01`."""
    if db.session.get_bind().dialect.name == "postgresql":
        return func.to_char(func.timezone(ZONA.key, Paciente.creado_en), "YYYY-MM")
    return func.strftime("%Y-%m", Paciente.creado_en, f"{DESFASE_HORAS} hours")


def _banda_de_edad() -> ColumnElement[Any]:
    hoy = now().astimezone(ZONA).date()
    return case(
        (Paciente.fecha_nacimiento.is_(None), null()),
        *((Paciente.fecha_nacimiento <= nacidos_hasta, literal(nombre)) for nombre, nacidos_hasta in bandas(hoy)),
    )
