"""Free slots, and whether one precise wish can be had: a constant number of statements, whatever is asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, Integer, cast, extract, literal_column

from citas.casos_de_uso.acomodar import Condiciones
from citas.casos_de_uso.agendar import consultar, puede_agendar
from citas.casos_de_uso.apartar import nuevo_apartado
from citas.casos_de_uso.tratamientos import con_tratamientos, todos_los_de
from citas.dominio.agenda import Agenda
from citas.dominio.reloj import Intervalo, empieza, fecha_local, minuto, minuto_final, momento, termina
from citas.dominio.turnos import Busqueda, Ocupado, Sesion, Turno, salas_posibles, turnos
from citas.extensiones import db, restricciones
from citas.modelos import Ocupacion
from citas.modelos import Sesion as SesionGuardada
from citas.modelos.recursos import Recurso, TipoRecurso
from citas.modelos.reglas import ZONA, agenda_vigente
from comun.auth.caller import Caller, Scope
from comun.db import now
from comun.errors import Conflict, Invalid, Problem, as_problem
from comun.fields import fold
from comun.times import zone

DIAS_POR_DEFECTO = 7
DIAS_MAXIMOS = 62
# Doctors at centres, times days: about a second of work.
PUESTOS_DIA_MAXIMOS = 10_000
ALTERNATIVAS = 5
# The longest appointment, and the most that is tidied up after it.
MARGEN = timedelta(hours=12 + 4)

_tabla = Ocupacion.__table__.c


def buscar(filtro: Mapping[str, Any], quien: Caller) -> dict[str, Any]:
    """Free slots for a doctor, a specialty, a treatment or a centre, on the days of each centre's calendar.

    A patient is offered only what is free for themselves too. Invalid when too much is asked for at once.
    """
    agenda = agenda_vigente()
    puestos = _puestos(agenda, filtro)
    zona = agenda.centros[puestos[0][1]].zona if puestos else zone(ZONA)
    desde, hasta = _dias(filtro, zona)
    if len(puestos) * ((hasta - desde).days + 1) > PUESTOS_DIA_MAXIMOS:
        raise Invalid({"hasta": ["Son demasiados turnos a la vez; acote fechas, centro o especialidad."]})
    if quien.alcance is Scope.PACIENTE and "duracion_minutos" in filtro:
        raise Invalid({"duracion_minutos": ["La fija la clínica."]})
    busqueda = Busqueda(
        puestos, desde, hasta, filtro.get("tratamiento_id"), filtro.get("duracion_minutos"), filtro.get("sala_id")
    )
    paciente_id = quien.paciente_id if quien.alcance is Scope.PACIENTE else filtro.get("paciente_id")
    ocupado = leer_ocupado(agenda, busqueda, paciente_id, filtro.get("asistente_id"))
    libres = turnos(agenda, busqueda, ocupado, minuto(now()))
    return {
        "desde": desde.isoformat(),
        "hasta": hasta.isoformat(),
        "datos": [mostrar(turno, agenda.centros[turno.centro_id].zona) for turno in libres],
    }


def verificar(datos: Mapping[str, Any], quien: Caller) -> dict[str, Any]:
    """Whether this could be booked now; if not why, and what is free nearby.

    It is tried as booking would do it, and undone. Raises as booking does for what does not make sense.
    """
    if quien.alcance is Scope.PACIENTE:
        datos = {"paciente_id": quien.paciente_id, **datos}
        puede_agendar(datos, quien)
    datos = con_tratamientos(datos)
    try:
        inicio, quienes = consultar(datos)
    except Conflict as error:
        return _no(error, [])
    quienes.recordar()
    intento = db.session.begin_nested()
    try:
        nuevo_apartado(datos, inicio, quienes.centro["zona_horaria"], Condiciones(quien))
    except (Conflict, db.exc.IntegrityError) as error:
        problema = as_problem(error, restricciones)
    else:
        return {"disponible": True, "codigo": None, "motivo": None, "alternativas": []}
    finally:
        intento.rollback()
    return _no(problema, _alternativas(datos, inicio))


def leer_ocupado(
    agenda: Agenda, busqueda: Busqueda, paciente_id: int | None = None, asistente_id: int | None = None
) -> Ocupado:
    """What is taken of all that the search is about: one statement, one more when group sessions are possible."""
    doctores = sorted({doctor_id for doctor_id, _ in busqueda.puestos})
    if not doctores:
        return Ocupado()
    desde, hasta = empieza(busqueda.desde) - MARGEN, termina(busqueda.hasta) + MARGEN
    buscados = [Recurso(TipoRecurso.DOCTOR, doctor_id) for doctor_id in doctores]
    buscados += [Recurso(TipoRecurso.SALA, sala_id) for sala_id in salas_posibles(agenda, busqueda)]
    if paciente_id is not None:
        buscados.append(Recurso(TipoRecurso.PACIENTE, paciente_id))
    if asistente_id is not None:
        buscados.append(Recurso(TipoRecurso.ASISTENTE, asistente_id))
    tomado: dict[str, dict[int, list[Intervalo]]] = defaultdict(lambda: defaultdict(list))
    consulta = (
        # As numbers: what is taken is always on whole minutes, and thousands of dates cost more than all the rest.
        db.select(_tabla.tipo, _tabla.recurso_id, _minuto(_tabla.inicio), _minuto(_tabla.fin))
        .where(Ocupacion.de(buscados), Ocupacion.entre(desde, hasta))
        .order_by(_tabla.inicio)
    )
    for tipo, recurso_id, inicio, fin in db.session.execute(consulta):
        tomado[tipo][recurso_id].append((inicio, fin))
    return Ocupado(
        doctores=tomado[TipoRecurso.DOCTOR],
        salas=tomado[TipoRecurso.SALA],
        asistente=tomado[TipoRecurso.ASISTENTE].get(asistente_id or 0, []),
        paciente=tomado[TipoRecurso.PACIENTE].get(paciente_id or 0, []),
        sesiones=_sesiones(agenda, busqueda, doctores, desde, hasta),
    )


def _sesiones(
    agenda: Agenda, busqueda: Busqueda, doctores: Sequence[int], desde: datetime, hasta: datetime
) -> Mapping[int, Sequence[Sesion]]:
    de_grupo = any(agenda.politica(centro, busqueda.tratamiento_id).capacidad > 1 for _, centro in busqueda.puestos)
    if not de_grupo:
        return {}
    consulta = db.select(SesionGuardada).where(
        SesionGuardada.doctor_id.in_(doctores),
        SesionGuardada.inicio >= desde,
        SesionGuardada.inicio < hasta,
        SesionGuardada.ocupados > 0,
        SesionGuardada.ocupados < SesionGuardada.capacidad,
    )
    sesiones: dict[int, list[Sesion]] = defaultdict(list)
    for fila in db.session.scalars(consulta):
        sesiones[fila.doctor_id].append(
            Sesion(
                fila.centro_id,
                minuto(fila.inicio),
                minuto_final(fila.fin),
                fila.tratamiento_id,
                fila.capacidad - fila.ocupados,
                fila.sala_id,
            )
        )
    return sesiones


def _minuto(columna: ColumnElement[datetime]) -> ColumnElement[Any]:
    return cast(extract("epoch", columna), BigInteger) // literal_column("60", Integer())


def mostrar(turno: Turno, zona: ZoneInfo) -> dict[str, Any]:
    """A slot with the names that a booking takes, on the centre's clock."""
    return {
        "doctor_id": turno.doctor_id,
        "centro_id": turno.centro_id,
        "sala_id": turno.sala_id,
        "fecha_hora": _iso(turno.inicio, zona),
        "fin": _iso(turno.fin, zona),
        "duracion_minutos": turno.fin - turno.inicio,
        "lugares": turno.lugares,
    }


@lru_cache(maxsize=50_000)
def _iso(instante: int, zona: ZoneInfo) -> str:
    return momento(instante).astimezone(zona).isoformat()


def _puestos(agenda: Agenda, filtro: Mapping[str, Any]) -> list[tuple[int, int]]:
    especialidad = filtro.get("especialidad")
    puestos = agenda.puestos(
        filtro.get("doctor_id"),
        filtro.get("centro_id"),
        fold(especialidad) if especialidad else None,
        filtro.get("tratamiento_id"),
    )
    if (sala_id := filtro.get("sala_id")) is None:
        return puestos
    centro_id = agenda.centro_de_sala(sala_id)
    if centro_id is None:
        raise Invalid({"sala_id": ["No existe esa sala, o está fuera de servicio."]})
    return [puesto for puesto in puestos if puesto[1] == centro_id]


def _dias(filtro: Mapping[str, Any], zona: ZoneInfo) -> tuple[date, date]:
    if "fecha" in filtro:
        return filtro["fecha"], filtro["fecha"]
    desde: date = filtro.get("desde") or fecha_local(minuto(now()), zona)
    hasta: date = filtro.get("hasta") or desde + timedelta(days=DIAS_POR_DEFECTO - 1)
    if hasta < desde:
        raise Invalid({"hasta": ["Es anterior a «desde»."]})
    if (hasta - desde).days >= DIAS_MAXIMOS:
        raise Invalid({"hasta": [f"Admite hasta {DIAS_MAXIMOS} días a la vez."]})
    return desde, hasta


def _no(porque: Problem, alternativas: list[dict[str, Any]]) -> dict[str, Any]:
    return {"disponible": False, "codigo": porque.codigo, "motivo": porque.detail, "alternativas": alternativas}


def _alternativas(datos: Mapping[str, Any], inicio: datetime) -> list[dict[str, Any]]:
    """The slots nearest in time: of the same doctor; if there are few, of others of the specialty at the centre."""
    agenda = agenda_vigente()
    doctor_id, centro_id = datos["doctor_id"], datos["centro_id"]
    pedidos = todos_los_de(datos)
    juntos = agenda.duracion(centro_id, pedidos) if len(pedidos) > 1 else None
    los_demas = [p for p in agenda.colegas(doctor_id, centro_id, datos.get("tratamiento_id")) if p[0] != doctor_id]
    dia = fecha_local(minuto(inicio), agenda.centros[centro_id].zona)
    encontrados: list[Turno] = []
    for puestos in ([(doctor_id, centro_id)], los_demas):
        if len(encontrados) < ALTERNATIVAS:
            busqueda = Busqueda(
                puestos,
                dia - timedelta(days=7),
                dia + timedelta(days=14),
                datos.get("tratamiento_id"),
                datos.get("duracion_minutos") or juntos,
                datos.get("sala_id"),
            )
            ocupado = leer_ocupado(agenda, busqueda, datos.get("paciente_id"), datos.get("asistente_id"))
            libres = turnos(agenda, busqueda, ocupado, minuto(now()))
            encontrados += sorted(libres, key=lambda turno: abs(turno.inicio - minuto(inicio)))
    return [mostrar(turno, agenda.centros[turno.centro_id].zona) for turno in encontrados[:ALTERNATIVAS]]
