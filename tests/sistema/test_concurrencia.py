"""A thousand bookings at once, through the gateway: exactly one gets the time.

For one doctor on both databases: several processes on PostgreSQL, one with threads on SQLite. For one patient and for
one room, which the same constraints and triggers keep as they do doctors, on one of the two each. Mixed, so that
doctors, patients and rooms are all wanted by many, where bookings really meet: SQLite lets in one at a time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from .a_la_vez import a_la_vez
from .conftest import Quien, Red, manana
from .mundo import EN_POSTGRESQL, EN_UNA_BASE

TODOS = 1000
# Three days ahead: it lies ahead when the tests run, too.
DIA = manana(dias=3)[:10]


def reservas(quien: Quien, cuerpos: list[dict[str, Any]]) -> Counter[tuple[int, str]]:
    """Book all of these at the same moment; how often each (status, codigo) came back."""
    respuestas = a_la_vez(quien, [("POST", "/citas", cuerpo) for cuerpo in cuerpos])
    return Counter((estado, cuerpo.get("codigo", "")) for estado, cuerpo in respuestas)


def minutos_distintos(n: int) -> dict[str, Any]:
    """Overlapping, but not equal times: 10:00 to 10:29 of the same day, for half an hour."""
    return {"fecha_hora": f"{DIA}T10:{n % 30:02d}:00", "duracion_minutos": 30}


def solo_una(cuentas: Counter[tuple[int, str]], *codigos: str) -> None:
    """One 201, all others 409 with one of these codes, nothing else."""
    assert cuentas.pop((201, "")) == 1, cuentas
    assert set(cuentas) <= {(409, codigo) for codigo in codigos}, cuentas
    assert sum(cuentas.values()) == TODOS - 1


@pytest.fixture
def gente(red: Red) -> Callable[[str], list[int]]:
    """Forty of a kind, so that most requests differ in whom they are for."""

    def hacer(que: str) -> list[int]:
        if que == "doctor_id":
            return [red.doctor() for _ in range(40)]
        return [red.paciente() for _ in range(40)]

    return hacer


def test_mil_reservas_del_mismo_doctor(red: Red, gente: Callable[[str], list[int]]) -> None:
    doctor, centro, pacientes = red.doctor(), red.centro(), gente("paciente_id")
    cuerpos = [
        {"doctor_id": doctor, "centro_id": centro, "paciente_id": pacientes[n % 40], **minutos_distintos(n)}
        for n in range(TODOS)
    ]
    solo_una(reservas(red.admin, cuerpos), "doctor_ocupado")


@EN_POSTGRESQL
def test_mil_reservas_del_mismo_paciente(red: Red, gente: Callable[[str], list[int]]) -> None:
    paciente, centro, doctores = red.paciente(), red.centro(), gente("doctor_id")
    cuerpos = [
        {"doctor_id": doctores[n % 40], "centro_id": centro, "paciente_id": paciente, **minutos_distintos(n)}
        for n in range(TODOS)
    ]
    # A doctor whose booking was refused for the patient is free again: only the winner's is busy.
    solo_una(reservas(red.admin, cuerpos), "paciente_ocupado", "doctor_ocupado")


@EN_UNA_BASE
def test_mil_reservas_de_la_misma_sala(red: Red, gente: Callable[[str], list[int]]) -> None:
    centro = red.centro(salas=[{"nombre": "Sillón 1"}])
    sala = red.admin.get(f"/admin/centros/{centro}").json()["salas"][0]["id"]
    doctores, pacientes = gente("doctor_id"), gente("paciente_id")
    cuerpos = [
        {
            "doctor_id": doctores[n % 40],
            "paciente_id": pacientes[n % 40],
            "centro_id": centro,
            "sala_id": sala,
            **minutos_distintos(n),
        }
        for n in range(TODOS)
    ]
    solo_una(reservas(red.admin, cuerpos), "sala_ocupada", "doctor_ocupado")


@EN_POSTGRESQL
def test_mil_reservas_mezcladas_nunca_se_solapan(red: Red) -> None:
    doctores, pacientes = [red.doctor() for _ in range(3)], [red.paciente() for _ in range(4)]
    centro = red.centro(salas=[{"nombre": "Sillón 1"}, {"nombre": "Sillón 2"}])
    salas = [sala["id"] for sala in red.admin.get(f"/admin/centros/{centro}").json()["salas"]]
    cuerpos = [
        {
            "doctor_id": doctores[n % 3],
            "paciente_id": pacientes[n % 4],
            "sala_id": salas[n % 2],
            "centro_id": centro,
            "fecha_hora": manana(f"{8 + n % 7:02d}:{(n * 7) % 60:02d}"),
            "duracion_minutos": 20 + n % 40,
        }
        for n in range(TODOS)
    ]
    cuentas = reservas(red.admin, cuerpos)
    ocupados = {(409, f"{que}") for que in ("doctor_ocupado", "paciente_ocupado", "sala_ocupada")}
    assert set(cuentas) <= {(201, ""), *ocupados}, cuentas
    citas = red.admin.get("/citas", params={"centro_id": centro, "tamano": 200}).json()["datos"]
    assert len(citas) == cuentas[(201, "")]
    for campo in ("doctor_id", "paciente_id", "sala_id"):
        assert sin_solapes([c for c in citas if c["estado"] == "programada"], campo)


def sin_solapes(citas: list[dict[str, Any]], campo: str) -> bool:
    """No two appointments of one doctor (patient, room) at the same instant."""
    from datetime import datetime, timedelta

    por_recurso: dict[int, list[tuple[datetime, datetime]]] = {}
    for cita in citas:
        inicio = datetime.fromisoformat(cita["fecha_hora"])
        fin = inicio + timedelta(minutes=cita["duracion_minutos"])
        por_recurso.setdefault(cita[campo], []).append((inicio, fin))
    return all(
        antes[1] <= despues[0]
        for intervalos in por_recurso.values()
        for antes, despues in zip(sorted(intervalos), sorted(intervalos)[1:], strict=False)
    )
