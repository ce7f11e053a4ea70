"""Copies of what other services own and the agenda needs: kept by their answers and their events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, TypeVar

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from citas.extensiones import db
from citas.modelos.version import agenda_cambia
from comun.db import upsert_newer
from comun.errors import Invalid
from comun.fields import fold
from comun.models import Copy

LARGO_BUSQUEDA = 220
# Roles of users who are not of the staff.
NO_ASISTEN = frozenset({"paciente", "servicio"})


class _Referencia(Copy):
    # What is always told of it, what may be left out, and which of that the agenda's rules depend on.
    CAMPOS: ClassVar[tuple[str, ...]]
    TAMBIEN: ClassVar[tuple[str, ...]] = ()


class _Persona(_Referencia):
    nombres: Mapped[str] = mapped_column(String(100))
    apellidos: Mapped[str] = mapped_column(String(100))
    # Folded names, for search without regard to case and accents.
    busqueda: Mapped[str] = mapped_column(String(LARGO_BUSQUEDA))

    @property
    def nombre_completo(self) -> str:
        return f"{self.nombres} {self.apellidos}".strip()


class PacienteRef(_Persona, db.Model):
    """The patient's name and how to reach them."""

    __tablename__ = "paciente_ref"
    telefono: Mapped[str | None] = mapped_column(String(20))
    email: Mapped[str | None] = mapped_column(String(255))
    # Whose all that was this one's is now. Stays for what was on its way when the news came.
    fusionado_en_id: Mapped[int | None] = mapped_column(index=True)
    CAMPOS = ("nombres", "apellidos", "telefono", "email")


class DoctorRef(_Persona, db.Model):
    """The doctor's name, specialties (names) and treatments on offer (ids; none: any)."""

    __tablename__ = "doctor_ref"
    activo: Mapped[bool] = mapped_column(default=True)
    especialidades: Mapped[list[str]] = mapped_column(JSON, default=list)
    servicios: Mapped[list[int]] = mapped_column(JSON, default=list)
    CAMPOS = ("nombres", "apellidos")
    TAMBIEN = ("activo", "especialidades", "servicios")


class CentroRef(_Referencia, db.Model):
    """The centre's name, time zone and rooms (id, nombre, tipo, activa)."""

    __tablename__ = "centro_ref"
    nombre: Mapped[str] = mapped_column(String(120))
    zona_horaria: Mapped[str] = mapped_column(String(60))
    activo: Mapped[bool] = mapped_column(default=True)
    salas: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    CAMPOS = ("nombre", "zona_horaria")
    TAMBIEN = ("activo", "salas")


class AsistenteRef(_Persona, db.Model):
    """A user of the staff who can assist at appointments. Its id is the user's."""

    __tablename__ = "asistente_ref"
    nombres: Mapped[str] = mapped_column(String(120))
    apellidos: Mapped[str] = mapped_column(String(120))
    activo: Mapped[bool] = mapped_column(default=True)
    CAMPOS = ("nombres", "apellidos", "activo")


class TratamientoRef(_Referencia, db.Model):
    """How long a treatment takes, as inventario_service told it; what else there is of it is asked with a booking."""

    __tablename__ = "tratamiento_ref"
    duracion_minutos: Mapped[int]
    CAMPOS: ClassVar[tuple[str, ...]] = ()
    TAMBIEN = ("duracion_minutos",)


Ficha = Mapping[str, Any]
Ref = TypeVar("Ref", PacienteRef, DoctorRef, CentroRef, AsistenteRef, TratamientoRef)


_UNO = db.select(db.literal(1).label("uno")).subquery()
_LOS_TRES = (
    db.select(DoctorRef, CentroRef, PacienteRef)
    .select_from(_UNO)
    .outerjoin(DoctorRef, DoctorRef.id == db.bindparam("doctor_id"))
    .outerjoin(CentroRef, CentroRef.id == db.bindparam("centro_id"))
    .outerjoin(PacienteRef, PacienteRef.id == db.bindparam("paciente_id"))
)


def recordar(modelo: type[Ref], datos: Ficha, secuencia: int) -> Ref:
    """Keep the copy, unless a newer one is there, and give what is kept. In the current transaction."""
    return _al_dia(modelo, db.session.get(modelo, datos["id"]), datos, secuencia)


def recordar_paciente(ficha: Ficha) -> PacienteRef:
    """`recordar` for a patient about whom something is to be written. Invalid when merged into another."""
    exigir_vigente(db.session.get(PacienteRef, ficha["id"]))
    return recordar(PacienteRef, ficha, ficha["secuencia"])


def recordar_tratamientos(fichas: Iterable[Ficha]) -> None:
    """`recordar` for treatments that inventario_service was asked about."""
    # All in one order, as two bookings may be the first to hear of the same.
    for ficha in sorted(fichas, key=lambda una: una["id"]):
        # Its events say more than an answer that does not tell as of which of them it is.
        recordar(TratamientoRef, ficha, ficha.get("secuencia", 0))


def asiste(usuario: Ficha) -> bool:
    """Whether a user of auth_service is of the staff."""
    return usuario["rol"] not in NO_ASISTEN


def asistente(usuario: Ficha) -> dict[str, Any]:
    """What is kept of a user; one who is not of the staff any more can't assist."""
    # News from before users had names in it, and accounts without a name.
    nombres, apellidos = usuario.get("nombres") or "", usuario.get("apellidos") or ""
    return {
        "id": usuario["id"],
        "nombres": nombres if nombres or apellidos else usuario["nombre_usuario"],
        "apellidos": apellidos,
        "activo": bool(asiste(usuario) and usuario["activo"]),
    }


def exigir_vigente(paciente: PacienteRef | None) -> None:
    """Invalid when the patient was merged into another, as admin_service says of one it is asked about."""
    if paciente is not None and paciente.fusionado_en_id is not None:
        raise Invalid({"paciente_id": ["No existe ese paciente."]})


def recordar_juntos(doctor: Ficha, centro: Ficha, paciente: Ficha) -> tuple[DoctorRef, CentroRef, PacienteRef]:
    """`recordar` for those who meet in an appointment: one statement, when nothing about them has changed."""
    ids = {"doctor_id": doctor["id"], "centro_id": centro["id"], "paciente_id": paciente["id"]}
    conocidos = db.session.execute(_LOS_TRES, ids).one()
    exigir_vigente(conocidos[2])
    # In the order of news that come together (see comun.events.consumer): else the two could deadlock.
    el_centro = _al_dia(CentroRef, conocidos[1], centro, centro["secuencia"])
    el_doctor = _al_dia(DoctorRef, conocidos[0], doctor, doctor["secuencia"])
    return el_doctor, el_centro, _al_dia(PacienteRef, conocidos[2], paciente, paciente["secuencia"])


def _al_dia(modelo: type[Ref], conocido: Ref | None, datos: Ficha, secuencia: int) -> Ref:
    valores = {campo: datos.get(campo) for campo in modelo.CAMPOS}
    valores |= {campo: datos[campo] for campo in modelo.TAMBIEN if campo in datos}
    if conocido is not None and (
        conocido.secuencia > secuencia or all(getattr(conocido, k) == v for k, v in valores.items())
    ):
        return conocido
    if "nombres" in valores:
        # A few letters unfold to many.
        valores["busqueda"] = fold(f"{valores['nombres']} {valores['apellidos']}")[:LARGO_BUSQUEDA]
    if modelo.TAMBIEN:
        agenda_cambia()
    de_fabrica = {} if conocido is not None else {c: _DE_FABRICA[c] for c in modelo.TAMBIEN if c not in valores}
    upsert_newer(db.session, modelo.__table__, {"id": datos["id"], "secuencia": secuencia, **de_fabrica, **valores})
    return db.session.get_one(modelo, datos["id"], populate_existing=True)


_DE_FABRICA: dict[str, Any] = {"activo": True, "especialidades": [], "servicios": [], "salas": []}
