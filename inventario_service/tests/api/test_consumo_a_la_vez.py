"""Many workers at once, and workers that are killed: each completion uses its materials once, all of them or none."""

from __future__ import annotations

import signal
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask

from comun.testing.client import ApiClient, ok
from comun.testing.databases import empty
from comun.testing.deaths import Moment, command, turn
from comun.testing.nursery import Twin
from comun.testing.patience import until
from comun.testing.processes import Processes
from comun.testing.together import at_once
from inventario.casos_de_uso.consumo import consumir_pendientes
from inventario.extensiones import db

from ..citas import entregar, llega, noticia, quedan, trabajar
from ..fabricas import conocer_centros, ingresar, nueva_receta, nuevo_producto, nuevo_tratamiento


@pytest.fixture
def productos(app: Flask) -> list[int]:
    conocer_centros(app)
    return [nuevo_producto(app) for _ in range(3)]


@pytest.fixture
def calza(app: Flask, productos: list[int]) -> int:
    """A filling uses 1, 2 and 3 of three products."""
    tratamiento = nuevo_tratamiento(app)
    lineas = [{"producto_id": p, "cantidad": Decimal(n)} for n, p in enumerate(productos, 1)]
    nueva_receta(app, tratamiento, *lineas)
    return tratamiento


def cuenta(app: Flask, consulta: str) -> int:
    with app.app_context():
        return int(db.session.scalar(db.text(f"SELECT count(*) FROM {consulta}")) or 0)


def olvidar_los_arriendos(app: Flask) -> None:
    """As if the time had gone by after which what a dead worker had taken is another's."""
    with app.app_context():
        db.session.execute(db.text("UPDATE tarea SET arrendada_hasta = NULL"))
        db.session.execute(db.text("UPDATE trabajo SET arrendado_hasta = NULL"))
        db.session.commit()


@pytest.mark.postgresql_only
def test_muchos_a_la_vez_no_pierden_ni_doblan_nada(
    app: Flask, api: ApiClient, productos: list[int], calza: int
) -> None:
    """While stock comes in; the same products in three centres, in recipes that name them in different orders."""
    al_reves = nuevo_tratamiento(app)
    nueva_receta(app, al_reves, *({"producto_id": p, "cantidad": Decimal(1)} for p in reversed(productos)))
    for producto in productos:
        for centro in (1, 2, 3):
            ingresar(app, producto, 1000, centro_id=centro)
    for n in range(1, 13):
        tratamientos = {calza: "1", al_reves: "1"} if n % 2 else {al_reves: "1", calza: "1"}
        entregar(api, noticia("completada", 1, tratamientos, cita_id=n, centro_id=n % 3 + 1))

    def abastecer() -> None:
        for n in range(12):
            ingresar(app, productos[n % 3], 1, centro_id=n % 2 + 1, lote=f"L{n}", costo=str(n + 1))

    at_once(*[lambda: trabajar(app)] * 4, abastecer, lambda: llega(api, noticia("reabierta", 2, cita_id=12)))
    trabajar(app)
    # None failed on the way either: it would wait for another turn.
    assert cuenta(app, "tarea") == 0
    assert cuenta(app, "consumo WHERE revertido_en IS NULL") == 11
    for lugar, producto in enumerate(productos, 1):
        total = sum(quedan(app, producto, centro) for centro in (1, 2, 3))
        assert total == 3000 + 4 - 11 * (lugar + 1)


@pytest.mark.postgresql_only
def test_la_misma_noticia_cinco_veces_a_la_vez(app: Flask, api: ApiClient, productos: list[int], calza: int) -> None:
    for producto in productos:
        ingresar(app, producto, 10)
    completada = noticia("completada", 1, {calza: "1"})
    at_once(*[lambda: llega(api, completada)] * 5)
    trabajar(app)
    assert [quedan(app, producto) for producto in productos] == [9, 8, 7]


@pytest.mark.postgresql_only
def test_un_faltante_se_resuelve_una_vez_o_vuelve_con_la_cita(
    app: Flask, api: ApiClient, productos: list[int], calza: int
) -> None:
    """Five say that it was used, at the moment at which the appointment is reopened."""
    llega(api, noticia("completada", 1, {calza: "1"}))
    for producto in productos:
        ingresar(app, producto, 10)
    (suyo, *_otros) = ok(api.get("/inventario/faltantes"))["datos"]
    ruta = f"/inventario/faltantes/{suyo['id']}/resolucion"
    respuestas: list[int] = []

    def consumir() -> None:
        respuestas.append(api.post(ruta, {"accion": "consumir", "motivo": "Se usó"}).status_code)

    at_once(*[consumir] * 5, lambda: llega(api, noticia("reabierta", 2, {calza: "1"})))
    trabajar(app)
    assert sorted(set(respuestas)) in ([200, 409], [409])
    assert respuestas.count(200) <= 1
    assert [quedan(app, producto) for producto in productos] == [10, 10, 10]
    assert cuenta(app, "consumo_linea WHERE resuelto_en IS NULL") == 0


@pytest.fixture
def mortal(app: Flask, api: ApiClient, seeded_tables: frozenset[str], processes: Processes) -> Callable[[int], bool]:
    """A worker's turn in a process of its own, which is killed before its n-th write; whether it was."""
    # It has worked before, as workers have: each of its children would else prepare each statement anew.
    conocer_centros(app)
    producto, tratamiento = nuevo_producto(app), nuevo_tratamiento(app)
    nueva_receta(app, tratamiento, {"producto_id": producto, "cantidad": Decimal(2)})
    for lote in "AB":
        ingresar(app, producto, 1, lote=lote)
    for secuencia, suceso in enumerate(("completada", "reabierta", "completada"), 1):
        entregar(api, noticia(suceso, secuencia, {tratamiento: "1"}))
        processes.practise(app, turn, consumir_pendientes)
        assert cuenta(app, "tarea") == 0
    with app.app_context():
        empty(db.engine, db.metadata, seeded_tables)
    return lambda paso: processes.killed(app, Moment(step=paso), turn, consumir_pendientes)


@pytest.mark.processes
def test_lo_maten_donde_lo_maten(
    app: Flask, api: ApiClient, mortal: Callable[[int], bool], productos: list[int]
) -> None:
    """Killed before each write and each commit of its work: while it takes, and while it gives back."""
    una, otra, _ = productos
    calza = nuevo_tratamiento(app)
    nueva_receta(
        app, calza, {"producto_id": una, "cantidad": Decimal(1)}, {"producto_id": otra, "cantidad": Decimal(3)}
    )
    for producto in (una, otra):
        ingresar(app, producto, 1, lote="A")
        ingresar(app, producto, 1, lote="B")

    def hay() -> list[int]:
        return [int(quedan(app, producto)) for producto in (una, otra)]

    muertes = 0
    for suceso, secuencia, antes, despues in (
        ("completada", 1, [2, 2], [1, 0]),
        ("reabierta", 2, [1, 0], [2, 2]),
    ):
        entregar(api, noticia(suceso, secuencia, {calza: "1"}))
        paso = 1
        while mortal(paso):
            muertes += 1
            paso += 1
            olvidar_los_arriendos(app)
            assert hay() in (antes, despues)
        assert cuenta(app, "tarea") == 0
        assert hay() == despues
    assert muertes > 20
    # And it goes on as if nothing had been.
    llega(api, noticia("completada", 3, {calza: "1"}))
    assert hay() == [1, 0]
    assert cuenta(app, "consumo") == 2
    assert cuenta(app, "consumo WHERE revertido_en IS NULL") == 1
    assert cuenta(app, "evento_saliente WHERE tipo LIKE 'consumo.%'") == 3


@pytest.mark.processes
def test_al_trabajador_lo_matan_y_otro_sigue(
    app: Flask, api: ApiClient, productos: list[int], calza: int, tmp_path: Path, processes: Processes
) -> None:
    for producto in productos:
        ingresar(app, producto, 500)
    citas = 12
    entregar(api, *(noticia("completada", 1, {calza: "1"}, cita_id=n) for n in range(1, citas + 1)))
    suya = Twin.of(app, INVENTARIO_WORKER_HEARTBEAT=str(tmp_path / "latido"))
    for al_llegar_a in (3, citas):
        trabajador = processes.start(suya, command, "worker")
        try:
            until(lambda meta=al_llegar_a: cuenta(app, "consumo") >= meta)  # type: ignore[misc]
        finally:
            trabajador.kill()
        assert trabajador.wait() == -signal.SIGKILL
        olvidar_los_arriendos(app)
    trabajar(app)
    assert (cuenta(app, "consumo"), cuenta(app, "tarea")) == (citas, 0)
    assert [quedan(app, producto) for producto in productos] == [500 - n * citas for n in (1, 2, 3)]
