"""What tests need: persons, places and news of appointments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask

from admin.extensiones import db
from comun.testing.client import ApiClient, ok
from comun.testing.events import envelope

CEDULAS = ("1714307103", "1714616123", "0926687856", "1710034065")


def crear_centro(api: ApiClient, **datos: Any) -> dict[str, Any]:
    """A centre."""
    return dict(ok(api.post("/admin/centros", {"nombre": "Quito Norte", **datos}), 201))


def crear_doctor(api: ApiClient, **datos: Any) -> dict[str, Any]:
    """A doctor, without a user unless something is said of it."""
    base = {"nombres": "Ana Lucía", "apellidos": "Pérez Mora"}
    return dict(ok(api.post("/admin/doctores", base | sin_usuario(datos) | datos), 201))


def crear_paciente(api: ApiClient, **datos: Any) -> dict[str, Any]:
    """A patient, without a user unless something is said of it."""
    base = {"nombres": "José", "apellidos": "Núñez Loor"}
    return dict(ok(api.post("/admin/pacientes", base | sin_usuario(datos) | datos), 201))


def crear_pacientes(api: ApiClient, filas: list[dict[str, Any]]) -> None:
    """Many at once, without users."""
    assert ok(api.post("/admin/pacientes/carga", filas), 201)["creados"] == len(filas)


def sin_usuario(datos: dict[str, Any]) -> dict[str, Any]:
    """That no user is wanted, unless the data speak of one."""
    return {} if {"nombre_usuario", "usuario_id", "crear_usuario"} & set(datos) else {"crear_usuario": False}


def buscar(api: ApiClient, q: str, **consulta: Any) -> list[str]:
    """The full names that a search finds."""
    hallados = ok(api.get("/admin/pacientes/buscar", query_string={"q": q, **consulta}))
    return [paciente["nombre_completo"] for paciente in hallados["datos"]]


def anunciar_cita(
    api: ApiClient,
    cita_id: int = 1,
    estado: str = "programada",
    secuencia: int = 1,
    *,
    paciente_id: int = 1,
    doctor_id: int = 1,
    centro_id: int = 1,
    sala_id: int | None = None,
    dias: float = 1,
    evento_id: str | None = None,
    tipo: str | None = None,
) -> Any:
    """Deliver citas_service's news of an appointment so many days from now."""
    fecha_hora = datetime.now(UTC) + timedelta(days=dias)
    datos = {
        "id": cita_id,
        "paciente_id": paciente_id,
        "doctor_id": doctor_id,
        "centro_id": centro_id,
        "sala_id": sala_id,
        "fecha_hora": fecha_hora.isoformat(),
        "duracion_minutos": 30,
        "estado": estado,
        "motivo_consulta": None,
        "reprograma_a_id": None,
        "reprogramada_en_id": None,
        "motivo": None,
    }
    documento = envelope("/citas", tipo or f"cita.{estado}.v1", f"cita/{cita_id}", datos, secuencia, evento_id)
    return api.as_("servicio").post("/interno/eventos", documento)


def eventos(app: Flask) -> list[tuple[str, str, dict[str, Any]]]:
    """What was told: (type, subject, data)."""
    tabla = app.extensions["comun"].tables.outbox
    with app.app_context():
        return [(f.tipo, f.sujeto, f.datos) for f in db.session.execute(db.select(tabla).order_by(tabla.c.id))]


def auditoria(app: Flask) -> list[Any]:
    """The audit rows."""
    tabla = app.extensions["comun"].tables.audit
    with app.app_context():
        return [*db.session.execute(db.select(tabla).order_by(tabla.c.id))]
