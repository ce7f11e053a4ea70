"""Freed time finds one who waits for it. Each step is a transaction of its own that several workers may try."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import Row
from sqlalchemy.orm import contains_eager

from citas.casos_de_uso.acomodar import Condiciones
from citas.casos_de_uso.apartar import nuevo_apartado
from citas.casos_de_uso.enlaces import enlace_de_oferta
from citas.casos_de_uso.ofertas import LISTA_DE_ESPERA, pasar
from citas.dominio.agenda import Agenda
from citas.dominio.espera import Ventana, primer_lugar
from citas.dominio.intervalos import restar
from citas.dominio.reloj import Intervalo, fecha_local, minuto, minuto_final, momento
from citas.eventos.emitidos import anunciar_espera
from citas.extensiones import db
from citas.modelos import Cita, Espera, Hueco, Ocupacion, Oferta, PacienteRef
from citas.modelos.espera import ABIERTAS, EstadoEspera, EstadoHueco, EstadoOferta
from citas.modelos.recursos import Recurso, TipoRecurso
from citas.modelos.reglas import ZONA, agenda_vigente
from comun import audit
from comun.db import now, reader
from comun.errors import Conflict
from comun.fields import fold
from comun.times import zone

logger = logging.getLogger(__name__)

# More than anybody prepares or tidies up, in minutes.
ALREDEDOR = 240


def ofrecer_huecos() -> None:
    """Pass on what was not answered in time, offer what is free, close wishes whose days are over. Commits."""
    audit.set_action("trabajo:ofrecer_huecos")
    vencidas = db.select(Oferta.id).where(Oferta.estado == EstadoOferta.ENVIADA, Oferta.vence_en <= now())
    _una_por_una(vencidas.order_by(Oferta.id), _vencer_oferta)
    _una_por_una(db.select(Hueco.id).where(Hueco.estado == EstadoHueco.PENDIENTE).order_by(Hueco.id), _ofrecer)
    # The day on the calendar that is furthest ahead; each is held against its own below.
    manana = (now() + timedelta(hours=14)).date()
    pasadas = db.select(Espera.id).where(
        Espera.estado == EstadoEspera.ESPERANDO, Espera.vivos(), Espera.hasta < manana
    )
    _una_por_una(pasadas.order_by(Espera.id), _vencer_espera)


def _una_por_una(consulta: Any, hacer: Callable[[int], None]) -> None:
    """Each in its own transaction; one that fails is tried again at the job's next turn and stops no other."""
    with reader(db.engine) as conexion:
        ids = conexion.scalars(consulta).all()
    for fila_id in ids:
        try:
            hacer(fila_id)
            db.session.commit()
        except Exception as error:
            db.session.rollback()
            logger.error("%s %s failed", hacer.__name__, fila_id, exc_info=error)


def _vencer_oferta(oferta_id: int) -> None:
    oferta = db.session.scalar(
        db.select(Oferta)
        .join(Oferta.espera)
        .where(Oferta.id == oferta_id, Oferta.estado == EstadoOferta.ENVIADA, Oferta.vence_en <= now())
        .options(contains_eager(Oferta.espera))
        .with_for_update(skip_locked=True, of=(Oferta, Espera))
        .execution_options(populate_existing=True)
    )
    if oferta is not None:
        pasar(oferta, EstadoOferta.VENCIDA)


def _vencer_espera(espera_id: int) -> None:
    espera = _tomar(Espera, Espera.id == espera_id, Espera.estado == EstadoEspera.ESPERANDO, Espera.vivos())
    if espera is None:
        return
    centro = agenda_vigente().centros.get(espera.centro_id) if espera.centro_id is not None else None
    zona = centro.zona if centro else zone(ZONA)
    if espera.hasta < now().astimezone(zona).date():
        espera.estado = EstadoEspera.VENCIDA
        anunciar_espera(espera, "vencida")


def _tomar(modelo: Any, *condiciones: Any) -> Any:
    """The row, as it is now and only for this transaction; None when another worker has it or it has changed."""
    return db.session.scalar(
        db.select(modelo)
        .where(*condiciones)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )


class _CambioEntretanto(Exception):
    """A candidate was changed, or was offered another time, since it was looked up."""


def _ofrecer(hueco_id: int) -> None:
    while True:
        try:
            return _ofrecer_al_primero(hueco_id)
        except _CambioEntretanto:
            db.session.rollback()


def _ofrecer_al_primero(hueco_id: int) -> None:
    """Offer it to the first who can have it. It stays open for those who would, but answer another offer now."""
    hueco = _tomar(Hueco, Hueco.id == hueco_id, Hueco.estado == EstadoHueco.PENDIENTE)
    if hueco is None:
        return
    agenda = agenda_vigente()
    queda = EstadoHueco.CERRADO
    if hueco.inicio > now() and _se_atiende(hueco, agenda) and not _se_libero_de_nuevo(hueco):
        tiempo = Tiempo.de(hueco, agenda)
        for candidata in _candidatas(hueco, tiempo):
            if not tiempo.lugar(candidata, tiempo.sin_citas):
                continue
            lugar = tiempo.lugar(candidata, tiempo.libre)
            if candidata.estado == EstadoEspera.OFRECIDA or lugar is None:
                queda = EstadoHueco.PENDIENTE
            elif _apartar(hueco, candidata, lugar, tiempo):
                return
    hueco.estado = queda


def _se_atiende(hueco: Hueco, agenda: Agenda) -> bool:
    doctor, centro = agenda.doctores.get(hueco.doctor_id), agenda.centros.get(hueco.centro_id)
    return doctor is not None and doctor.activo and centro is not None and centro.activo


def _se_libero_de_nuevo(hueco: Hueco) -> bool:
    """Whether somebody took all of it since, and left it: that freed time is offered, and to nobody twice."""
    return bool(
        db.session.scalar(
            db.select(
                db.exists().where(
                    Hueco.id > hueco.id,
                    # Two who leave a group leave two places.
                    Cita.id == Hueco.cita_id,
                    Cita.creado_en >= hueco.creado_en,
                    Hueco.estado.in_((EstadoHueco.PENDIENTE, EstadoHueco.OFRECIDO)),
                    Hueco.doctor_id == hueco.doctor_id,
                    Hueco.centro_id == hueco.centro_id,
                    Hueco.inicio <= hueco.inicio,
                    Hueco.fin >= hueco.fin,
                )
            )
        )
    )


@dataclass(frozen=True)
class Tiempo:
    """Freed time, and when the doctor is free in it and around it: but for appointments, and for holds as well."""

    agenda: Agenda
    centro_id: int
    especialidades: frozenset[str]
    zona: ZoneInfo
    hueco: Intervalo
    sin_citas: list[Intervalo]
    libre: list[Intervalo]

    @classmethod
    def de(cls, hueco: Hueco, agenda: Agenda) -> Tiempo:
        """As the current transaction sees it."""
        entero = minuto(hueco.inicio) - ALREDEDOR, minuto_final(hueco.fin) + ALREDEDOR
        tomas = db.session.execute(
            db.select(Ocupacion.inicio, Ocupacion.fin, Ocupacion.apartado_id).where(
                Ocupacion.de([Recurso(TipoRecurso.DOCTOR, hueco.doctor_id)]),
                Ocupacion.entre(momento(entero[0]), momento(entero[1])),
            )
        ).all()
        citas = [(minuto(toma.inicio), minuto_final(toma.fin)) for toma in tomas if toma.apartado_id is None]
        apartados = [(minuto(toma.inicio), minuto_final(toma.fin)) for toma in tomas if toma.apartado_id is not None]
        sin_citas = restar([entero], citas)
        return cls(
            agenda=agenda,
            centro_id=hueco.centro_id,
            especialidades=agenda.doctores[hueco.doctor_id].especialidades,
            zona=agenda.centros[hueco.centro_id].zona,
            hueco=(minuto_final(hueco.inicio), minuto(hueco.fin)),
            sin_citas=sin_citas,
            libre=restar(sin_citas, apartados),
        )

    def dias(self) -> tuple[date, date]:
        """First and last day of it on the centre's calendar."""
        return fecha_local(self.hueco[0], self.zona), fecha_local(self.hueco[1] - 1, self.zona)

    def lugar(self, candidata: Row[Any], libres: Sequence[Intervalo]) -> Intervalo | None:
        """Where in it the appointment of this candidate would be."""
        if candidata.especialidad is not None and fold(candidata.especialidad) not in self.especialidades:
            return None
        politica = self.agenda.politica(self.centro_id, candidata.tratamiento_id)
        if politica.capacidad > 1:
            # The session that takes the doctor may have a place.
            libres = [(self.hueco[0] - ALREDEDOR, self.hueco[1] + ALREDEDOR)]
        ventana = Ventana(
            desde=candidata.desde,
            hasta=candidata.hasta,
            hora_desde=candidata.hora_desde,
            hora_hasta=candidata.hora_hasta,
            dias=frozenset(candidata.dias_semana or ()),
        )
        return primer_lugar(self.hueco, libres, ventana.dentro_de(self.hueco, self.zona), politica)


_DESEO = (Espera.tratamiento_id, Espera.desde, Espera.hasta, Espera.hora_desde, Espera.hora_hasta, Espera.dias_semana)


def _candidatas(hueco: Hueco, tiempo: Tiempo) -> Sequence[Row[Any]]:
    """Who waits for such a time and was not asked about this one, the first to be asked first."""
    primero, ultimo = tiempo.dias()
    preguntados = (
        db.select(Espera.paciente_id).join(Oferta, Oferta.espera_id == Espera.id).where(Oferta.hueco_id == hueco.id)
    )
    quien_lo_dejo = db.select(Cita.paciente_id).where(Cita.id == hueco.cita_id)
    return db.session.execute(
        db.select(Espera.id, Espera.version, Espera.estado, Espera.paciente_id, Espera.especialidad, *_DESEO)
        .where(
            Espera.vivos(),
            Espera.estado.in_(ABIERTAS),
            Espera.doctor_id.is_(None) | (Espera.doctor_id == hueco.doctor_id),
            Espera.centro_id.is_(None) | (Espera.centro_id == hueco.centro_id),
            Espera.desde <= ultimo,
            Espera.hasta >= primero,
            Espera.paciente_id.not_in(preguntados),
            Espera.paciente_id.not_in(quien_lo_dejo),
        )
        .order_by(Espera.prioridad.desc(), Espera.creado_en, Espera.id)
    ).all()


def _apartar(hueco: Hueco, candidata: Row[Any], lugar: Intervalo, tiempo: Tiempo) -> bool:
    """Keep the time for the candidate and ask; False when rules, patient or room speak against it."""
    try:
        with db.session.begin_nested():
            espera = Espera.bloquear(candidata.id)
            if espera.version != candidata.version:
                raise _CambioEntretanto
            oferta = _nueva_oferta(hueco, espera, lugar, tiempo)
    except (Conflict, db.exc.IntegrityError):
        return False
    paciente = db.session.get_one(PacienteRef, espera.paciente_id)
    anunciar_espera(
        espera,
        "ofrecida",
        oferta_id=oferta.id,
        doctor_id=hueco.doctor_id,
        centro_id=hueco.centro_id,
        fecha_hora=oferta.inicio.astimezone(tiempo.zona).isoformat(),
        duracion_minutos=oferta.duracion_minutos,
        vence_en=oferta.vence_en.isoformat(),
        enlace=enlace_de_oferta(oferta),
        telefono=paciente.telefono,
        email=paciente.email,
    )
    return True


def _nueva_oferta(hueco: Hueco, espera: Espera, lugar: Intervalo, tiempo: Tiempo) -> Oferta:
    inicio, fin = momento(lugar[0]), momento(lugar[1])
    plazo = timedelta(minutes=current_app.config["CITAS_OFERTA_MINUTOS"])
    vence_en = now() + min(plazo, (inicio - now()) / 2)
    datos = {
        "doctor_id": hueco.doctor_id,
        "centro_id": hueco.centro_id,
        "paciente_id": espera.paciente_id,
        "tratamiento_id": espera.tratamiento_id,
        "duracion_minutos": lugar[1] - lugar[0],
    }
    apartado = nuevo_apartado(datos, inicio, tiempo.zona.key, Condiciones(LISTA_DE_ESPERA), vence_en)
    oferta = Oferta(
        hueco_id=hueco.id,
        espera_id=espera.id,
        apartado_id=apartado.id,
        inicio=inicio,
        fin=fin,
        vence_en=vence_en,
        estado=EstadoOferta.ENVIADA,
    )
    db.session.add(oferta)
    hueco.estado, espera.estado = EstadoHueco.OFRECIDO, EstadoEspera.OFRECIDA
    db.session.flush()
    return oferta
