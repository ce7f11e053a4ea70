"""The one way to a record: who may do what with whose, and the row that it leaves in the trace, also when denied.

A doctor is let in by an appointment with the patient that was not cancelled, past or booked: as the copy kept by
events knows, or else as citas_service says when asked. An administrator reads all. A patient reads what is signed
of his own. An emergency opens a record for some hours, with a reason, and is looked at afterwards.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from flask import request
from sqlalchemy import Select, select

from comun.auth.caller import Caller, Scope, caller
from comun.db import READING_METHODS, now
from comun.errors import Forbidden, NotFound, Problem
from historia_clinica.casos_de_uso.alertas import alertas_de
from historia_clinica.casos_de_uso.bitacora import anotar, anotar_ya, rendidas
from historia_clinica.casos_de_uso.preguntas import conocer_doctor, conocer_paciente, hay_cita
from historia_clinica.extensiones import db
from historia_clinica.modelos import (
    SIN_RELACION,
    CitaRef,
    DelExpediente,
    DoctorRef,
    Emergencia,
    PacienteRef,
    Relacion,
    Resultado,
)

AUSENTE = "No existe ese paciente, o no le corresponde ver su expediente."
# What of his own record a patient may open: what is signed, what he agreed to, and who looked.
ABIERTO_AL_PACIENTE = frozenset({"notas", "recetas", "recetas_opticas", "consentimientos", "expediente", "accesos"})


class Accion(StrEnum):
    """What is done with a record."""

    LEER = "leer"
    ESCRIBIR = "escribir"
    FIRMAR = "firmar"
    IMPRIMIR = "imprimir"
    EXPORTAR = "exportar"


ESCRIBEN = frozenset({Accion.ESCRIBIR, Accion.FIRMAR})
# What is ordered of a record, and says nothing in it: no doctor's writing.
ORDENADO = frozenset({"retencion"})
Fila = TypeVar("Fila", bound=DelExpediente)


@dataclass(frozen=True)
class Acceso:
    """Somebody let into a record. `pacientes`: the ids whose rows belong to it, its own and those merged into it."""

    paciente: PacienteRef
    pacientes: tuple[int, ...]
    accion: Accion
    relacion: Relacion
    medico: DoctorRef | None = None
    alertas: list[dict[str, Any]] = field(default_factory=list)

    @property
    def paciente_id(self) -> int:
        """Whom new rows are written for."""
        return self.paciente.id

    @property
    def solo_firmado(self) -> bool:
        """Whether only what is signed may be shown: a patient reads his own."""
        return self.relacion is Relacion.PROPIO

    @property
    def emergencia(self) -> bool:
        """Whether nothing but an emergency lets the caller in."""
        return self.relacion is Relacion.EMERGENCIA

    @property
    def autor(self) -> DoctorRef:
        """The doctor who writes."""
        assert self.medico is not None
        return self.medico

    def exigir_autor(self, fila: Any) -> DoctorRef:
        """The calling doctor, whom this draft or file must be of; Forbidden otherwise."""
        if fila.doctor_id != self.autor.id:
            raise Forbidden("solo_su_autor", "Solo el médico que lo escribió puede hacerlo.")
        return self.autor

    def de(self, modelo: type[Fila]) -> Select[Fila]:
        """The living rows of this record."""
        return self.lista(modelo).where(modelo.vivos())

    def lista(self, modelo: type[Fila]) -> Select[Fila]:
        """All rows of this record, for a list, which leaves out the deleted unless it is asked for them."""
        return select(modelo).where(modelo.paciente_id.in_(self.pacientes))


def acceder(
    paciente_id: int,
    accion: Accion,
    que: str,
    *,
    recurso_id: int | None = None,
    firmado: bool = True,
    ausente: str = AUSENTE,
) -> Acceso:
    """Let the caller into a patient's record, or raise NotFound (none, or not theirs), Problem 403 (may not).

    `que`, a short word, and `recurso_id` say in the trace what of the record it is about; `firmado` whether that is
    signed, so that a patient may see it; `ausente` what is told whom it is not for. The row of a look that only reads
    is committed before anything is read; that of a write, with what is written, or as denied when it fails.
    """
    quien = caller()
    huella = {"accion": accion, "que": que, "recurso_id": recurso_id}
    paciente, pacientes = paciente_y_suyos(paciente_id)
    if paciente is None:
        raise denegar(NotFound(ausente), paciente_id, "no existe", huella)
    relacion = relacion_con(quien, pacientes)
    if relacion is Relacion.NINGUNA:
        raise denegar(NotFound(ausente), paciente.id, "sin relación", huella)
    if negativa := _negativa(relacion, accion, que):
        raise denegar(negativa, paciente.id, negativa.codigo, huella, relacion)
    if relacion is Relacion.PROPIO and not firmado:
        raise denegar(NotFound(ausente), paciente.id, "sin firmar", huella, relacion)
    medico = medico_que_llama(quien, debe_conocerse=accion in ESCRIBEN)
    anotacion = {"paciente_id": paciente.id, "resultado": Resultado.PERMITIDO, "relacion": relacion, **huella}
    if request.method in READING_METHODS:
        anotar_ya(**anotacion)
    else:
        anotar(**anotacion)
    return Acceso(paciente, pacientes, accion, relacion, medico, _alertas(relacion, pacientes))


def buscar(modelo: type[Fila], fila_id: int, accion: Accion, que: str) -> tuple[Fila, Acceso]:
    """Something of a record by its own id, and the way into it. NotFound when there is none, or not theirs."""
    acceso = _acceder_a(modelo, fila_id, accion, que)
    fila = db.session.scalar(acceso.de(modelo).where(modelo.id == fila_id).options(*modelo.cargar()))
    if fila is None:
        raise NotFound(modelo.AUSENTE)
    return fila, acceso


def buscar_escribiendo(
    modelo: type[Fila], fila_id: int, que: str, accion: Accion = Accion.ESCRIBIR
) -> tuple[Fila, Acceso]:
    """`buscar` for what is about to change: its row is locked until the end of the transaction.

    Without its key: who only refers to it, as what follows a finding does, is not waited for in a circle.
    """
    acceso = _acceder_a(modelo, fila_id, accion, que)
    suya = acceso.de(modelo).where(modelo.id == fila_id).options(*modelo.cargar())
    suya = suya.with_for_update(of=modelo, key_share=True)
    fila = db.session.scalar(suya.execution_options(populate_existing=True))
    if fila is None:
        raise NotFound(modelo.AUSENTE)
    return fila, acceso


def uno_a_la_vez(acceso: Acceso) -> None:
    """Who else does so with this record waits: what is checked from here on is still so when it is committed."""
    suyo = select(PacienteRef.id).where(PacienteRef.id == acceso.paciente_id)
    db.session.execute(suyo.with_for_update(key_share=True))


def _acceder_a(modelo: type[DelExpediente], fila_id: int, accion: Accion, que: str) -> Acceso:
    """Into whosever record it belongs to. What does not exist is nobody's: it leaves no row in the trace."""
    suya = select(modelo.paciente_id, modelo.firmados()).where(modelo.id == fila_id, modelo.vivos())
    if (dicho := db.session.execute(suya).one_or_none()) is None:
        raise NotFound(modelo.AUSENTE)
    paciente_id, firmado = dicho
    # Whoever may not see it is not told that it exists.
    return acceder(paciente_id, accion, que, recurso_id=fila_id, firmado=bool(firmado), ausente=modelo.AUSENTE)


def paciente_y_suyos(paciente_id: int) -> tuple[PacienteRef | None, tuple[int, ...]]:
    """The patient, or the one that he was merged into, and all ids of that record."""
    paciente = db.session.get(PacienteRef, paciente_id) or conocer_paciente(paciente_id)
    if paciente is not None and (queda := paciente.fusionado_en_id) is not None:
        paciente = db.session.get(PacienteRef, queda) or conocer_paciente(queda)
    if paciente is None:
        return None, ()
    absorbidos = select(PacienteRef.id).where(PacienteRef.fusionado_en_id == paciente.id).order_by(PacienteRef.id)
    return paciente, (paciente.id, *db.session.scalars(absorbidos))


def relacion_con(quien: Caller, pacientes: Collection[int]) -> Relacion:
    """What lets the caller into the record of these."""
    if quien.alcance is Scope.PACIENTE:
        return Relacion.PROPIO if quien.paciente_id in pacientes else Relacion.NINGUNA
    if quien.doctor_id is not None and quien.alcance in (Scope.MEDICO, Scope.RED):
        if _lo_atiende(quien.doctor_id, pacientes):
            return Relacion.MEDICO
        if quien.alcance is Scope.MEDICO:
            if _en_emergencia(quien.doctor_id, pacientes):
                return Relacion.EMERGENCIA
            # An appointment of a moment ago: the news of it may still be on its way.
            return Relacion.MEDICO if hay_cita(quien.doctor_id, pacientes) else Relacion.NINGUNA
    return Relacion.RED if quien.alcance is Scope.RED else Relacion.NINGUNA


def _lo_atiende(doctor_id: int, pacientes: Collection[int]) -> bool:
    cita = select(CitaRef.id).where(
        CitaRef.doctor_id == doctor_id, CitaRef.paciente_id.in_(pacientes), CitaRef.estado.not_in(SIN_RELACION)
    )
    return db.session.scalar(cita.limit(1)) is not None


def _en_emergencia(doctor_id: int, pacientes: Collection[int]) -> bool:
    abierta = select(Emergencia.id).where(
        Emergencia.doctor_id == doctor_id,
        Emergencia.paciente_id.in_(pacientes),
        Emergencia.hasta > now(),
        Emergencia.justificada.is_not(False),  # not looked at yet, or found to be one
    )
    return db.session.scalar(abierta.limit(1)) is not None


def _negativa(relacion: Relacion, accion: Accion, que: str) -> Problem | None:
    if relacion is Relacion.PROPIO and (accion in ESCRIBEN or que not in ABIERTO_AL_PACIENTE):
        return Problem(403, "solo_personal", "Esa parte del expediente solo la abre el personal que lo atiende.")
    if accion in ESCRIBEN and que not in ORDENADO and relacion not in (Relacion.MEDICO, Relacion.EMERGENCIA):
        return Problem(403, "solo_medico", "En un expediente solo escribe un médico del paciente.")
    return None


def medico_que_llama(quien: Caller, *, debe_conocerse: bool) -> DoctorRef | None:
    """The doctor who calls; one who writes must be known by name (Unavailable otherwise)."""
    if quien.doctor_id is None:
        return None
    medico = db.session.get(DoctorRef, quien.doctor_id)
    if medico is None and debe_conocerse:
        medico = conocer_doctor(quien.doctor_id)
    return medico


def _alertas(relacion: Relacion, pacientes: tuple[int, ...]) -> list[dict[str, Any]]:
    return [] if relacion is Relacion.PROPIO else alertas_de(pacientes)


def denegar(
    problema: Problem,
    paciente_id: int,
    motivo: str,
    huella: Mapping[str, Any],
    relacion: Relacion = Relacion.NINGUNA,
) -> Problem:
    """Leave the row of what was denied, which stays although the request fails; the problem to raise."""
    db.session.rollback()
    rendidas()  # this row is the one of the request
    anotar_ya(paciente_id=paciente_id, resultado=Resultado.DENEGADO, relacion=relacion, motivo=motivo, **huella)
    return problema
