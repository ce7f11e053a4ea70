"""The agenda under pressure, through the gateway: whoever searches, holds and books at once."""

from __future__ import annotations

import random
import threading
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import requests
from sqlalchemy import create_engine, text

from comun.engine import normalise_url

from .conftest import QUITO, Quien, Red, bien
from .mundo import EN_POSTGRESQL

CLIENTES, TURNOS = 200, 20
DIAS = ("lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo")


def proximo_dia_habil() -> datetime:
    """A day without holidays near it: the first Tuesday of the next June."""
    dia = datetime(datetime.now(QUITO).year + 1, 6, 1, tzinfo=QUITO)
    return dia + timedelta(days=(1 - dia.weekday()) % 7)


class Cliente(threading.Thread):
    """Somebody at a booking page: looks for a slot, holds it, books it; looks again if it is gone."""

    def __init__(self, quien: Quien, doctor_id: int, centro_id: int, paciente_id: int, fecha: str) -> None:
        super().__init__()
        self.quien, self.doctor_id, self.centro_id = quien, doctor_id, centro_id
        self.paciente_id, self.fecha = paciente_id, fecha
        self.cita: int | None = None
        self.vistas: Counter[tuple[str, int, str]] = Counter()
        self.azar = random.Random(paciente_id)

    def run(self) -> None:
        with requests.Session() as sesion:
            sesion.trust_env = False
            sesion.headers["Authorization"] = f"Bearer {self.quien.token}"
            busqueda = f"doctor_id={self.doctor_id}&fecha={self.fecha}"
            while turnos := self.pedir(sesion, "GET", f"/citas/disponibilidad?{busqueda}", None)["datos"]:
                elegido = self.azar.choice(turnos)
                deseo = {campo: elegido[campo] for campo in ("doctor_id", "centro_id", "fecha_hora")}
                deseo["paciente_id"] = self.paciente_id
                apartado = self.pedir(sesion, "POST", "/citas/apartados", deseo)
                if "id" in apartado:
                    cita = self.pedir(sesion, "POST", "/citas", {**deseo, "apartado_id": apartado["id"]})
                    self.cita = cita["id"]
                    return

    def pedir(self, sesion: requests.Session, metodo: str, ruta: str, cuerpo: Any) -> dict[str, Any]:
        respuesta = sesion.request(metodo, self.quien.url + ruta, json=cuerpo, timeout=120)
        contenido: dict[str, Any] = respuesta.json()
        self.vistas[metodo, respuesta.status_code, contenido.get("codigo", "")] += 1
        return contenido


@EN_POSTGRESQL
def test_doscientos_clientes_y_veinte_turnos(red: Red) -> None:
    doctor, centro = red.doctor(), red.centro()
    dia = proximo_dia_habil()
    horario = {"centro_id": centro, "dia_semana": DIAS[dia.weekday()], "desde": "08:00", "hasta": "18:00"}
    bien(red.admin.post(f"/citas/doctores/{doctor}/horarios", {**horario, "turno_minutos": 30}), 201)
    filas = [{"nombres": "José", "apellidos": f"Cliente {n}"} for n in range(CLIENTES)]
    pacientes = bien(red.admin.post("/admin/pacientes/carga", filas), 201)["ids"]
    clientes = [Cliente(red.admin, doctor, centro, paciente, f"{dia:%Y-%m-%d}") for paciente in pacientes]
    for cliente in clientes:
        cliente.start()
    for cliente in clientes:
        cliente.join()

    vistas = sum((cliente.vistas for cliente in clientes), Counter())
    assert set(vistas) <= {
        ("GET", 200, ""),
        ("POST", 201, ""),
        ("POST", 409, "doctor_ocupado"),
    }, vistas
    assert sum(cliente.cita is not None for cliente in clientes) == TURNOS
    citas = bien(red.admin.get(f"/citas?doctor_id={doctor}&tamano=200"))["datos"]
    assert len({cita["fecha_hora"] for cita in citas}) == len(citas) == TURNOS
    motor = create_engine(normalise_url(red.system.env["CITAS_DATABASE_URL"]))
    with motor.connect() as conexion:
        assert conexion.scalar(text("SELECT count(*) FROM apartado WHERE doctor_id = :d"), {"d": doctor}) == 0
        ocupado = "SELECT count(*) FROM ocupacion WHERE tipo = 'doctor' AND recurso_id = :d"
        assert conexion.scalar(text(ocupado), {"d": doctor}) == TURNOS
    motor.dispose()
