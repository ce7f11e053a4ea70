"""What is asked of the system: a case per kind of request that people make all day."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from dataset import PASSWORD, Network
from load import Case, prepare

VARIETY = 200  # different requests of one kind, sent in turn
MOST_BOOKINGS = 1000  # per second


def cases(network: Network, url: str, seconds: int) -> Iterator[Case]:
    """All of them, in the order in which they are measured. What writes comes last."""
    chance = random.Random(2)
    days = [(network.free_from - timedelta(days=back)).isoformat() for back in (2, 3, 4)]
    people = [chance.choice(network.people) for _ in range(VARIETY)]
    names = [f"{person['nombres'].split()[0]} {person['apellidos']}" for person in people]
    numbers = [person["identificacion"][2:8] for person in people]
    common = ["mar", "garcia", "José", "López"]
    booked = next(network.bookings()) | {"fecha_hora": f"{network.free_from}T20:00:00-05:00"}

    def get(name: str, path: str, queries: Iterable[dict[str, Any]], token: str) -> Case:
        made = [prepare("GET", f"{path}?{urlencode(query)}".rstrip("?"), token=token) for query in queries]
        return Case(name, url, made)

    secretary, admin = network.secretary, network.admin
    by_doctor = [{"doctor_id": doctor} for doctor in network.doctors]
    yield get("list of appointments, 20 rows", "/citas", [{}], secretary)
    yield get("… of a doctor", "/citas", by_doctor, secretary)
    yield get("… of a day", "/citas", [{"fecha": day} for day in days], secretary)
    yield get("… of a day, whole network", "/citas", [{"fecha": day} for day in days], admin)
    yield Case(
        "one appointment", url, [prepare("GET", f"/citas/{n}", token=secretary) for n in _some(chance, 1, VARIETY)]
    )
    first = datetime.now(UTC).date() + timedelta(days=1)
    slots = "/citas/disponibilidad"
    week, month = ({"desde": first, "hasta": first + timedelta(days=days - 1)} for days in (7, 30))
    by_scheduled = [{"doctor_id": doctor} for doctor in network.scheduled]
    yield get("free slots: a doctor, 7 days", slots, [query | week for query in by_scheduled], secretary)
    yield get("free slots: a doctor, 30 days", slots, [query | month for query in by_scheduled], secretary)
    yield get(
        f"free slots: {len(network.scheduled)} doctors, 7 days",
        slots,
        [{"centro_id": network.scheduled_centre} | week],
        secretary,
    )
    patients = "/admin/pacientes"
    yield get("search of a patient: full name", patients, [{"q": name} for name in names], secretary)
    yield get("… common word, 20 rows", patients, [{"q": word} for word in common], secretary)
    yield get("… part of a number", patients, [{"q": number} for number in numbers], secretary)
    yield Case(
        "one patient",
        url,
        [prepare("GET", f"{patients}/{n}", token=secretary) for n in chance.sample(network.patients, VARIETY)],
    )
    credentials = [{"nombre_usuario": name, "contrasena": PASSWORD} for name in network.secretaries]
    yield Case("login", url, [prepare("POST", "/auth/login", body=body) for body in credentials])
    bodies = islice(network.bookings(), MOST_BOOKINGS * seconds)
    yield Case(
        "booking", url, [prepare("POST", "/citas", token=secretary, body=body) for body in bodies], 201, once=True
    )
    yield Case(
        "booking refused, the time is taken", url, [prepare("POST", "/citas", token=secretary, body=booked)], 409
    )


def bare_cases(url: str, token: str) -> list[Case]:
    """The same way through gateway and gunicorn with nothing behind it."""
    return [
        Case("bare Flask, constant JSON", url, [prepare("GET", "/auth/constante")]),
        Case("bare Flask, token verified", url, [prepare("GET", "/auth/con-token", token=token)]),
    ]


def _some(chance: random.Random, first: int, count: int) -> list[int]:
    return chance.sample(range(first, first + 5 * count), count)
