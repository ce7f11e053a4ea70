"""Calendar feeds: whose they are, and what a calendar program reads there."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, Select, or_

from citas.clientes.admin import admin
from citas.dominio.estados import LIBERADAS, Estado
from citas.extensiones import db
from citas.modelos import Calendario, CentroRef, Cita, DoctorRef, PacienteRef
from comun.auth.caller import Caller, Scope
from comun.db import now, release
from comun.errors import Forbidden, Invalid, NotFound

if TYPE_CHECKING:
    from icalendar import Event

ATRAS, ADELANTE = timedelta(days=30), timedelta(days=180)
BYTES_DE_TOKEN = 32
# How often programs should read it; few keep to it.
CADA = timedelta(minutes=30)
# Part of the ETag: to be raised with every change of what a feed says of the same appointments.
FORMA = 1

Fila = Row[Any]


def publicar(datos: Mapping[str, Any], quien: Caller) -> tuple[Calendario, str]:
    """A new feed and the secret of its address, which nobody can be told again.

    Forbidden for somebody else's, Invalid when doctor or patient is missing or unknown, Conflict when inactive,
    Unavailable when admin_service is down.
    """
    dueno = _dueno(datos, quien)
    if "paciente_id" in dueno and datos["con_nombres"]:
        raise Invalid({"con_nombres": ["Solo en el calendario de un doctor."]})
    _conocer(dueno)
    token = secrets.token_urlsafe(BYTES_DE_TOKEN)
    calendario = Calendario(
        **dueno, nombre=datos.get("nombre"), con_nombres=datos["con_nombres"], huella=_huella(token)
    )
    db.session.add(calendario)
    return calendario, token


@dataclass(frozen=True)
class Feed:
    """A calendar with its appointments, as they are now."""

    calendario: Calendario
    citas: Sequence[Fila]

    @property
    def etiqueta(self) -> str:
        """The same for as long as the feed says the same. Far cheaper than the feed."""
        visto = (FORMA, self.calendario.id, self.calendario.version, [tuple(cita) for cita in self.citas])
        return hashlib.sha256(repr(visto).encode()).hexdigest()[:32]

    def ics(self) -> bytes:
        """It as iCalendar (RFC 5545)."""
        # Here and not above: it takes 3 MiB, of which only the process that is asked for a feed has any use.
        from icalendar import Calendar

        ics = Calendar()
        ics.add("prodid", "-//OdontoCare//citas//ES")
        ics.add("version", "2.0")
        ics.add("calscale", "GREGORIAN")
        ics.add("method", "PUBLISH")
        ics.add("x-wr-calname", self.calendario.nombre or "Citas · OdontoCare")
        ics.add("refresh-interval", CADA, parameters={"VALUE": "DURATION"})
        for cita in self.citas:
            ics.add_component(self._evento(cita))
        return ics.to_ical(sorted=False)

    def _evento(self, cita: Fila) -> Event:
        from icalendar import Event

        evento = Event()
        evento.add("uid", f"cita-{cita.id}@odontocare")
        evento.add("dtstamp", cita.actualizado_en)
        evento.add("last-modified", cita.actualizado_en)
        evento.add("sequence", cita.version)
        evento.add("dtstart", cita.inicio)
        evento.add("dtend", cita.fin)
        evento.add("status", _STATUS.get(cita.estado, "CONFIRMED"))
        evento.add("transp", "TRANSPARENT" if cita.estado in LIBERADAS else "OPAQUE")
        evento.add("summary", self._titulo(cita))
        evento.add("location", cita.centro)
        evento.add("description", f"Estado: {cita.estado.replace('_', ' ')}")
        return evento

    def _titulo(self, cita: Fila) -> str:
        if self.calendario.paciente_id is not None:
            return f"{cita.doctor_nombres} {cita.doctor_apellidos} · {cita.centro}"
        paciente = f"{cita.paciente_nombres} {cita.paciente_apellidos}"
        return paciente if self.calendario.con_nombres else _iniciales(paciente)


_STATUS = {
    Estado.PROGRAMADA: "TENTATIVE",
    Estado.CANCELADA: "CANCELLED",
    Estado.NO_ASISTIO: "CANCELLED",
}


def abrir(token: str) -> Feed:
    """The feed with that secret. NotFound when there is none, or it was revoked, or its doctor has left."""
    calendario = db.session.scalar(
        db.select(Calendario)
        .outerjoin(DoctorRef, DoctorRef.id == Calendario.doctor_id)
        .where(
            Calendario.huella == _huella(token),
            Calendario.vivos(),
            or_(Calendario.doctor_id.is_(None), DoctorRef.activo),
        )
    )
    if calendario is None:
        raise NotFound("No existe ese calendario, o fue revocado.")
    return Feed(calendario, db.session.execute(_citas(calendario, now())).all())


def _citas(calendario: Calendario, momento: datetime) -> Select[Any]:
    de_quien = (
        Cita.doctor_id == calendario.doctor_id
        if calendario.doctor_id is not None
        else Cita.paciente_id == calendario.paciente_id
    )
    return (
        db.select(
            Cita.id,
            Cita.version,
            Cita.inicio,
            Cita.fin,
            Cita.estado,
            Cita.actualizado_en,
            CentroRef.nombre.label("centro"),
            DoctorRef.nombres.label("doctor_nombres"),
            DoctorRef.apellidos.label("doctor_apellidos"),
            PacienteRef.nombres.label("paciente_nombres"),
            PacienteRef.apellidos.label("paciente_apellidos"),
        )
        .join(CentroRef, CentroRef.id == Cita.centro_id)
        .join(DoctorRef, DoctorRef.id == Cita.doctor_id)
        .join(PacienteRef, PacienteRef.id == Cita.paciente_id)
        .where(de_quien, Cita.vivos(), Cita.inicio >= momento - ATRAS, Cita.inicio < momento + ADELANTE)
        .order_by(Cita.inicio, Cita.id)
    )


def _dueno(datos: Mapping[str, Any], quien: Caller) -> dict[str, int]:
    """`doctor_id` or `paciente_id`, whichever the feed is to be of."""
    pedido = {campo: datos[campo] for campo in ("doctor_id", "paciente_id") if campo in datos}
    if len(pedido) > 1:
        raise Invalid({"paciente_id": ["Un calendario es de un doctor o de un paciente."]})
    propio: dict[str, int] = {}
    match quien.alcance:
        case Scope.RED:
            if not pedido:
                raise Invalid({"doctor_id": ["Diga de qué doctor o paciente."]})
            return pedido
        case Scope.MEDICO if quien.doctor_id is not None:
            propio = {"doctor_id": quien.doctor_id}
        case Scope.PACIENTE if quien.paciente_id is not None:
            propio = {"paciente_id": quien.paciente_id}
    if not propio or pedido not in ({}, propio):
        raise Forbidden("calendario_ajeno", "Solo puede publicar su propio calendario.")
    return propio


def _conocer(dueno: Mapping[str, int]) -> None:
    """Doctor or patient, as admin_service knows them now: who is gone gets no new feed."""
    release(db.session)
    quienes = admin().involucrados(**dueno)
    quienes.comprobar_activos()
    quienes.recordar()


def _huella(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _iniciales(nombre: str) -> str:
    return " ".join(f"{palabra[0].upper()}." for palabra in nombre.split())
