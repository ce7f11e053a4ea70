"""Rows that tests start from, written as the service itself would have."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from flask import Flask

from citas.extensiones import db
from citas.modelos import AsistenteRef, Bloqueo, CentroRef, DoctorRef, Horario, Politica
from citas.modelos.referencias import recordar

ZONAS = {1: "America/Guayaquil", 2: "Pacific/Galapagos", 3: "America/New_York"}


def conocer(app: Flask, doctores: Iterable[int] = (1, 2), centros: Iterable[int] = (1, 2, 3)) -> None:
    """Doctors and centres are known, as events tell; the rooms of centre 1 are 1 and 2."""
    with app.app_context():
        for numero in centros:
            salas = [{"id": n, "nombre": f"Sillón {n}", "tipo": "sillon", "activa": True} for n in (1, 2)]
            datos = {"id": numero, "nombre": f"Centro {numero}", "zona_horaria": ZONAS[numero], "activo": True}
            recordar(CentroRef, {**datos, "salas": salas if numero == 1 else []}, 1)
        for numero in doctores:
            nombres = {"id": numero, "nombres": "Ana", "apellidos": f"Doctora {numero}", "activo": True}
            recordar(DoctorRef, {**nombres, "especialidades": ["Odontología"], "servicios": []}, 1)
        db.session.commit()


def conocer_asistentes(app: Flask, *ids: int, activo: bool = True) -> None:
    """Users of the staff who can assist."""
    with app.app_context():
        for numero in ids:
            datos = {"id": numero, "nombres": "Luz", "apellidos": f"Asistente {numero}", "activo": activo}
            recordar(AsistenteRef, datos, 1)
        db.session.commit()


def poner_horario(app: Flask, desde: str = "08:00", hasta: str = "12:00", **datos: Any) -> None:
    """Hours on every weekday, or on `dias` (0 Monday)."""
    campos = {"doctor_id": 1, "centro_id": 1, "turno_minutos": 30, **datos}
    dias = campos.pop("dias", range(7))
    conocer(app, {campos["doctor_id"]}, {campos["centro_id"]})
    with app.app_context():
        db.session.add_all(
            Horario(dia_semana=dia, desde=minutos(desde), hasta=minutos(hasta), **campos) for dia in dias
        )
        db.session.commit()


def bloquear(app: Flask, inicio: datetime, duracion: timedelta, **datos: Any) -> None:
    """A block on the wall clock of the mainland; of doctor 1, unless `datos` says otherwise."""
    de_quien = {"doctor_id": 1} if not {"doctor_id", "centro_id"} & set(datos) else {}
    with app.app_context():
        db.session.add(
            Bloqueo(tipo="otro", inicio=inicio, fin=inicio + duracion, zona_horaria=ZONAS[1], **de_quien, **datos)
        )
        db.session.commit()


def poner_politica(app: Flask, **datos: Any) -> None:
    """A policy; for the network, unless `datos` names a centre or a treatment."""
    with app.app_context():
        db.session.add(Politica(**datos))
        db.session.commit()


def minutos(hora: str) -> int:
    """Minutes since midnight."""
    horas, _, resto = hora.partition(":")
    return int(horas) * 60 + int(resto)
