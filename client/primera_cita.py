"""Books the network's first appointment, or finds the one that an earlier run booked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from odontocare_client import ApiError, OdontoCareClient

Json = dict[str, Any]

# By it a repeated run recognises the appointment that it booked before.
MOTIVO = "Primera cita de la carga inicial"
DURACION = timedelta(minutes=30)
OCUPADO = {"doctor_ocupado", "paciente_ocupado", "sala_ocupada", "fuera_de_horario"}


class SinCita(Exception):
    """No appointment could be booked; the message says why."""


def primera_cita(api: OdontoCareClient, pacientes: list[int], doctores: list[int], centros: list[int]) -> Json:
    """The appointment of the first active patient with the first active doctor at his first centre.

    It is for the first treatment that the doctor offers, if he offers any. Takes the ids of candidates, best
    first. Tries the half hours of the coming weekdays until one is free.
    Raises `SinCita` when there is nobody or no time, `ApiError` when the API refuses otherwise.
    """
    paciente = _primero_activo(api, "/admin/pacientes", pacientes)
    doctor = _primero_activo(api, "/admin/doctores", doctores)
    centro = _primero_activo(api, "/admin/centros", [*(doctor.get("centros") or []), *centros])
    reserva = {"paciente_id": paciente["id"], "doctor_id": doctor["id"], "centro_id": centro["id"]}
    anterior = _reservada_antes(api, reserva)
    if anterior:
        return anterior
    que = _tratamiento(api, doctor)
    for inicio in medias_horas(datetime.now(UTC).date()):
        try:
            # Without an offset: the API reads it in the centre's time zone.
            cita = reserva | que | {"fecha_hora": inicio.isoformat(), "motivo_consulta": MOTIVO}
            creada: Json = api.post("/citas", cita).body
            return creada
        except ApiError as error:
            if error.codigo not in OCUPADO:
                raise
    raise SinCita("no hay media hora libre en las próximas dos semanas")


def medias_horas(hoy: date) -> Iterator[datetime]:
    """The half hours from 09:00 to 17:00 of the ten weekdays after `hoy`, as local wall-clock times."""
    dias = (hoy + timedelta(days=numero) for numero in range(1, 15))
    for dia in (dia for dia in dias if dia.weekday() < 5):
        inicio = datetime.combine(dia, time(9))
        while inicio.time() < time(17):
            yield inicio
            inicio += DURACION


def _tratamiento(api: OdontoCareClient, doctor: Json) -> Json:
    """What the booking says of it."""
    servicios = doctor.get("servicios")
    if not servicios:
        return {}
    return {"tratamientos": [{"tratamiento_id": _primero_activo(api, "/inventario/tratamientos", servicios)["id"]}]}


def _reservada_antes(api: OdontoCareClient, reserva: Json) -> Json | None:
    desde = datetime.now(UTC).date().isoformat()
    for cita in api.pages("/citas", **reserva, desde=desde, orden="id"):
        if cita["motivo_consulta"] == MOTIVO and cita["estado"] != "cancelada":
            return dict(cita)
    return None


def _primero_activo(api: OdontoCareClient, ruta: str, ids: list[int]) -> Json:
    for uno in ids:
        registro: Json = api.get(f"{ruta}/{uno}")
        if registro.get("estado_paciente", "activo") == "activo" and registro.get("activo", True):
            return registro
    raise SinCita(f"no hay ningún registro activo en {ruta}")
