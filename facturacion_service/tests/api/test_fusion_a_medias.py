"""Patients are merged while something is being written for them: it is the survivor's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask

from comun.testing.client import ApiClient, ok
from comun.testing.peers import Reply, Seen
from facturacion.casos_de_uso.referencias import fusionar
from facturacion.extensiones import db

from ..citas import llega, noticia, tratamiento, vivas
from ..facturas import COMO_ESTE, URL, borrador
from ..vecinos import Vecinos

COTIZACIONES = "/facturacion/cotizaciones"
LINEA = {"tratamiento_id": 10}


@contextmanager
def al_preguntar(vecinos: Vecinos, hacer: Callable[[], None]) -> Iterator[None]:
    """That happens while the prices are asked for, once."""
    contestar, hecho = vecinos.answer, list[bool]()

    def answer(seen: Seen) -> Reply:
        if "tratamientos" in seen.path and not hecho:
            hecho.append(True)
            hacer()
        return contestar(seen)

    vecinos.answer = answer
    try:
        yield
    finally:
        vecinos.answer = contestar
    assert hecho


def unir(app: Flask, absorbido: int = 2, sobreviviente: int = 1) -> Callable[[], None]:
    """One patient becomes another one."""

    def hacer() -> None:
        with app.app_context():
            fusionar(absorbido, sobreviviente)
            db.session.commit()

    return hacer


def escrito(vecinos: Vecinos, app: Flask, pedir: Callable[[], Any], codigo: int) -> Any:
    vecinos.vender(10)
    with al_preguntar(vecinos, unir(app)):
        return ok(pedir(), codigo)


def test_el_borrador_que_cambia_de_paciente(app: Flask, admin: ApiClient, vecinos: Vecinos) -> None:
    una = borrador(admin)["id"]
    cambios = {"paciente_id": 2, "detalles": [LINEA]}
    assert (
        escrito(vecinos, app, lambda: admin.put(f"{URL}/{una}", cambios, headers=COMO_ESTE), 200)["paciente_id"] == 1
    )


def test_la_cotizacion_que_se_hace(app: Flask, admin: ApiClient, vecinos: Vecinos) -> None:
    datos = {"paciente_id": 2, "centro_id": 1, "detalles": [LINEA]}
    assert escrito(vecinos, app, lambda: admin.post(COTIZACIONES, datos), 201)["paciente_id"] == 1


def test_la_cotizacion_que_cambia_de_paciente(app: Flask, admin: ApiClient, vecinos: Vecinos) -> None:
    linea = {"descripcion": "Férula", "precio_unitario": 10, "tarifa_iva": 0}
    una = ok(admin.post(COTIZACIONES, {"paciente_id": 1, "centro_id": 1, "detalles": [linea]}), 201)["id"]
    cambios = {"paciente_id": 2, "detalles": [LINEA]}
    cambiada = escrito(vecinos, app, lambda: admin.put(f"{COTIZACIONES}/{una}", cambios, headers=COMO_ESTE), 200)
    assert cambiada["paciente_id"] == 1


def test_la_factura_de_su_cita_sigue_siendo_suya(app: Flask, admin: ApiClient) -> None:
    """Who had read it before names the one who was absorbed."""
    llega(admin, noticia("completada", 1, tratamiento(1)))
    una = vivas(app)[0].id
    unir(app, 1, 2)()
    cambios = {"paciente_id": 1, "observaciones": "Llamar"}
    cambiada = ok(admin.as_("admin").put(f"{URL}/{una}", cambios, headers=COMO_ESTE))
    assert (cambiada["paciente_id"], cambiada["observaciones"]) == (2, "Llamar")
