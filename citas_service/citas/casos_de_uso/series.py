"""Recurring series: booked, changed and cancelled as one, or what can be had of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from citas.casos_de_uso.acomodar import Condiciones, acomodar, condiciones_de, exigir_plazo, recursos_posibles
from citas.casos_de_uso.agendar import anotar_alta, consultar, instante, nueva_cita, puede_agendar
from citas.casos_de_uso.tratamientos import con_tratamientos
from citas.dominio.recurrencia import ReglaInvalida, normalizar, primeras
from citas.eventos.emitidos import anunciar
from citas.extensiones import db, restricciones
from citas.modelos import Cita, Serie
from citas.modelos.guardas import esperar_turno
from comun.auth.caller import Caller
from comun.errors import Conflict, Invalid, Problem, as_problem
from comun.preconditions import check_version
from comun.times import zone

CITAS_MAXIMAS = 104
ANOS_MAXIMOS = 10


@dataclass
class Fecha:
    """One date of a series: what was had of it, or what spoke against it. `cita_id`: what was there before.

    A time that the clock does not show once stays a reading, without offset.
    """

    fecha_hora: datetime
    cita_id: int | None = None
    cita: Cita | None = None
    problema: Problem | None = None

    @property
    def disponible(self) -> bool:
        return self.problema is None

    @property
    def codigo(self) -> str | None:
        return self.problema.codigo if self.problema else None

    @property
    def motivo(self) -> str | None:
        return _motivo(self.problema) if self.problema else None


@dataclass
class Resultado:
    """What became of each date."""

    serie: Serie
    fechas: Sequence[Fecha]

    @property
    def omitidas(self) -> list[Fecha]:
        return [fecha for fecha in self.fechas if not fecha.disponible]

    @property
    def citas(self) -> Sequence[Cita]:
        """Those that were booked or changed, with all that is shown of them."""
        ids = [fecha.cita.id for fecha in self.fechas if fecha.cita is not None]
        consulta = db.select(Cita).where(Cita.id.in_(ids)).options(*Cita.cargar()).order_by(Cita.inicio, Cita.id)
        return db.session.scalars(consulta).all()

    @property
    def disponibles(self) -> int:
        return len(self.fechas) - self.conflictos

    @property
    def conflictos(self) -> int:
        return len(self.omitidas)

    def exigir(self, *, omitir: bool) -> None:
        """Conflict unless all could be had; with `omitir` unless one of them could."""
        if not self.omitidas or (omitir and self.disponibles):
            return
        errores: dict[str, list[str]] = {}
        for fecha in self.omitidas:
            errores.setdefault(fecha.fecha_hora.isoformat(), []).append(f"{fecha.codigo}: {fecha.motivo}")
        detalle = f"{self.conflictos} de {len(self.fechas)} citas de la serie no se pueden agendar."
        raise Conflict("serie_con_conflictos", detalle, errores=errores)


def agendar_serie(datos: Mapping[str, Any], quien: Caller, *, simular: bool) -> Resultado:
    """Book an appointment at each date of the rule: all of them, or with `omitir_conflictos` those that can be had.

    Raises as booking does for what concerns all; Conflict `serie_con_conflictos` names the dates that can't be had.
    With `simular` nothing is written and no date is a reason to raise.
    """
    datos = con_tratamientos(datos)
    puede_agendar(datos, quien)
    condiciones = condiciones_de(datos, quien)
    inicio, quienes = consultar(datos)
    zona_horaria = quienes.centro["zona_horaria"]
    primera = inicio.astimezone(zone(zona_horaria)).replace(tzinfo=None, microsecond=0)
    regla, lecturas = _fechas(datos["rrule"], primera, zona_horaria)
    serie = Serie(
        **{campo: datos[campo] for campo in ("paciente_id", "doctor_id", "centro_id")},
        primera=primera,
        zona_horaria=zona_horaria,
        rrule=regla,
        motivo_consulta=datos.get("motivo_consulta"),
        registrado_por=quien.nombre_usuario or quien.sujeto,
    )
    fechas = [Fecha(inicio.astimezone(zone(zona_horaria))), *(_fecha(lectura, zona_horaria) for lectura in lecturas)]
    nuevas = {
        lugar: nueva_cita(datos, fecha.fecha_hora, quienes, quien)
        for lugar, fecha in enumerate(fechas)
        if fecha.disponible
    }
    esperar_turno(db.session, [r for cita in nuevas.values() for r in recursos_posibles(cita)])
    db.session.add(serie)
    db.session.flush()
    for lugar, cita in nuevas.items():
        cita.serie_id = serie.id
        intentar(fechas[lugar], _acomodando(cita, condiciones))
    return concluir(
        Resultado(serie, fechas),
        lambda cita: anotar_alta(cita, quien, None),
        simular=simular,
        omitir=datos["omitir_conflictos"],
    )


def cancelar_serie(serie: Serie, motivo: str | None, desde_cita_id: int | None, quien: Caller) -> int:
    """Cancel the pending ones that lie ahead, all or from one on; how many.

    Conflict when there is none, or when it is too late for a patient to cancel one of them.
    """
    check_version(serie)
    citas = serie.por_delante(desde_cita_id, quien)
    exigir_alguna(citas)
    for cita in citas:
        exigir_plazo(cita, quien)
        cita.cancelar(quien, motivo)
        anunciar(cita, "cancelada", motivo)
    serie.touch()
    return len(citas)


def exigir_alguna(citas: Sequence[Cita]) -> None:
    """Conflict when nothing of the series lies ahead."""
    if not citas:
        raise Conflict("serie_sin_citas", "La serie no tiene citas pendientes por delante.")


def intentar(fecha: Fecha, paso: Callable[[], Cita]) -> None:
    """Do it in a savepoint; what speaks against it is remembered and undone."""
    fecha.cita = fecha.problema = None
    try:
        with db.session.begin_nested():
            fecha.cita = paso()
    except (Conflict, db.exc.IntegrityError) as error:
        fecha.problema = as_problem(error, restricciones)


def concluir(resultado: Resultado, por_cada_una: Callable[[Cita], None], *, simular: bool, omitir: bool) -> Resultado:
    """Keep what was done and do what goes with it, or undo it all. Conflict when it is not what was asked for."""
    if simular:
        db.session.rollback()
        return resultado
    resultado.exigir(omitir=omitir)
    for fecha in resultado.fechas:
        if fecha.cita is not None:
            por_cada_una(fecha.cita)
    return resultado


def en_el_reloj(lectura: datetime, zona_horaria: str) -> tuple[datetime, Problem | None]:
    """The instant of a reading, or the reading itself and why it is none."""
    try:
        return instante(lectura, zona_horaria), None
    except Invalid as error:
        return lectura, error


def _acomodando(cita: Cita, condiciones: Condiciones) -> Callable[[], Cita]:
    def paso() -> Cita:
        acomodar(cita, condiciones)
        return cita

    return paso


def _fecha(lectura: datetime, zona_horaria: str) -> Fecha:
    fecha_hora, problema = en_el_reloj(lectura, zona_horaria)
    return Fecha(fecha_hora, problema=problema)


def _fechas(rrule: str, primera: datetime, zona_horaria: str) -> tuple[str, Iterable[datetime]]:
    """The rule as it is kept, and the readings that follow the first. Invalid when they make no series."""
    try:
        regla = normalizar(rrule, primera, zone(zona_horaria))
    except ReglaInvalida as error:
        raise Invalid({"rrule": [str(error)]}) from None
    if "COUNT=" not in regla and "UNTIL=" not in regla:
        raise Invalid({"rrule": ["La serie debe terminar: agregue COUNT o UNTIL."]})
    lecturas = primeras(regla, primera, CITAS_MAXIMAS + 1)
    if len(lecturas) > CITAS_MAXIMAS:
        raise Invalid({"rrule": [f"Una serie tiene hasta {CITAS_MAXIMAS} citas."]})
    if lecturas[0] != primera:
        raise Invalid({"fecha_hora": [f"La regla no pasa por esa fecha; empezaría {lecturas[0].isoformat()}."]})
    if lecturas[-1].date() > _dentro_de(primera.date()):
        raise Invalid({"rrule": [f"Una serie dura hasta {ANOS_MAXIMOS} años."]})
    return regla, lecturas[1:]


def _dentro_de(dia: date) -> date:
    # One that begins on 29 February may end on the first of March.
    bisiesto = (dia.month, dia.day) == (2, 29)
    return date(dia.year + ANOS_MAXIMOS, 3, 1) if bisiesto else dia.replace(year=dia.year + ANOS_MAXIMOS)


def _motivo(problema: Problem) -> str:
    """What a person is told of it: of a field's error, its own sentence."""
    for mensajes in problema.errores.values():
        return str(mensajes[0])
    return problema.detail
