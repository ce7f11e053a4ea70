"""What statistics are made of: each part of the record tells its figures of some patients.

`aporte` declares a column. Its function takes the ids of patients' rows and the interval of moments, and tells
(patient, moment, value), in the order of the moments. The ids come with whose they are, for what is known only of
all that was merged into one record.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from historia_clinica.dominio.indices_dentales import indices
from historia_clinica.dominio.odontograma import Entrada, boca_en
from historia_clinica.dominio.ojos import Ojo
from historia_clinica.dominio.preguntas import Respuesta
from historia_clinica.extensiones import db
from historia_clinica.modelos import (
    Antecedentes,
    Diagnostico,
    EstadoSignos,
    ExamenOftalmologico,
    ExamenOjo,
    Hallazgo,
    Nota,
    SignosVitales,
)

Cifra = tuple[int, datetime, Any]
Contar = Callable[[Mapping[int, int], datetime, datetime], Iterable[Cifra]]


@dataclass(frozen=True)
class Aporte:
    """A column of the statistics.

    `perdura`: what was told holds until something else is, and also what was told before the interval counts; of
    others the last of the month counts. `son_codigos`: its values are lists of CIE-10 codes, of which all of the
    month count, as exactly as enough persons have them.
    """

    columna: str
    contar: Contar
    perdura: bool = False
    son_codigos: bool = False


_APORTES: dict[str, Aporte] = {}


def aporte(columna: str, *, perdura: bool = False, son_codigos: bool = False) -> Callable[[Contar], Contar]:
    """Declare what fills a column."""

    def declarar(contar: Contar) -> Contar:
        _APORTES[columna] = Aporte(columna, contar, perdura, son_codigos)
        return contar

    return declarar


def aportes() -> list[Aporte]:
    """All of them, in the order of their columns."""
    return [_APORTES[columna] for columna in sorted(_APORTES)]


def _de_signos(columna: str, redondear: Callable[[SignosVitales], Any]) -> None:
    @aporte(columna)
    def contar(pacientes: Mapping[int, int], desde: datetime, hasta: datetime) -> Iterable[Cifra]:
        consulta = (
            db.select(SignosVitales)
            .where(
                SignosVitales.paciente_id.in_(pacientes),
                SignosVitales.tomado_en >= desde,
                SignosVitales.tomado_en < hasta,
                SignosVitales.estado == EstadoSignos.VALIDO,
                SignosVitales.vivos(),
            )
            .order_by(SignosVitales.tomado_en, SignosVitales.id)
        )
        for signos in db.session.scalars(consulta):
            if (valor := redondear(signos)) is not None:
                yield signos.paciente_id, signos.tomado_en, valor


# Rounded: an exact figure could be known from elsewhere.
_de_signos("imc", lambda signos: None if signos.imc is None else round(signos.imc))
_de_signos(
    "presion_sistolica_mmhg",
    lambda signos: None if signos.presion_sistolica_mmhg is None else signos.presion_sistolica_mmhg // 10 * 10,
)


def _de_antecedentes(columna: str, parte: str, codigo: str) -> None:
    @aporte(columna, perdura=True)
    def contar(pacientes: Mapping[int, int], _desde: datetime, hasta: datetime) -> Iterable[Cifra]:
        for paciente_id, momento, contenido in _versiones(pacientes, hasta):
            dada = contenido[parte].get(codigo, {})
            yield paciente_id, momento, dada.get("respuesta", Respuesta.NO_PREGUNTADO.value)


_de_antecedentes("diabetes", "antecedentes", "diabetes")
_de_antecedentes("hipertension", "antecedentes", "hipertension")
_de_antecedentes("tabaco", "habitos", "tabaco")


@aporte("condiciones_cie10", perdura=True, son_codigos=True)
def _condiciones(pacientes: Mapping[int, int], _desde: datetime, hasta: datetime) -> Iterable[Cifra]:
    for paciente_id, momento, contenido in _versiones(pacientes, hasta):
        activas = [una for una in contenido["condiciones"] if una.get("activa", True)]
        yield paciente_id, momento, [una["codigo_cie10"] for una in activas if una.get("codigo_cie10")]


def _versiones(pacientes: Mapping[int, int], hasta: datetime) -> Iterable[tuple[int, datetime, Any]]:
    consulta = db.select(Antecedentes.paciente_id, Antecedentes.creado_en, Antecedentes.contenido).where(
        Antecedentes.paciente_id.in_(pacientes), Antecedentes.creado_en < hasta, Antecedentes.vivos()
    )
    for fila in db.session.execute(consulta.order_by(Antecedentes.id)):
        yield fila.paciente_id, fila.creado_en, fila.contenido


@aporte("diagnosticos_cie10", son_codigos=True)
def _diagnosticos(pacientes: Mapping[int, int], desde: datetime, hasta: datetime) -> Iterable[Cifra]:
    """Of signed notes."""
    consulta = (
        db.select(Nota.paciente_id, Nota.momento, Diagnostico.codigo_cie10)
        .join(Diagnostico, Diagnostico.nota_id == Nota.id)
        .where(
            Nota.paciente_id.in_(pacientes),
            Nota.momento >= desde,
            Nota.momento < hasta,
            Nota.firmada_en.is_not(None),
        )
        .order_by(Nota.momento, Nota.id, Diagnostico.orden)
    )
    for fila in db.session.execute(consulta):
        yield fila.paciente_id, fila.momento, [fila.codigo_cie10]


def _de_presion_ocular(columna: str, ojo: Ojo) -> None:
    @aporte(columna)
    def contar(pacientes: Mapping[int, int], desde: datetime, hasta: datetime) -> Iterable[Cifra]:
        consulta = (
            db.select(ExamenOftalmologico.paciente_id, ExamenOftalmologico.momento, ExamenOjo.presion_mmhg)
            .join(ExamenOjo, ExamenOjo.examen_id == ExamenOftalmologico.id)
            .where(
                ExamenOftalmologico.paciente_id.in_(pacientes),
                ExamenOftalmologico.momento >= desde,
                ExamenOftalmologico.momento < hasta,
                ExamenOftalmologico.firmado_en.is_not(None),
                ExamenOjo.ojo == ojo,
                ExamenOjo.presion_mmhg.is_not(None),
            )
            .order_by(ExamenOftalmologico.momento, ExamenOftalmologico.id)
        )
        for fila in db.session.execute(consulta):
            yield fila.paciente_id, fila.momento, round(fila.presion_mmhg)


_de_presion_ocular("presion_ocular_od_mmhg", Ojo.OD)
_de_presion_ocular("presion_ocular_oi_mmhg", Ojo.OI)


def _de_la_boca(columna: str) -> None:
    @aporte(columna, perdura=True)
    def contar(pacientes: Mapping[int, int], _desde: datetime, hasta: datetime) -> Iterable[Cifra]:
        consulta = db.select(Hallazgo).where(
            Hallazgo.paciente_id.in_(pacientes),
            Hallazgo.ocurrido_en < hasta,
            Hallazgo.anulado_en.is_(None),
            Hallazgo.vivos(),
        )
        bocas: dict[int, list[Entrada]] = defaultdict(list)
        for hallazgo in db.session.scalars(consulta.order_by(Hallazgo.ocurrido_en, Hallazgo.id)):
            bocas[pacientes[hallazgo.paciente_id]].append(hallazgo.entrada())
        for persona, entradas in bocas.items():
            for momento in sorted({entrada.momento for entrada in entradas}):
                yield persona, momento, indices(boca_en(entradas, momento)).documento()[columna]["total"]


_de_la_boca("cpo_d")
_de_la_boca("ceo_d")
