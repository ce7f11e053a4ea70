"""What is held of a patient: all of it is told when he asks, and what no law keeps is forgotten (LOPDP)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask

from comun.testing.client import ApiClient, ok, problem
from comun.testing.events import envelope
from comun.testing.peers import Reply, Seen
from comun.testing.statements import statements
from facturacion.extensiones import db, tablas

from ..caja import TRANSACCIONES, anotar
from ..citas import entregar, llega, noticia, otra_vez, tratamiento, vivas
from ..fabricas import nuevo_punto
from ..facturas import COMO_ESTE, URL, borrador, emitida, leer, otra, poner_estado
from ..noticias import anunciados
from ..pagos import cobrar, dejar_anticipo, devolver
from ..vecinos import Vecinos

COTIZACIONES = "/facturacion/cotizaciones"
POR_REVISAR = "/facturacion/citas-por-revisar"
ANONIMO = {
    "id": 1,
    "nombres": "Paciente",
    "apellidos": "anonimizado",
    "telefono": None,
    "email": None,
    "estado_paciente": "inactivo",
    "usuario_id": None,
}


@pytest.fixture
def atendido(app: Flask, admin: ApiClient) -> dict[str, int]:
    """Patient 1 with something of everything."""
    nuevo_punto(app)
    una = emitida(admin, otra(60, tarifa_iva=15))["id"]
    anulada = emitida(admin)["id"]
    ok(poner_estado(admin, anulada, "anulada", motivo="María José se arrepintió"))
    ok(admin.post(f"{URL}/{una}/notas-credito", {"motivo": "x", "detalles": [{"detalle_id": 1, "monto": 1}]}), 201)
    pago = ok(cobrar(admin, una, 20, comentario="Lo trajo su hermana Rosa"), 201)["id"]
    ok(devolver(admin, pago, 5, factura_id=una), 201)
    ok(dejar_anticipo(admin, 7), 201)
    suelta = ok(anotar(admin, "ingreso", 3, paciente_id=1), 201)["id"]
    motivo = {"estado": "anulado", "motivo": "María José ya lo había pagado"}
    ok(admin.patch(f"{TRANSACCIONES}/{suelta}/estado", motivo))
    hecho = borrador(admin, observaciones="Llamar a María José")["id"]
    ok(admin.put(f"{URL}/{hecho}", {"observaciones": "Ya se llamó a María José"}, headers=COMO_ESTE))
    tirado = borrador(admin)["id"]
    ok(admin.delete(f"{URL}/{tirado}"), 204)
    cotizacion = {"paciente_id": 1, "centro_id": 1, "detalles": [otra(30)], "observaciones": "Para María José"}
    ok(admin.post(COTIZACIONES, cotizacion), 201)
    return {"emitida": una, "anulada": anulada, "borrador": hecho, "tirado": tirado, "pago": pago}


def datos(admin: ApiClient, paciente_id: int = 1) -> dict[str, Any]:
    return dict(ok(admin.as_("servicio", ["interno:consultar"]).get(f"/interno/pacientes/{paciente_id}/datos")))


def test_se_dice_todo_lo_que_hay(app: Flask, admin: ApiClient, atendido: dict[str, int]) -> None:
    suyos = datos(admin)
    assert {nombre: len(filas) for nombre, filas in suyos.items()} == {
        "facturas": 4,
        "notas_credito": 1,
        "cotizaciones": 1,
        "pagos": 2,
        "transacciones": 4,
    }
    una = suyos["facturas"][0]
    assert una["comprador"]["email"] == "maria@example.com"
    assert [linea["descripcion"] for linea in una["detalles"]] == ["Férula"]
    assert suyos["pagos"][0]["comentario"] == "Lo trajo su hermana Rosa"
    assert [uno["monto"] for uno in suyos["pagos"][0]["reembolsos"]] == [5]
    assert suyos["cotizaciones"][0]["detalles"][0]["descripcion"] == "Férula"
    assert not any(datos(admin, 2).values())


def test_con_tantas_consultas_para_mucho_como_para_poco(
    app: Flask, admin: ApiClient, atendido: dict[str, int]
) -> None:
    with statements(app) as pocas:
        datos(admin)
    for _ in range(5):
        ok(cobrar(admin, emitida(admin)["id"], 10), 201)
    with statements(app) as muchas:
        datos(admin)
    assert len(muchas) == len(pocas)


def test_de_quien_se_olvida_quedan_los_documentos(app: Flask, admin: ApiClient, atendido: dict[str, int]) -> None:
    entregar(admin, envelope("/admin", "paciente.anonimizado.v1", "paciente/1", ANONIMO, 2))
    for cual in ("borrador", "tirado"):
        factura = next(una for una in datos(admin)["facturas"] if una["id"] == atendido[cual])
        assert not any(factura["comprador"].values())
        assert factura["observaciones"] is None
    comprador = leer(admin.as_("admin"), atendido["emitida"])["comprador"]
    assert (comprador["nombre"], comprador["identificacion"]) == ("María José Núñez Peña", "1714307103")
    assert (comprador["email"], comprador["telefono"]) == (None, None)
    suyos = datos(admin)
    assert suyos["cotizaciones"][0]["observaciones"] is None
    assert not any(uno["comentario"] for uno in [*suyos["pagos"], *suyos["transacciones"]])
    assert not any(uno["motivo_anulacion"] for uno in [*suyos["facturas"], *suyos["transacciones"]])
    assert [uno["motivo"] for uno in anunciados(app, "factura.anulada.v1")] == [""]
    with app.app_context():
        rastro = db.session.scalars(db.select(tablas.audit.c.cambios)).all()
    assert "María" not in str(rastro)


@contextmanager
def olvidado_al_preguntar(admin: ApiClient, vecinos: Vecinos) -> Iterator[None]:
    """Patient 1 is anonymised just after administration told who he is, the first time."""
    contestar, noticias = vecinos.answer, [envelope("/admin", "paciente.anonimizado.v1", "paciente/1", ANONIMO, 2)]

    def answer(seen: Seen) -> Reply:
        dicho = contestar(seen)
        if "fichas" in seen.path and noticias:
            entregar(admin, noticias.pop())
            vecinos.fichas["paciente"] = ANONIMO
        return dicho

    vecinos.answer = answer
    try:
        yield
    finally:
        vecinos.answer = contestar
    assert not noticias


@pytest.mark.both_databases
class TestOlvidadoMientrasSeEscribe:
    def test_el_borrador_no_lo_nombra(self, api: ApiClient, admin: ApiClient, vecinos: Vecinos) -> None:
        cuerpo = {"paciente_id": 1, "centro_id": 1, "detalles": [otra(60)]}
        with olvidado_al_preguntar(api, vecinos):
            comprador = ok(api.as_("admin").post(URL, cuerpo), 201)["comprador"]
        assert {valor for valor in comprador.values() if valor} == {"Paciente anonimizado"}

    def test_el_de_su_cita_tampoco(self, app: Flask, admin: ApiClient, vecinos: Vecinos) -> None:
        with olvidado_al_preguntar(admin, vecinos):
            llega(admin, noticia("completada", 1, tratamiento(1)))
        assert vivas(app) == []
        otra_vez(app)
        (factura,) = vivas(app)
        assert {valor for valor in factura.comprador.values() if valor} == {"Paciente anonimizado"}

    def test_el_que_se_pide_de_nuevo_se_pide_otra_vez(self, app: Flask, admin: ApiClient, vecinos: Vecinos) -> None:
        llega(admin, noticia("completada", 1, tratamiento(1)))
        quien = admin.as_("admin")
        ok(quien.delete(f"{URL}/{vivas(app)[0].id}"), 204)
        pedido = {"resolucion": "facturar", "motivo": "Se tiró por error"}
        with olvidado_al_preguntar(admin, vecinos):
            problem(quien.patch(f"{POR_REVISAR}/1", pedido), 409, "cita_cambiada")
        assert vivas(app) == []
