"""Names kept in appointments follow their owner's, by news; and when news are lost, by `referencias reconstruir`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from local_system import StartError, System
from sqlalchemy import Engine, create_engine, text

from comun.engine import normalise_url

from .conftest import Red, bien, manana
from .mundo import EN_POSTGRESQL, EN_UNA_BASE
from .test_caidas import esperar


@contextmanager
def base(sistema: System, servicio: str) -> Iterator[Engine]:
    """The database of a service, behind its back."""
    motor = create_engine(normalise_url(sistema.env[f"{servicio.upper()}_DATABASE_URL"]))
    try:
        yield motor
    finally:
        motor.dispose()


def reconstruir(sistema: System, *opciones: str) -> str:
    """What the command prints; with differences that stay it fails."""
    try:
        return sistema.command("citas", "referencias", "reconstruir", *opciones)
    except StartError as fallo:
        return str(fallo)


def lineas(salida: str, *ids: int) -> list[list[str]]:
    """Copy, id and what is wrong with it, of these ids."""
    partes = [linea.split() for linea in salida.splitlines()]
    return sorted(p[:3] for p in partes if len(p) > 2 and p[1].isdigit() and int(p[1]) in ids)


def al_dia(sistema: System) -> bool:
    """Whether citas_service has all news of the other two."""
    pendientes = text("SELECT count(*) FROM entrega WHERE suscriptor = 'citas' AND estado <> 'entregada'")
    for servicio in ("admin", "auth"):
        with base(sistema, servicio) as motor, motor.connect() as conexion:
            if conexion.scalar(pendientes):
                return False
    return True


def nombres(red: Red, cita_id: int) -> tuple[str, str]:
    cita = bien(red.admin.get(f"/citas/{cita_id}"))
    return cita["paciente"]["apellidos"], cita["doctor"]["apellidos"]


@pytest.fixture
def citada(red: Red) -> dict[str, Any]:
    """An appointment whose people this test alone knows."""
    cita: dict[str, Any] = bien(red.admin.post("/citas", red.cita()), 201)
    return cita


@EN_POSTGRESQL
def test_un_servicio_que_estuvo_caido_se_pone_al_dia(sistema: System, red: Red, citada: dict[str, Any]) -> None:
    doctor, paciente, repetido = citada["doctor_id"], citada["paciente_id"], red.paciente()
    cuerpo = red.cita(
        doctor_id=doctor, centro_id=citada["centro_id"], paciente_id=repetido, fecha_hora=manana("16:00")
    )
    suya = bien(red.admin.post("/citas", cuerpo), 201)["id"]
    sistema.down("citas", at_once=True)
    try:
        for ruta in (f"/admin/doctores/{doctor}", f"/admin/pacientes/{paciente}"):
            bien(red.admin.put(ruta, {"apellidos": "Mientras Tanto"}, headers={"If-Match": "*"}))
        fusion = {"absorbido_id": repetido, "motivo": "Duplicado"}
        bien(red.admin.post(f"/admin/pacientes/{paciente}/fusion", fusion, headers={"If-Match": "*"}))
    finally:
        sistema.up("citas")
    sistema.wait_ready()
    esperar(lambda: nombres(red, suya) == ("Mientras Tanto", "Mientras Tanto"))
    assert nombres(red, citada["id"]) == ("Mientras Tanto", "Mientras Tanto")
    assert bien(red.admin.get(f"/citas/{suya}"))["paciente_id"] == paciente


@EN_UNA_BASE
def test_lo_que_se_perdio_se_vuelve_a_pedir(sistema: System, red: Red, citada: dict[str, Any]) -> None:
    doctor, paciente, centro = (citada[f"{que}_id"] for que in ("doctor", "paciente", "centro"))
    repetido, perdido = red.paciente(), red.paciente()
    cuerpo = red.cita(doctor_id=doctor, centro_id=centro, paciente_id=repetido, fecha_hora=manana("16:00"))
    suya = bien(red.admin.post("/citas", cuerpo), 201)["id"]
    esperar(lambda: al_dia(sistema))
    sistema.down("admin-worker")
    try:
        bien(red.admin.put(f"/admin/doctores/{doctor}", {"apellidos": "Renombrada"}, headers={"If-Match": "*"}))
        fusion = {"absorbido_id": repetido, "motivo": "Duplicado"}
        bien(red.admin.post(f"/admin/pacientes/{paciente}/fusion", fusion, headers={"If-Match": "*"}))
        with base(sistema, "admin") as admin, admin.begin() as conexion:
            conexion.execute(text("DELETE FROM entrega WHERE estado = 'pendiente' AND suscriptor = 'citas'"))
    finally:
        sistema.up("admin-worker")
    with base(sistema, "citas") as citas, citas.begin() as conexion:
        conexion.execute(text("UPDATE centro_ref SET nombre = 'Estropeado' WHERE id = :id"), {"id": centro})
        conexion.execute(text("DELETE FROM paciente_ref WHERE id = :id"), {"id": perdido})
        conexion.execute(
            text("INSERT INTO doctor_ref VALUES (999999, 1, 'De', 'Nadie', '', :si, '[]', '[]')"), {"si": True}
        )

    salida = reconstruir(sistema)
    assert "diferencias" in salida and "aplicadas" not in salida and "Renombrada" not in salida
    assert lineas(salida, doctor, centro, repetido, perdido, 999999) == sorted(
        [
            ["doctores", str(doctor), "distinta"],
            ["doctores", "999999", "sobra"],
            ["centros", str(centro), "distinta"],
            ["pacientes", str(repetido), "distinta"],
            ["pacientes", str(perdido), "falta"],
        ]
    )
    assert nombres(red, suya)[1] != "Renombrada"  # looking changes nothing

    assert "aplicadas" in reconstruir(sistema, "--aplicar")
    assert nombres(red, suya)[1] == nombres(red, citada["id"])[1] == "Renombrada"
    assert bien(red.admin.get(f"/citas/{suya}"))["paciente_id"] == paciente
    assert reconstruir(sistema) == "0 diferencias\n"


@EN_POSTGRESQL
def test_se_reconstruye_desde_nada_mientras_se_trabaja(sistema: System, red: Red, citada: dict[str, Any]) -> None:
    """A backup of citas_service from before everybody's last change was put back, and people work on."""
    doctor, nuevo = citada["doctor_id"], red.doctor()
    esperar(lambda: al_dia(sistema))
    with base(sistema, "citas") as citas, citas.begin() as conexion:
        conexion.execute(text("UPDATE paciente_ref SET apellidos = 'Viejo', secuencia = 0"))
        conexion.execute(text("UPDATE doctor_ref SET apellidos = 'Viejo', secuencia = 0"))
        conexion.execute(text("UPDATE asistente_ref SET apellidos = 'Viejo', secuencia = 0"))
    bien(red.admin.put(f"/admin/doctores/{nuevo}", {"apellidos": "Recién"}, headers={"If-Match": "*"}))
    reconstruir(sistema, "--aplicar")
    esperar(lambda: al_dia(sistema))
    assert nombres(red, citada["id"])[0].startswith("Paciente")
    assert reconstruir(sistema) == "0 diferencias\n"
    assert bien(red.admin.get(f"/admin/doctores/{doctor}"))["apellidos"] == nombres(red, citada["id"])[1]
