"""Whatever is booked, moved and cancelled in whatever order: nobody is ever in two places at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from citas.extensiones import db
from comun.testing.client import ApiClient

from ..conftest import AdminDePrueba, manana, vaciar

pytestmark = pytest.mark.both_databases

BASE = datetime.fromisoformat(manana("08:00"))


@dataclass
class Lugar:
    """Who, where and when an appointment would be. Quarters of an hour from eight o'clock."""

    doctor_id: int
    paciente_id: int
    sala_id: int | None
    cuarto: int
    largo: int

    def choca_con(self, otro: Lugar) -> bool:
        """The rule, as a person would say it."""
        a_la_vez = self.cuarto < otro.cuarto + otro.largo and otro.cuarto < self.cuarto + self.largo
        comparten = (
            self.doctor_id == otro.doctor_id
            or self.paciente_id == otro.paciente_id
            or (self.sala_id is not None and self.sala_id == otro.sala_id)
        )
        return a_la_vez and comparten

    def cuerpo(self) -> dict[str, Any]:
        cuando = BASE + timedelta(minutes=15 * self.cuarto)
        return {
            "doctor_id": self.doctor_id,
            "paciente_id": self.paciente_id,
            "centro_id": 1,
            "sala_id": self.sala_id,
            "fecha_hora": cuando.isoformat(),
            "duracion_minutos": 15 * self.largo,
        }


lugares = st.builds(
    Lugar,
    doctor_id=st.integers(1, 2),
    paciente_id=st.integers(1, 3),
    sala_id=st.sampled_from([None, 1, 2]),
    cuarto=st.integers(0, 7),
    largo=st.integers(1, 4),
)
pasos = st.lists(
    st.one_of(
        st.tuples(st.just("programar"), st.just(0), lugares),
        st.tuples(st.just("mover"), st.integers(0, 5), lugares),
        st.tuples(st.just("alargar"), st.integers(0, 5), lugares),
        st.tuples(st.just("cancelar"), st.integers(0, 5), lugares),
        st.tuples(st.just("eliminar"), st.integers(0, 5), lugares),
    ),
    min_size=2,
    max_size=12,
)

SOLAPES = """
    SELECT count(*) FROM cita a JOIN cita b ON a.id < b.id AND a.inicio < b.fin AND b.inicio < a.fin
    WHERE a.estado NOT IN ('cancelada', 'no_asistio') AND b.estado NOT IN ('cancelada', 'no_asistio')
      AND a.eliminado_en IS NULL AND b.eliminado_en IS NULL
      AND (a.doctor_id = b.doctor_id OR a.paciente_id = b.paciente_id OR a.sala_id = b.sala_id)
"""


class Agenda:
    """Does the steps on the service and, beside it, on a list; both must agree at each step."""

    def __init__(self, api: ApiClient) -> None:
        self.api = api
        self.vivas: dict[int, Lugar] = {}

    def cabe(self, lugar: Lugar, sin: int | None = None) -> bool:
        return not any(lugar.choca_con(otra) for id_, otra in self.vivas.items() if id_ != sin)

    def dar(self, paso: str, cual: int, lugar: Lugar) -> None:
        if paso == "programar":
            return self._programar(lugar)
        if self.vivas:
            cita_id = sorted(self.vivas)[cual % len(self.vivas)]
            getattr(self, f"_{paso}")(cita_id, lugar)

    def _programar(self, lugar: Lugar) -> None:
        respuesta = self.api.post("/citas", lugar.cuerpo())
        assert respuesta.status_code == (201 if self.cabe(lugar) else 409)
        if respuesta.status_code == 201:
            self.vivas[respuesta.get_json()["id"]] = lugar

    def _mover(self, cita_id: int, lugar: Lugar) -> None:
        if lugar.cuerpo()["fecha_hora"] == self.vivas[cita_id].cuerpo()["fecha_hora"]:
            lugar.cuarto += 1
        respuesta = self.api.put(f"/citas/{cita_id}", lugar.cuerpo())
        assert respuesta.status_code == (200 if self.cabe(lugar, sin=cita_id) else 409)
        if respuesta.status_code == 200:
            del self.vivas[cita_id]
            self.vivas[respuesta.get_json()["cita"]["id"]] = lugar

    def _alargar(self, cita_id: int, lugar: Lugar) -> None:
        cambiado = Lugar(**{**vars(self.vivas[cita_id]), "sala_id": lugar.sala_id, "largo": lugar.largo})
        cuerpo = {"sala_id": lugar.sala_id, "duracion_minutos": 15 * lugar.largo}
        respuesta = self.api.put(f"/citas/{cita_id}", cuerpo, headers={"If-Match": "*"})
        assert respuesta.status_code == (200 if self.cabe(cambiado, sin=cita_id) else 409)
        if respuesta.status_code == 200:
            self.vivas[cita_id] = cambiado

    def _cancelar(self, cita_id: int, _lugar: Lugar) -> None:
        assert self.api.patch(f"/citas/{cita_id}/estado", {"estado": "cancelada"}).status_code == 200
        del self.vivas[cita_id]

    def _eliminar(self, cita_id: int, _lugar: Lugar) -> None:
        assert self.api.delete(f"/citas/{cita_id}").status_code == 204
        del self.vivas[cita_id]


@pytest.mark.usefixtures("admin")
@given(pasos=pasos)
def test_ninguna_secuencia_deja_dos_citas_a_la_vez(
    app: Flask, api: ApiClient, admin: AdminDePrueba, pasos: list[tuple[str, int, Lugar]]
) -> None:
    vaciar(app)
    agenda = Agenda(api)
    for paso in pasos:
        agenda.dar(*paso)
    with app.app_context():
        assert db.session.scalar(text(SOLAPES)) == 0
        ocupadas = db.session.scalar(text("SELECT count(DISTINCT cita_id) FROM ocupacion"))
        assert ocupadas == len(agenda.vivas)
