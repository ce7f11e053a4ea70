"""What tests of series share: booking and moving them, and what is left of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from hypothesis import Phase, settings
from hypothesis import strategies as st

from citas.extensiones import db
from citas.modelos import Cita, Ocupacion, Recordatorio, Serie
from comun.testing.client import ApiClient, ok, problem

from .conftest import datos_de_cita, manana

DIARIA = "FREQ=DAILY;COUNT=4"


def datos_de_serie(**cambios: Any) -> dict[str, Any]:
    """Four days on end, unless told otherwise."""
    return datos_de_cita(rrule=DIARIA, **cambios) if "rrule" not in cambios else datos_de_cita(**cambios)


def agendar(api: ApiClient, **cambios: Any) -> dict[str, Any]:
    """Book a series."""
    serie: dict[str, Any] = ok(api.post("/citas/series", datos_de_serie(**cambios)), 201)
    return serie


def prever(api: ApiClient, **cambios: Any) -> list[dict[str, Any]]:
    """What would become of each date."""
    fechas: list[dict[str, Any]] = ok(api.post("/citas/series?simular=true", datos_de_serie(**cambios)))["fechas"]
    return fechas


def horas(citas: list[dict[str, Any]]) -> list[str]:
    """Their starts on the clock."""
    return [c["fecha_hora"][:16] for c in citas]


def en_dias(*dias: int, hora: str = "10:00") -> list[str]:
    """That time of day, so many days from today."""
    return [manana(hora, dias=dia)[:16] for dia in dias]


def cuantas(app: Flask, *tablas: Any) -> list[int]:
    """How many rows each table has."""
    with app.app_context():
        return [db.session.scalar(db.select(db.func.count()).select_from(tabla)) or 0 for tabla in tablas]


def nada_quedo(app: Flask) -> bool:
    """Whether nothing of a booking is there."""
    return cuantas(app, Serie, Cita, Ocupacion, Recordatorio, app.extensions["comun"].tables.outbox) == [0] * 5


def vivas(api: ApiClient, serie_id: int) -> list[dict[str, Any]]:
    """Its appointments that stand."""
    citas: list[dict[str, Any]] = ok(api.get(f"/citas/series/{serie_id}"))["citas"]
    return [c for c in citas if c["estado"] != "cancelada"]


def mover(api: ApiClient, hecho: dict[str, Any], **cambios: Any) -> Any:
    """Change what was booked."""
    return api.put(f"/citas/series/{hecho['serie']['id']}", cambios)


ajenas = st.lists(
    st.fixed_dictionaries(
        {
            "doctor_id": st.integers(1, 2),
            "paciente_id": st.integers(1, 2),
            "cuarto": st.integers(0, 11),
            "largo": st.integers(1, 4),
            "dia": st.integers(1, 4),
        }
    ),
    max_size=6,
)


def ocupar(api: ApiClient, otras: list[dict[str, int]]) -> None:
    """Book what is in the way."""
    for otra in otras:
        cuando = datetime.fromisoformat(manana("09:00", dias=otra["dia"])) + timedelta(minutes=15 * otra["cuarto"])
        api.post(
            "/citas",
            datos_de_cita(
                doctor_id=otra["doctor_id"],
                paciente_id=otra["paciente_id"],
                fecha_hora=cuando.isoformat(),
                duracion_minutos=15 * otra["largo"],
            ),
        )


# Each is a dozen bookings.
de_a_pocos = settings(phases=[Phase.generate], max_examples=settings().max_examples * 3 // 5)


def comprobar(previa: dict[str, Any], respuesta: Any, status: int, omitir: bool) -> None:
    """What happened is what was told beforehand."""
    libres = [f["fecha_hora"] for f in previa["fechas"] if f["disponible"]]
    ocupadas = {f["fecha_hora"]: [f"{f['codigo']}: {f['motivo']}"] for f in previa["fechas"] if not f["disponible"]}
    assert (previa["disponibles"], previa["conflictos"]) == (len(libres), len(ocupadas))
    if ocupadas and not (omitir and libres):
        assert problem(respuesta, 409, "serie_con_conflictos")["errores"] == ocupadas
        return
    hecho = ok(respuesta, status)
    assert [c["fecha_hora"] for c in hecho["citas"]] == libres
    assert {o["fecha_hora"]: [f"{o['codigo']}: {o['motivo']}"] for o in hecho["omitidas"]} == ocupadas
