"""Anonymised export: a row for each month in which a patient was attended, of which nobody can tell whose it is.

Rows carry no name, id or pseudonym: two rows of one patient can't be put together. First all attentions are counted,
then rows are told as exactly as `dominio.estadisticas` lets them, those of each batch in random order. Each batch is
a transaction of its own: whoever reads slowly holds no connection.
"""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from secrets import SystemRandom
from typing import Any

import orjson

from comun import audit
from comun.db import release
from comun.times import zone
from historia_clinica.casos_de_uso.aportes import Aporte, aportes
from historia_clinica.dominio.estadisticas import Codigos, Cuasi, Grupos, cuasi_de
from historia_clinica.dominio.zona import ZONA
from historia_clinica.extensiones import db
from historia_clinica.modelos import CitaRef, DatosPersonales, PacienteRef

POR_VEZ = 500
# Months are those of the country, wherever the centre.
CUASI = ("periodo", "edad", "sexo")
_AZAR = SystemRandom()


@dataclass(frozen=True)
class Atencion:
    """A month in which somebody was attended; `formas`: how it may be told, ever less exactly."""

    persona: int
    mes: str
    formas: tuple[Cuasi, Cuasi, Cuasi]


class Exportacion:
    """The attentions of [desde, hasta] (dates of the country), counted when it is made. `suprimidas`: left out."""

    def __init__(self, desde: date, hasta: date) -> None:
        self.desde = datetime.combine(desde, time(), zone(ZONA))
        self.hasta = datetime.combine(hasta + timedelta(days=1), time(), zone(ZONA))
        self.aportes = aportes()
        self.columnas = (*CUASI, *(uno.columna for uno in self.aportes))
        self.suprimidas = 0
        self._grupos, self._codigos = Grupos(), {uno.columna: Codigos() for uno in self.aportes if uno.son_codigos}
        self._contar()

    def filas(self) -> Iterator[dict[str, Any]]:
        """The rows, in no order."""
        for atenciones, cifras in self._tandas(self.aportes):
            _AZAR.shuffle(atenciones)
            for atencion in atenciones:
                if (dicho := self._grupos.como(atencion.formas)) is not None:
                    yield {**dicho.__dict__, **self._valores(atencion, cifras)}

    def _contar(self) -> None:
        veces: Counter[tuple[Cuasi, ...]] = Counter()
        for atenciones, cifras in self._tandas([uno for uno in self.aportes if uno.son_codigos]):
            for atencion in atenciones:
                self._grupos.anotar(atencion.persona, atencion.formas)
                for columna, codigos in self._codigos.items():
                    for codigo in cifras.de(columna, atencion):
                        codigos.anotar(atencion.persona, codigo)
            veces.update(atencion.formas for atencion in atenciones)
        self._grupos.cerrar()
        for codigos in self._codigos.values():
            codigos.cerrar()
        self.suprimidas = sum(n for formas, n in veces.items() if self._grupos.como(formas) is None)

    def _valores(self, atencion: Atencion, cifras: Cifras) -> dict[str, Any]:
        valores = {uno.columna: cifras.de(uno.columna, atencion) for uno in self.aportes}
        for columna, codigos in self._codigos.items():
            valores[columna] = sorted({codigos.como(codigo) for codigo in valores[columna]})
        return valores

    def _tandas(self, de: Sequence[Aporte]) -> Iterator[tuple[list[Atencion], Cifras]]:
        ultimo = 0
        while True:
            personas = db.session.scalars(
                db.select(PacienteRef.id)
                .where(PacienteRef.id > ultimo, PacienteRef.fusionado_en_id.is_(None))
                .order_by(PacienteRef.id)
                .limit(POR_VEZ)
            ).all()
            if personas:
                suyos = _suyos(personas)
                yield self._atenciones(suyos), Cifras.leer(de, suyos, self.desde, self.hasta)
                ultimo = personas[-1]
            db.session.expunge_all()
            release(db.session)
            if len(personas) < POR_VEZ:
                return

    def _atenciones(self, suyos: Mapping[int, int]) -> list[Atencion]:
        consulta = db.select(CitaRef.paciente_id, CitaRef.fecha_hora).where(
            CitaRef.paciente_id.in_(suyos),
            CitaRef.estado == "completada",
            CitaRef.fecha_hora >= self.desde,
            CitaRef.fecha_hora < self.hasta,
        )
        dias = {
            (suyos[fila.paciente_id], _mes(fila.fecha_hora)): _dia(fila.fecha_hora)
            for fila in db.session.execute(consulta.order_by(CitaRef.fecha_hora, CitaRef.id))
        }
        datos = {
            fila.paciente_id: fila
            for fila in db.session.scalars(
                db.select(DatosPersonales).where(DatosPersonales.paciente_id.in_({persona for persona, _ in dias}))
            )
        }
        atenciones = []
        for (persona, mes), dia in dias.items():
            suya = datos.get(persona)
            formas = cuasi_de(dia, suya and suya.fecha_nacimiento, suya and suya.genero)
            atenciones.append(Atencion(persona, mes, formas))
        return atenciones


class Cifras:
    """The figures of some persons, by column and person: (month, value), the earliest first."""

    def __init__(self, de: Sequence[Aporte]) -> None:
        self._aportes = {uno.columna: uno for uno in de}
        self._dichas: dict[tuple[str, int], list[tuple[str, Any]]] = defaultdict(list)

    @classmethod
    def leer(cls, de: Sequence[Aporte], suyos: Mapping[int, int], desde: datetime, hasta: datetime) -> Cifras:
        """Ask each for the rows of these (id → person)."""
        cifras = cls(de)
        for uno in de:
            for paciente_id, momento, valor in uno.contar(suyos, desde, hasta):
                cifras._dichas[uno.columna, suyos[paciente_id]].append((_mes(momento), valor))
        return cifras

    def de(self, columna: str, atencion: Atencion) -> Any:
        """What a column tells of that month: a value, None without any; of codes, all of them."""
        aporte, dichas = self._aportes[columna], self._dichas.get((columna, atencion.persona), ())
        if aporte.perdura:
            valores = [valor for mes, valor in dichas if mes <= atencion.mes][-1:]
        else:
            valores = [valor for mes, valor in dichas if mes == atencion.mes]
        if aporte.son_codigos:
            return [codigo for codigos in valores for codigo in codigos]
        return valores[-1] if valores else None


def _suyos(personas: Sequence[int]) -> dict[int, int]:
    """The ids of these patients' rows, with whose they are: own, and of those merged into them."""
    absorbidos = db.session.execute(
        db.select(PacienteRef.id, PacienteRef.fusionado_en_id).where(PacienteRef.fusionado_en_id.in_(personas))
    )
    return {**{persona: persona for persona in personas}, **{fila.id: fila.fusionado_en_id for fila in absorbidos}}


def _dia(momento: datetime) -> date:
    return momento.astimezone(zone(ZONA)).date()


def _mes(momento: datetime) -> str:
    return f"{_dia(momento):%Y-%m}"


def exportar(desde: date, hasta: date) -> Exportacion:
    """Count the attentions of the interval, and leave in the audit that they were exported. Commits."""
    exportacion = Exportacion(desde, hasta)
    audit.record("estadisticas", None, {"desde": str(desde), "hasta": str(hasta)}, accion="historia:estadisticas")
    db.session.commit()
    return exportacion


def como_csv(exportacion: Exportacion) -> Iterator[str]:
    """The lines of a CSV file; several codes in one cell are separated by spaces."""
    yield _linea(exportacion.columnas)
    for fila in exportacion.filas():
        yield _linea([_celda(fila[columna]) for columna in exportacion.columnas])


def como_jsonl(exportacion: Exportacion) -> Iterator[str]:
    """A JSON object per line."""
    for fila in exportacion.filas():
        yield orjson.dumps(fila, option=orjson.OPT_APPEND_NEWLINE).decode()


def _celda(valor: Any) -> Any:
    return " ".join(valor) if isinstance(valor, list) else "" if valor is None else valor


def _linea(celdas: Iterable[Any]) -> str:
    texto = io.StringIO(newline="")
    csv.writer(texto).writerow(celdas)
    return texto.getvalue()
