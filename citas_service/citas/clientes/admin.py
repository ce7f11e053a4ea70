"""admin_service: who and where an appointment is for."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import Flask, current_app

from citas.clientes.inventario import Tratamientos
from citas.modelos import CentroRef, DoctorRef
from citas.modelos.referencias import Ficha, recordar, recordar_paciente, recordar_tratamientos
from comun.errors import Conflict, Invalid
from comun.http import ServiceClient, client_of

_AUSENTE = {
    "doctor": "No existe ese doctor.",
    "centro": "No existe ese centro.",
    "paciente": "No existe ese paciente.",
    "sala": "No existe esa sala en ese centro.",
}


@dataclass(frozen=True)
class Involucrados:
    """Doctor, centre, patient and room of an appointment, as admin_service has them now; its treatments by id, as
    inventario_service has them.

    Who was not asked for is an empty record.
    """

    doctor: Ficha = field(default_factory=dict)
    centro: Ficha = field(default_factory=dict)
    paciente: Ficha = field(default_factory=dict)
    sala: Ficha | None = None
    tratamientos: Tratamientos = field(default_factory=dict)

    def comprobar_activos(self) -> None:
        """Conflict when one of them does not take appointments any more."""
        if self.doctor and not self.doctor["activo"]:
            raise Conflict("doctor_inactivo", "El doctor está inactivo y no recibe citas.")
        if self.centro and not self.centro["activo"]:
            raise Conflict("centro_inactivo", "El centro está inactivo y no recibe citas.")
        if self.paciente and self.paciente["estado_paciente"] != "activo":
            raise Conflict("paciente_inactivo", "El paciente está inactivo y no puede recibir citas.")
        if self.sala is not None and not self.sala["activa"]:
            raise Conflict("sala_inactiva", "La sala está fuera de servicio.")

    def recordar(self) -> None:
        """Keep copies of those who were asked for, in the current transaction. Invalid of a merged patient."""
        # In the order of news that come together (see comun.events.consumer): else the two could deadlock.
        if self.centro:
            recordar(CentroRef, self.centro, self.centro["secuencia"])
        if self.doctor:
            recordar(DoctorRef, self.doctor, self.doctor["secuencia"])
        if self.paciente:
            recordar_paciente(self.paciente)
        recordar_tratamientos(self.tratamientos.values())


class AdminCliente:
    """The questions that this service has for admin_service."""

    def __init__(self, app: Flask) -> None:
        self._http = client_of(app, "admin", "administración")

    @property
    def http(self) -> ServiceClient:
        """For what is asked in its own form, such as pages of copies."""
        return self._http

    def involucrados(
        self,
        *,
        doctor_id: int | None = None,
        centro_id: int | None = None,
        paciente_id: int | None = None,
        sala_id: int | None = None,
    ) -> Involucrados:
        """All that are given, in one request. Invalid names those that don't exist; Unavailable when it is down."""
        consulta = {
            "doctor_id": doctor_id,
            "centro_id": centro_id,
            "paciente_id": paciente_id,
            "sala_id": sala_id,
        }
        pedidos = {clave: valor for clave, valor in consulta.items() if valor is not None}
        fichas = self._http.get("/interno/reserva", params=pedidos)
        sala = fichas.get("sala")
        if sala is not None and sala["centro_id"] != centro_id:
            fichas["sala"] = None
        ausentes = {
            campo: [_AUSENTE[campo.removesuffix("_id")]]
            for campo in pedidos
            if fichas.get(campo.removesuffix("_id")) is None
        }
        if ausentes:
            raise Invalid(ausentes)
        doctor, centro, paciente = (fichas.get(quien) or {} for quien in ("doctor", "centro", "paciente"))
        return Involucrados(doctor, centro, paciente, sala)


def admin() -> AdminCliente:
    """The client of the current application."""
    cliente: AdminCliente = current_app.extensions["admin"]
    return cliente
