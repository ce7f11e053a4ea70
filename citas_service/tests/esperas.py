"""What tests of the waitlist share: wishes, the worker's turn, and how the tables stand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import text

from citas.casos_de_uso.huecos import ofrecer_huecos
from citas.extensiones import db
from citas.modelos import Apartado, CentroRef, DoctorRef, Espera, Hueco, Ocupacion, Oferta, PacienteRef
from comun.db import now
from comun.testing.client import ApiClient, ok

from .conftest import QUITO, programar


def dia(dias: int) -> str:
    """So many days from today, on the mainland."""
    return str((datetime.now(QUITO) + timedelta(days=dias)).date())


def deseo(**cambios: Any) -> dict[str, Any]:
    """A wish that can be had. `desde` and `hasta` may be so many days from today."""
    for campo in {"desde", "hasta"} & set(cambios):
        if isinstance(cambios[campo], int):
            cambios[campo] = dia(cambios[campo])
    return {"paciente_id": 1, "doctor_id": 1, "hasta": dia(30)} | cambios


def esperar(api: ApiClient, **cambios: Any) -> dict[str, Any]:
    """Put somebody on the list."""
    espera: dict[str, Any] = ok(api.post("/citas/lista-espera", deseo(**cambios)), 201)
    return espera


def ver(api: ApiClient, espera: dict[str, Any]) -> dict[str, Any]:
    """The wish as it is now."""
    vista: dict[str, Any] = ok(api.get(f"/citas/lista-espera/{espera['id']}"))
    return vista


def se_libera(api: ApiClient, **cambios: Any) -> dict[str, Any]:
    """An appointment of patient 8 is cancelled."""
    cita = programar(api, **{"paciente_id": 8, **cambios})
    ok(api.patch(f"/citas/{cita['id']}/estado", {"estado": "cancelada"}))
    return cita


def responder(api: ApiClient, espera: dict[str, Any], respuesta: str) -> Any:
    return api.post(f"/citas/lista-espera/{espera['id']}/{respuesta}")


def con_oferta(api: ApiClient, *esperas: dict[str, Any]) -> list[int]:
    """Which of them have an offer now, by their place."""
    return [n for n, espera in enumerate(esperas, 1) if ver(api, espera)["oferta"]]


def huecos(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(db.select(Hueco.estado).order_by(Hueco.id)))


def eventos(app: Flask, tipo: str) -> list[dict[str, Any]]:
    tabla = app.extensions["comun"].tables.outbox
    with app.app_context():
        return list(db.session.scalars(db.select(tabla.c.datos).where(tabla.c.tipo == tipo).order_by(tabla.c.id)))


def repartir(app: Flask) -> None:
    """The worker's turn."""
    with app.app_context():
        ofrecer_huecos()


def dejar_vencer(app: Flask) -> None:
    """Nobody answers: all offers and holds have run out."""
    with app.app_context():
        antes = now() - timedelta(seconds=1)
        for modelo in (Oferta, Apartado):
            db.session.execute(db.update(modelo).values(vence_en=antes))
        db.session.execute(db.update(Ocupacion).where(Ocupacion.vence_en.is_not(None)).values(vence_en=antes))
        db.session.commit()


def cuenta(app: Flask, consulta: str) -> Any:
    """The first value of a query."""
    with app.app_context():
        return db.session.scalar(text(consulta))


# Each must find nothing, whenever no transaction is under way.
INCOHERENCIAS = {
    "a freed time offered to two at once": (
        "SELECT hueco_id FROM oferta WHERE estado = 'enviada' GROUP BY hueco_id HAVING count(*) > 1"
    ),
    "two offers at once to the same": (
        "SELECT espera_id FROM oferta WHERE estado = 'enviada' GROUP BY espera_id HAVING count(*) > 1"
    ),
    "the same offered twice": ("SELECT hueco_id FROM oferta GROUP BY hueco_id, espera_id HAVING count(*) > 1"),
    "offered, but nobody has the offer": (
        "SELECT id FROM hueco WHERE estado = 'ofrecido'"
        " AND id NOT IN (SELECT hueco_id FROM oferta WHERE estado = 'enviada')"
    ),
    "an offer of what is not kept for anybody": (
        "SELECT oferta.id FROM oferta JOIN hueco ON hueco.id = hueco_id JOIN espera ON espera.id = espera_id"
        " WHERE oferta.estado = 'enviada' AND (hueco.estado <> 'ofrecido' OR espera.estado <> 'ofrecida'"
        " OR apartado_id NOT IN (SELECT id FROM apartado))"
    ),
    "a wish said to have an offer": (
        "SELECT id FROM espera WHERE estado = 'ofrecida'"
        " AND id NOT IN (SELECT espera_id FROM oferta WHERE estado = 'enviada')"
    ),
    "a hold of nobody": (
        "SELECT id FROM apartado WHERE id NOT IN (SELECT apartado_id FROM oferta WHERE estado = 'enviada')"
    ),
    "time taken by a hold that is gone": (
        "SELECT id FROM ocupacion WHERE apartado_id IS NOT NULL AND apartado_id NOT IN (SELECT id FROM apartado)"
    ),
    "an offer that was not announced once": (
        "SELECT oferta.id FROM oferta WHERE (SELECT count(*) FROM evento_saliente"
        " WHERE tipo = 'espera.ofrecida.v1' AND sujeto = 'espera/' || oferta.espera_id) <>"
        " (SELECT count(*) FROM oferta AS otra WHERE otra.espera_id = oferta.espera_id)"
    ),
}


def incoherencias(app: Flask) -> dict[str, list[Any]]:
    """What does not fit together, by its name."""
    with app.app_context():
        halladas = {nombre: db.session.execute(text(sql)).all() for nombre, sql in INCOHERENCIAS.items()}
    return {nombre: list(filas) for nombre, filas in halladas.items() if filas}


def mucha_gente(app: Flask, huecos: int, esperas: int) -> None:
    """So many freed half hours of two doctors, and so many who would take any of them."""
    with app.app_context():
        db.session.add(CentroRef(id=1, nombre="Centro", zona_horaria=QUITO.key))
        for n in (1, 2):
            db.session.add(DoctorRef(id=n, nombres="Ana", apellidos=f"Doctora {n}", busqueda=""))
        for n in range(1, esperas + 1):
            db.session.add(PacienteRef(id=n, nombres="José", apellidos=f"Núñez {n}", busqueda=""))
        db.session.flush()
        primero = now().replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
        for n in range(huecos):
            inicio = primero + timedelta(minutes=30 * (n // 2))
            db.session.add(Hueco(doctor_id=n % 2 + 1, centro_id=1, inicio=inicio, fin=inicio + timedelta(minutes=30)))
        hoy = now().astimezone(QUITO).date()
        for n in range(1, esperas + 1):
            db.session.add(
                Espera(
                    paciente_id=n,
                    centro_id=1,
                    desde=hoy,
                    hasta=hoy + timedelta(days=9),
                    prioridad=n % 3,
                    registrado_por="recepción",
                )
            )
        db.session.commit()
