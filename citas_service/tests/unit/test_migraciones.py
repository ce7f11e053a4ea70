"""A database with appointments comes along when the schema grows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from alembic import command
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from citas.extensiones import db
from citas.servicio import SERVICIO
from comun.migrations import alembic_config, differences
from comun.testing.databases import postgres_database, sqlite_database

UNA_CITA = (
    "INSERT INTO paciente_ref (id, secuencia, nombres, apellidos, busqueda) VALUES (1, 1, 'José', 'Núñez', 'jose')",
    "INSERT INTO doctor_ref (id, secuencia, nombres, apellidos, busqueda) VALUES (1, 1, 'Ana', 'Ríos', 'ana rios')",
    "INSERT INTO centro_ref (id, secuencia, nombre, zona_horaria) VALUES (1, 1, 'Centro', 'America/Guayaquil')",
    """INSERT INTO cita (id, paciente_id, doctor_id, centro_id, inicio, fin, duracion_minutos, dia, zona_horaria,
        busqueda, estado, recordatorio_enviado, registrado_por, creado_en, actualizado_en, version)
       VALUES (7, 1, 1, 1, '2030-01-15 15:00:00', '2030-01-15 15:30:00', 30, '2030-01-15', 'America/Guayaquil',
        '', 'programada', false, 'admin', '2026-01-01 00:00:00', '2026-01-01 00:00:00', 1)""",
    """INSERT INTO ocupacion (tipo, recurso_id, inicio, fin, cita_id)
       VALUES ('doctor', 1, '2030-01-15 15:00:00', '2030-01-15 15:30:00', 7)""",
)
OTRA_A_LA_VEZ = """
    INSERT INTO ocupacion (tipo, recurso_id, inicio, fin, cita_id)
    VALUES ('doctor', 1, '2030-01-15 15:15:00', '2030-01-15 15:45:00', 7)
"""


@pytest.fixture
def vacia(backend: str, service_overrides: dict[str, Any], request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The service on a database without a schema."""
    with ExitStack() as al_final:
        contexto = (
            sqlite_database() if backend == "sqlite" else postgres_database(request.getfixturevalue("postgres_url"))
        )
        url = al_final.enter_context(contexto)
        app = SERVICIO.create_app(
            {"CITAS_DATABASE_URL": url, "CITAS_CLIENT_SECRET": "x" * 40, "LOG_LEVEL": "ERROR", **service_overrides}
        )
        al_final.callback(app.extensions["trust"].stop)
        with app.app_context():
            al_final.callback(db.engine.dispose)
            yield app


def test_las_citas_y_su_guarda_siguen_ahi(vacia: Flask) -> None:
    command.upgrade(alembic_config(vacia), "0001")
    with db.engine.begin() as conexion:
        for orden in UNA_CITA:
            conexion.execute(text(orden))
    command.upgrade(alembic_config(vacia), "head")
    assert differences(vacia) == []
    with db.engine.connect() as conexion:
        assert conexion.execute(text("SELECT tipo, recurso_id, cita_id FROM ocupacion")).one() == ("doctor", 1, 7)
        cita = conexion.execute(text("SELECT sobreturno, holgura_antes_minutos, asistente_id FROM cita")).one()
        assert tuple(cita) in ((False, 0, None), (0, 0, None))
    with pytest.raises(IntegrityError, match="ex_ocupacion_doctor"), db.engine.begin() as conexion:
        conexion.execute(text(OTRA_A_LA_VEZ))
