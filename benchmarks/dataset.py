"""The network of clinics that is measured: people through the API, old appointments straight into the tables.

Appointments of years can't be booked in reasonable time (and not in the past at all), so they are written as
citas_service and, from its events, admin_service would have written them.
"""

from __future__ import annotations

import contextlib
import csv
import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg2
import requests
from local_settings import REPOSITORY
from local_system import System

sys.path.append(str(REPOSITORY / "data"))
import generar  # noqa: E402 - a neighbour, not an installed package

DOCTORS, CENTRES = 40, 3
SCHEDULED = 20  # doctors of one more centre, with hours and a coming month that is half full
SLOTS_A_DAY = 20  # half hours from 8:00 on
CHUNK = 5000
PASSWORD = "Un4-clave-larga!"
SECRETARIES = 8

_APPOINTMENTS = """
    INSERT INTO cita (paciente_id, doctor_id, centro_id, inicio, fin, duracion_minutos, dia, zona_horaria,
        motivo_consulta, busqueda, estado, recordatorio_enviado, registrado_por, creado_en, actualizado_en, version)
    SELECT %(patient)s + n %% %(patients)s, %(doctor)s + n %% %(doctors)s,
        %(centre)s + n %% %(doctors)s %% %(centres)s, inicio, inicio + interval '30 minutes', 30,
        (inicio AT TIME ZONE 'America/Guayaquil')::date, 'America/Guayaquil', 'Control', 'control',
        CASE WHEN inicio < now() THEN 'completada' ELSE 'programada' END, false, 'admin', momento, momento, 1
    FROM generate_series(0, %(count)s - 1) AS n,
        LATERAL (SELECT %(first)s::timestamptz + n / %(doctors)s / %(slots)s * interval '1 day'
            + n / %(doctors)s %% %(slots)s * interval '30 minutes' AS inicio,
            now() - (%(count)s - n) * interval '1 second' AS momento) AS cuando
    ORDER BY n
"""
# Every other half hour from 8:00 to 18:00, thirty days from today on.
_HALF_FULL = """
    INSERT INTO cita (paciente_id, doctor_id, centro_id, inicio, fin, duracion_minutos, dia, zona_horaria,
        motivo_consulta, busqueda, estado, recordatorio_enviado, registrado_por, creado_en, actualizado_en, version)
    SELECT %(patient)s + (doctor + slot * %(doctors)s) %% %(patients)s, %(doctor)s + doctor, %(centre)s, inicio,
        inicio + interval '30 minutes', 30, (inicio AT TIME ZONE 'America/Guayaquil')::date, 'America/Guayaquil',
        'Control', 'control', 'programada', false, 'admin', now(), now(), 1
    FROM generate_series(0, %(doctors)s - 1) AS doctor, generate_series(0, 9) AS slot, generate_series(1, 30) AS day,
        LATERAL (SELECT %(first)s::timestamptz + day * interval '1 day' + slot * interval '1 hour' AS inicio) AS a
"""
_HOURS = """
    INSERT INTO horario
        (doctor_id, centro_id, dia_semana, desde, hasta, turno_minutos, creado_en, actualizado_en, version)
    SELECT %(doctor)s + doctor, %(centre)s, weekday, 480, 1080, 30, now(), now(), 1
    FROM generate_series(0, %(doctors)s - 1) AS doctor, generate_series(0, 6) AS weekday;
    INSERT INTO calendario_centro (id, pais, abre, creado_en, actualizado_en, version)
    VALUES (%(centre)s, NULL, '[]', now(), now(), 1);
    UPDATE version_agenda SET numero = numero + 1
"""
_OCCUPATIONS = """
    INSERT INTO ocupacion (tipo, recurso_id, inicio, fin, cita_id)
    SELECT tipo, CASE tipo WHEN 'doctor' THEN doctor_id ELSE paciente_id END, inicio, fin, id
    FROM cita, (VALUES ('doctor'), ('paciente')) AS tipos (tipo)
    WHERE tipo = 'doctor' OR centro_id <> %(centre)s
"""
_COPIES = """
    INSERT INTO cita_ref (cita_id, paciente_id, doctor_id, centro_id, fecha_hora, estado, secuencia)
    VALUES (%s, %s, %s, %s, %s, %s, 1)
"""


@dataclass(frozen=True)
class Network:
    """What there is, by id, and who may ask for it. `free_from` is the first day without appointments."""

    doctors: range
    centres: range
    scheduled: range
    scheduled_centre: int
    patients: range
    people: list[dict[str, Any]]
    free_from: date
    admin: str
    secretary: str
    secretaries: list[str]

    def bookings(self) -> Iterator[dict[str, Any]]:
        """Bodies for POST /citas that never meet: another doctor, patient or time each."""
        n = 0
        while True:
            turn, doctor = divmod(n, len(self.doctors))
            day, slot = divmod(turn, SLOTS_A_DAY)
            start = datetime.combine(self.free_from, datetime.min.time()) + timedelta(
                days=day, hours=8, minutes=30 * slot
            )
            yield {
                "paciente_id": self.patients[n % len(self.patients)],
                "doctor_id": self.doctors[doctor],
                "centro_id": self.centres[doctor % len(self.centres)],
                "fecha_hora": f"{start.isoformat()}-05:00",
                "motivo_consulta": "Control semestral",
            }
            n += 1


class Api:
    """A few calls through the gateway."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session = requests.Session()

    def login(self, user: str, password: str) -> str:
        """An access token."""
        body = {"nombre_usuario": user, "contrasena": password}
        return str(self.call("POST", "/auth/login", json=body)["access_token"])

    def call(self, method: str, path: str, token: str = "", **kwargs: Any) -> Any:
        """The JSON of a successful answer; anything else ends the benchmark."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = self._session.request(method, self._url + path, headers=headers, timeout=120, **kwargs)
        if not answer.ok:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
        return answer.json()


def load(system: System, patients: int, appointments: int, say: Callable[[str], None]) -> Network:
    """Fill an empty system."""
    api = Api(system.url)
    admin = api.login(*_first_admin())

    def bulk(resource: str, rows: list[dict[str, Any]]) -> range:
        ids = api.call("POST", f"/admin/{resource}/carga", admin, json=rows)["ids"]
        found = range(ids[0], ids[-1] + 1)
        assert list(found) == ids, f"the ids of {resource} have gaps"
        return found

    *_, scheduled_centre = centres = bulk(
        "centros", [{"nombre": f"Centro {n}", "codigo": f"C{n}"} for n in range(CENTRES + 1)]
    )
    centres = centres[:CENTRES]
    doctors = bulk(
        "doctores",
        [{"nombres": "Ana", "apellidos": f"Doctora {n}", "centros": [centres[n % CENTRES]]} for n in range(DOCTORS)],
    )
    scheduled = bulk(
        "doctores",
        [{"nombres": "Eva", "apellidos": f"Agenda {n}", "centros": [scheduled_centre]} for n in range(SCHEDULED)],
    )
    people = list(_people(patients, centres))
    started = time.monotonic()
    loaded = [bulk("pacientes", people[start : start + CHUNK]) for start in range(0, patients, CHUNK)]
    seconds = time.monotonic() - started
    say(f"{patients} patients loaded in {seconds:.1f} s ({patients / seconds:.0f}/s)")
    names = [f"secretaria.{n}" for n in range(SECRETARIES)]
    for name in names:
        body = {"nombre_usuario": name, "contrasena": PASSWORD, "nombres": "Rosa", "apellidos": "Recepción"}
        api.call("POST", "/auth/usuarios", admin, json={**body, "rol": "secretaria", "centros": list(centres)})
    wait_for_events(system, say)
    network = Network(
        doctors,
        centres,
        scheduled,
        scheduled_centre,
        range(loaded[0].start, loaded[-1].stop),
        people,
        datetime.now(UTC).date(),
        admin,
        api.login(names[0], PASSWORD),
        names,
    )
    return _with_appointments(system, network, appointments, say)


def fetch(url: str, patience: float = 0) -> bytes:
    """The body of a page, which may take so many seconds to come up."""
    end = time.monotonic() + patience
    while True:
        with contextlib.suppress(requests.ConnectionError):
            answer = requests.get(url, timeout=10)
            if answer.ok or time.monotonic() > end:
                answer.raise_for_status()
                return answer.content
        if time.monotonic() > end:
            raise RuntimeError(f"no answer from {url}")
        time.sleep(0.1)


def wait_for_events(system: System, say: Callable[[str], None]) -> None:
    """Return once every event has been delivered, so that nothing goes on beside the next measurement."""
    started, first = time.monotonic(), pending(system)
    while left := pending(system):
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{left} events to deliver ")
        time.sleep(0.2)
    seconds = time.monotonic() - started
    if first > 1000:
        say(f"{first} events delivered in {seconds:.1f} s ({first / seconds:.0f}/s)")


def database(system: System, service: str) -> Any:
    """A context with an autocommit connection to the database of a service."""
    connection = psycopg2.connect(system.env[f"{service.upper()}_DATABASE_URL"])
    connection.autocommit = True
    return contextlib.closing(connection)


def pending(system: System) -> int:
    """How many deliveries of events wait."""
    count = 0
    for service in ("admin", "citas"):
        with database(system, service) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM entrega WHERE estado = 'pendiente'")
            count += cursor.fetchone()[0]
    return count


def _first_admin() -> tuple[str, str]:
    with (REPOSITORY / "data" / "usuarios.csv").open(encoding="utf-8") as file:
        row = next(row for row in csv.DictReader(file) if row["rol"] == "admin")
    return row["nombre_usuario"], row["contrasena"]


def _people(count: int, centres: range) -> Iterator[dict[str, Any]]:
    """Patients as data/generar.py draws them; one in five has no home centre."""
    wanted = ("referencia_externa", "nombres", "apellidos", "tipo_identificacion", "identificacion", "telefono")
    chance = random.Random(1)
    for row in generar.pacientes(count, semilla=1):
        person: dict[str, Any] = {field: row[field] for field in (*wanted, "fecha_nacimiento", "genero", "direccion")}
        if chance.random() < 0.8:
            person["centro_id"] = chance.choice(centres)
        yield person


def _with_appointments(system: System, network: Network, count: int, say: Callable[[str], None]) -> Network:
    """Half of them past, half to come."""
    days = count // (len(network.doctors) * SLOTS_A_DAY) + 1
    today = datetime.now(UTC).date()
    first = today - timedelta(days=days // 2)
    figures = {
        "patient": network.patients.start,
        "patients": len(network.patients),
        "doctor": network.doctors.start,
        "doctors": len(network.doctors),
        "centre": network.centres.start,
        "centres": len(network.centres),
        "slots": SLOTS_A_DAY,
        "count": count,
        "first": f"{first}T08:00:00-05:00",
    }
    agenda = {
        "doctor": network.scheduled.start,
        "doctors": len(network.scheduled),
        "centre": network.scheduled_centre,
        "first": f"{today}T08:00:00-05:00",
    }
    started = time.monotonic()
    with database(system, "citas") as citas, database(system, "admin") as admin:
        with citas.cursor() as cursor, admin.cursor() as copies:
            cursor.execute(_APPOINTMENTS, figures)
            cursor.execute(_HALF_FULL, {**figures, **agenda})
            cursor.execute(_HOURS, agenda)
            cursor.execute(_OCCUPATIONS, agenda)
            cursor.execute("SELECT id, paciente_id, doctor_id, centro_id, inicio, estado FROM cita")
            copies.execute("BEGIN")
            copies.executemany(_COPIES, cursor)
            copies.execute("COMMIT")
            cursor.execute("VACUUM ANALYZE")
            copies.execute("VACUUM ANALYZE")
    say(f"{count} appointments of {days} days written in {time.monotonic() - started:.1f} s")
    return Network(**{**vars(network), "free_from": first + timedelta(days=days + 1)})
