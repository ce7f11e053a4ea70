"""Many workers at once, and workers that are killed: each completion makes one draft, or none yet."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from flask import Flask

from comun.testing.client import ApiClient, ok
from comun.testing.databases import begin_and_wait, empty
from comun.testing.deaths import Moment, turn
from comun.testing.events import envelope
from comun.testing.processes import Processes
from comun.testing.together import at_once, deadlocks
from facturacion.casos_de_uso.cobros import bloquear, cobrar_pendientes
from facturacion.extensiones import db
from facturacion.modelos import CobroCita

from ..citas import borrador, entregar, llega, noticia, otra_vez, trabajar, tratamiento, vivas
from ..fabricas import conocer_centros, conocer_doctor, conocer_paciente, nuevo_punto
from ..facturas import URL, poner_estado
from ..vecinos import Vecinos


def cuenta(app: Flask, consulta: str) -> int:
    with app.app_context():
        return int(db.session.scalar(db.text(f"SELECT count(*) FROM {consulta}")) or 0)


@pytest.mark.postgresql_only
@pytest.mark.usefixtures("clinica")
def test_varios_trabajadores_hacen_un_borrador_de_cada_cita(app: Flask, api: ApiClient) -> None:
    citas = 8
    entregar(api, *(noticia("completada", 1, tratamiento(1), cita_id=n) for n in range(1, citas + 1)))
    at_once(*[lambda: trabajar(app)] * 4)
    assert (cuenta(app, "factura"), cuenta(app, "tarea")) == (citas, 0)
    assert cuenta(app, "evento_saliente WHERE tipo = 'factura.creada.v1'") == citas


@pytest.mark.postgresql_only
@pytest.mark.usefixtures("clinica")
def test_la_misma_noticia_cinco_veces_a_la_vez(app: Flask, api: ApiClient) -> None:
    completada = noticia("completada", 1, tratamiento(1))
    at_once(*[lambda: llega(api, completada)] * 5)
    trabajar(app)
    assert borrador(app).total == 30
    assert cuenta(app, "factura") == 1


@pytest.mark.postgresql_only
@pytest.mark.usefixtures("clinica")
def test_reabierta_y_completada_mientras_se_trabaja(app: Flask, api: ApiClient) -> None:
    entregar(api, *(noticia("completada", 1, tratamiento(1), cita_id=n) for n in range(1, 7)))
    despues = [
        *(noticia("reabierta", 2, cita_id=n) for n in range(1, 7)),
        *(noticia("completada", 3, tratamiento(2, cantidad=2), cita_id=n) for n in range(1, 4)),
    ]
    at_once(*[lambda: trabajar(app)] * 3, *(lambda d=d: llega(api, d) for d in despues))
    otra_vez(app)
    assert cuenta(app, "tarea") == 0
    assert [borrador(app, n).total for n in range(1, 4)] == [60] * 3
    assert [vivas(app, n) for n in range(4, 7)] == [[]] * 3


@pytest.mark.postgresql_only
@pytest.mark.usefixtures("clinica")
def test_mientras_se_fusiona_al_paciente(app: Flask, api: ApiClient) -> None:
    """Whatever is first, all of it is the survivor's in the end."""
    citas = 8
    entregar(api, *(noticia("completada", 1, tratamiento(1), cita_id=n) for n in range(1, citas + 1)))
    datos = {"id": 2, "nombres": "M", "apellidos": "N", "estado_paciente": "activo", "absorbido_id": 1}
    fusion = envelope("/admin", "paciente.fusionado.v1", "paciente/2", datos, 2)
    at_once(*[lambda: trabajar(app)] * 3, lambda: entregar(api, fusion))
    otra_vez(app)
    assert cuenta(app, "tarea") == 0
    assert cuenta(app, "factura WHERE paciente_id = 2") == citas


@pytest.mark.postgresql_only
def test_mientras_se_anula_o_se_borra_lo_que_se_cobraba(app: Flask, admin: ApiClient) -> None:
    """Whatever is first, no completed appointment is left without either an invoice or somebody to look at it."""
    nuevo_punto(app)
    citas = range(1, 9)
    entregar(admin, *(noticia("completada", 1, tratamiento(1), cita_id=n) for n in citas))
    trabajar(app)
    ids = [borrador(app, n).id for n in citas]
    emitidas, borradores = ids[::2], ids[1::2]
    for una in emitidas:
        ok(poner_estado(admin, una, "emitida"))
    despues = [noticia("completada", 3, tratamiento(1), tratamiento(2), cita_id=n) for n in citas]
    entregar(admin, *despues)
    antes = deadlocks(app)

    def anular(unas: list[int]) -> None:
        for una in unas:
            ok(poner_estado(admin, una, "anulada", motivo="Error"))

    def borrar(unos: list[int]) -> None:
        for uno in unos:
            assert admin.delete(f"{URL}/{uno}").status_code in (204, 404)

    at_once(
        *[lambda: trabajar(app)] * 2,
        *(lambda d=desde: anular(emitidas[d::2]) for desde in (0, 1)),
        *(lambda d=desde: borrar(borradores[d::2]) for desde in (0, 1)),
    )
    otra_vez(app)
    assert deadlocks(app) == antes
    assert cuenta(app, "tarea") == 0
    for n in citas:
        with app.app_context():
            por_revisar = db.session.get_one(CobroCita, n).por_revisar
        nuevas = [factura.total for factura in vivas(app, n) if factura.estado != "anulada"]
        assert (por_revisar, nuevas) in ((None, [60]), ("sin_factura", []))


@pytest.mark.postgresql_only
@pytest.mark.parametrize("perderla", ["anular", "acreditar", "borrar"])
def test_quien_la_anula_y_el_trabajador_se_esperan_en_el_mismo_orden(
    app: Flask, admin: ApiClient, perderla: str
) -> None:
    """Both wait for the appointment before either holds its invoice."""
    nuevo_punto(app)
    llega(admin, noticia("completada", 1, tratamiento(1)))
    factura_id = borrador(app).id
    if perderla != "borrar":
        ok(poner_estado(admin, factura_id, "emitida"))
    entregar(admin, noticia("completada", 3, tratamiento(2)))
    maneras = {
        "anular": lambda: poner_estado(admin, factura_id, "anulada", motivo="Error"),
        "acreditar": lambda: admin.post(f"{URL}/{factura_id}/notas-credito", {"motivo": "Error"}),
        "borrar": lambda: admin.delete(f"{URL}/{factura_id}"),
    }
    antes = deadlocks(app)
    with app.app_context(), ThreadPoolExecutor(2) as hilos:
        bloquear(1, 1)
        hechos: list[Future[object]] = []
        for lugar, hacer in enumerate((lambda: trabajar(app), maneras[perderla]), 1):
            begin_and_wait(db.engine, lambda hacer=hacer: hechos.append(hilos.submit(hacer)), lugar)
        db.session.rollback()
    assert [hecho.exception() for hecho in hechos] == [None, None]
    otra_vez(app)
    assert deadlocks(app) == antes
    assert cuenta(app, "tarea") == 0
    assert cuenta(app, "cobro_cita WHERE ronda = 3") == 1


@pytest.fixture
def mortal(
    app: Flask, api: ApiClient, vecinos: Vecinos, seeded_tables: frozenset[str], processes: Processes
) -> Callable[[int], bool]:
    """A worker's turn in a process of its own, which is killed before its n-th write; whether it was."""
    # It has worked before, as workers have: each of its children would else prepare each statement anew.
    _conocer(app)
    for secuencia, suceso in enumerate(("completada", "reabierta"), 1):
        entregar(api, noticia(suceso, secuencia, tratamiento(1)))
        processes.practise(app, turn, cobrar_pendientes)
        assert cuenta(app, "tarea") == 0
    with app.app_context():
        empty(db.engine, db.metadata, seeded_tables)
    _conocer(app)
    return lambda paso: processes.killed(app, Moment(step=paso), turn, cobrar_pendientes)


def _conocer(app: Flask) -> None:
    conocer_centros(app)
    conocer_doctor(app)
    conocer_paciente(app)


@pytest.mark.processes
def test_lo_maten_donde_lo_maten(app: Flask, api: ApiClient, mortal: Callable[[int], bool]) -> None:
    """Killed before each write and each commit: while it makes a draft, and while it withdraws it."""
    muertes = 0
    for suceso, secuencia, antes, despues in (
        ("completada", 1, 0, 1),
        ("reabierta", 2, 1, 0),
    ):
        entregar(api, noticia(suceso, secuencia, tratamiento(1), tratamiento(2)))
        paso = 1
        while mortal(paso):
            muertes += 1
            paso += 1
            with app.app_context():
                db.session.execute(db.text("UPDATE tarea SET arrendada_hasta = NULL"))
                db.session.commit()
            assert len(vivas(app)) in (antes, despues)
        assert cuenta(app, "tarea") == 0
        assert len(vivas(app)) == despues
    assert muertes > 12
    # And it goes on as if nothing had been.
    llega(api, noticia("completada", 3, tratamiento(1), tratamiento(2)))
    assert borrador(app).total == 60
    assert cuenta(app, "evento_saliente WHERE tipo = 'factura.creada.v1'") == 2
