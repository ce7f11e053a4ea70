"""PUT /citas/series/{id}: the coming appointments of a series moved or corrected as one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from citas.casos_de_uso.acomodar import Condiciones, condiciones_de, exigir_plazo, recursos_posibles
from citas.casos_de_uso.agendar import datos_de, nueva_cita, puede_agendar, reemplazar
from citas.casos_de_uso.modificar import reacomodar_cita
from citas.casos_de_uso.series import Fecha, Resultado, concluir, en_el_reloj, exigir_alguna, intentar
from citas.clientes.admin import Involucrados, admin
from citas.extensiones import db
from citas.modelos import Cita, Serie
from citas.modelos.guardas import esperar_turno
from citas.modelos.ocupacion import soltar
from citas.modelos.recursos import Recurso, TipoRecurso
from comun.auth.caller import Caller
from comun.db import now, release
from comun.errors import Conflict, Forbidden
from comun.preconditions import check_version
from comun.times import zone

EN_SITIO = ("sala_id", "duracion_minutos", "motivo_consulta")
QUIENES = ("doctor_id", "centro_id", "paciente_id", "sala_id")


@dataclass
class Plan:
    """What is to become of one appointment: `datos` as it would be booked, `en_sitio` what changes without moving."""

    cita: Cita
    datos: dict[str, Any]
    mueve: bool
    en_sitio: dict[str, Any]
    fecha: Fecha
    inicio: datetime
    quienes: Involucrados | None = None

    @property
    def reacomoda(self) -> bool:
        """Whether it takes another room or length at the same start."""
        return not self.mueve and bool({"sala_id", "duracion_minutos"} & set(self.en_sitio))


def modificar_serie(serie: Serie, cambios: Mapping[str, Any], quien: Caller, *, simular: bool) -> Resultado:
    """Change the coming appointments: all of them, or with `omitir_conflictos` those that can be.

    Another time or doctor moves one: it is cancelled and a new one takes its place. Room, length and motive change
    in place. One may move onto the time that another of the series leaves. Raises as `agendar_serie` does.
    """
    check_version(serie)
    condiciones = condiciones_de(cambios, quien)
    citas = serie.por_delante(cambios.get("desde_cita_id"), quien)
    exigir_alguna(citas)
    planes = [plan for cita in citas if (plan := _plan(cita, cambios)) is not None]
    if any(plan.mueve for plan in planes) and not quien.can("citas:mover"):
        raise Forbidden()
    for plan in planes:
        puede_agendar(plan.datos, quien)
        if plan.mueve:
            exigir_plazo(plan.cita, quien)
    release(db.session)
    _consultar(planes)
    _esperar(planes, quien)
    omitir = cambios["omitir_conflictos"]
    _aplicar(planes, _paso(quien, condiciones), uno_por_uno=omitir)
    resultado = concluir(
        Resultado(serie, [plan.fecha for plan in planes]), lambda _: None, simular=simular, omitir=omitir
    )
    if not simular and planes:
        _recordar_en(serie, cambios)
    return resultado


def _plan(cita: Cita, cambios: Mapping[str, Any]) -> Plan | None:
    """What the changes mean for one; None when nothing."""
    lectura = cita.fecha_hora.replace(tzinfo=None)
    nueva = lectura + timedelta(days=cambios.get("dias", 0))
    if "hora" in cambios:
        nueva = nueva.replace(hour=cambios["hora"] // 60, minute=cambios["hora"] % 60, second=0, microsecond=0)
    en_sitio = {
        campo: cambios[campo] for campo in EN_SITIO if campo in cambios and cambios[campo] != getattr(cita, campo)
    }
    otro_doctor = cambios.get("doctor_id", cita.doctor_id) != cita.doctor_id
    mueve = nueva != lectura or otro_doctor
    if not mueve and not en_sitio:
        return None
    datos = {**datos_de(cita), **en_sitio, "doctor_id": cambios.get("doctor_id", cita.doctor_id)}
    # The same reading is the same instant, also where the clock shows it twice.
    fecha_hora = cita.fecha_hora if nueva == lectura else nueva
    fecha = Fecha(fecha_hora, cita_id=cita.id)
    return Plan(cita, {**datos, "fecha_hora": fecha_hora}, mueve, en_sitio, fecha, cita.inicio)


def _consultar(planes: Sequence[Plan]) -> None:
    """Ask admin_service about everybody, once as long as they are the same in all; set the instants."""
    respuestas: dict[tuple[int | None, ...], Involucrados] = {}
    for plan in planes:
        if not plan.mueve and "sala_id" not in plan.en_sitio:
            continue
        quienes = tuple(plan.datos[campo] for campo in QUIENES)
        if quienes not in respuestas:
            respuestas[quienes] = admin().involucrados(**dict(zip(QUIENES, quienes, strict=True)))
            respuestas[quienes].comprobar_activos()
        plan.quienes = respuestas[quienes]
        if plan.mueve:
            _situar(plan, plan.quienes.centro["zona_horaria"])


def _situar(plan: Plan, zona_horaria: str) -> None:
    cuando, problema = en_el_reloj(plan.datos["fecha_hora"], zona_horaria)
    if problema is None and cuando <= now():
        problema = Conflict("fecha_pasada", "Está en el pasado.")
    plan.inicio = cuando
    plan.fecha.fecha_hora = cuando if cuando.tzinfo is None else cuando.astimezone(zone(zona_horaria))
    plan.fecha.problema = problema


def _esperar(planes: Sequence[Plan], quien: Caller) -> None:
    """Take the turn for all that is left and taken, then the rows. Conflict when one was changed meanwhile."""
    recursos = [recurso for plan in planes for recurso in plan.cita.recursos()]
    for plan in planes:
        if plan.mueve and plan.quienes is not None and plan.fecha.disponible:
            recursos += recursos_posibles(nueva_cita(plan.datos, plan.inicio, plan.quienes, quien))
        elif plan.en_sitio.get("sala_id") is not None:
            recursos.append(Recurso(TipoRecurso.SALA, plan.en_sitio["sala_id"]))
    if recursos:
        esperar_turno(db.session, recursos)
    antes = {plan.cita.id: plan.cita.version for plan in planes}
    filas = db.session.execute(
        db.select(Cita.id, Cita.version).where(Cita.id.in_(antes)).order_by(Cita.id).with_for_update()
    )
    if {cita_id: version for cita_id, version in filas} != antes:
        raise Conflict("cambio_simultaneo", "Otra persona cambió una cita de la serie; intente de nuevo.")


def _aplicar(planes: Sequence[Plan], paso: Callable[[Plan], Cita], *, uno_por_uno: bool) -> None:
    """Free all, then place all. Where that does not do, nothing of it stays; `uno_por_uno` then tries each alone."""
    posibles = [plan for plan in planes if plan.fecha.disponible]
    with db.session.begin_nested() as punto:
        for plan in posibles:
            _soltar(plan)
        for plan in posibles:
            intentar(plan.fecha, lambda plan=plan: paso(plan))  # type: ignore[misc]
        if uno_por_uno and any(not plan.fecha.disponible for plan in posibles):
            punto.rollback()
        else:
            return
    _uno_por_uno(posibles, paso)


def _uno_por_uno(planes: Sequence[Plan], paso: Callable[[Plan], Cita]) -> None:
    """Whoever can't move keeps the own place, in which nobody else finds room then. Again while it gets anywhere:
    one that moved left a place to others."""
    quedan = list(planes)
    # Who moves on goes last first, who moves back first first, so that one pass nearly always does.
    if quedan and quedan[0].inicio > quedan[0].cita.inicio:
        quedan.reverse()
    while quedan:
        for plan in quedan:
            intentar(plan.fecha, lambda plan=plan: paso(plan))  # type: ignore[misc]
        pendientes = [plan for plan in quedan if not plan.fecha.disponible]
        if len(pendientes) == len(quedan):
            return
        quedan = pendientes


def _soltar(plan: Plan) -> None:
    if plan.mueve:
        plan.cita.liberar()
    elif plan.reacomoda and plan.cita.sesion_id is None:
        soltar(cita_id=plan.cita.id)


def _paso(quien: Caller, condiciones: Condiciones) -> Callable[[Plan], Cita]:
    """What brings about a plan."""

    def paso(plan: Plan) -> Cita:
        if plan.mueve:
            assert plan.quienes is not None
            return reemplazar(plan.cita, plan.datos, plan.inicio, plan.quienes, quien, condiciones)
        if "motivo_consulta" in plan.en_sitio:
            plan.cita.describir(plan.en_sitio["motivo_consulta"])
        if plan.reacomoda:
            reacomodar_cita(plan.cita, plan.en_sitio, condiciones)
        return plan.cita

    return paso


def _recordar_en(serie: Serie, cambios: Mapping[str, Any]) -> None:
    """What all coming ones have in common now is what the series says."""
    if cambios.get("desde_cita_id") is None:
        for campo in ("doctor_id", "motivo_consulta"):
            if campo in cambios:
                setattr(serie, campo, cambios[campo])
    serie.touch()
