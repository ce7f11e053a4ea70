"""Money while parts of a real system are down: nothing is charged twice or forgotten, what is missing is named."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
from local_system import System
from sqlalchemy import create_engine, text

from .caos.averias import url_de
from .caos.comprobar import filas
from .conftest import Red, bien, esperar
from .mostrador import Mostrador, d
from .mundo import EN_POSTGRESQL, EN_UNA_BASE


@pytest.fixture
def mostrador(red: Red) -> Mostrador:
    return Mostrador(red)


@contextlib.contextmanager
def sin(sistema: System, *programas: str) -> Iterator[None]:
    """Those programs are down."""
    for programa in programas:
        sistema.down(programa, at_once=True)
    try:
        yield
    finally:
        for programa in programas:
            sistema.up(programa)
        sistema.wait_ready()


@pytest.mark.usefixtures("en_un_dia")
@EN_UNA_BASE
def test_el_tablero_dice_que_fuente_no_responde(sistema: System, red: Red, mostrador: Mostrador) -> None:
    m = mostrador
    m.pagar(m.emitir(m.facturar())["id"], 20, "transferencia")
    entero = m.leer("reportes/tablero", red.admin, centro_id=m.centro)
    assert None not in (entero["citas"], entero["stock_bajo"], entero["pacientes_nuevos"])
    with sin(sistema, "citas", "inventario"):
        tablero = m.leer("reportes/tablero", red.admin, centro_id=m.centro)
    estados = {nombre: fuente["estado"] for nombre, fuente in tablero["fuentes"].items()}
    assert estados == {"citas": "no_responde", "inventario": "no_responde", "admin": "ok"}
    assert (tablero["citas"], tablero["stock_bajo"]) == (None, None)
    propias = ("pacientes_nuevos", "ingresos", "cartera", "fecha")
    assert [tablero[parte] for parte in propias] == [entero[parte] for parte in propias]


@EN_POSTGRESQL
def test_lo_completado_mientras_muere_se_cobra_despues_una_vez(sistema: System, mostrador: Mostrador) -> None:
    m = mostrador
    citas = [m.citar((m.exodoncia, 1)) for _ in range(8)]
    for n, cita in enumerate(citas):
        m.completar(cita)
        if n % 4 == 1:
            sistema.kill("facturacion")
        if n % 4 == 3:
            sistema.kill("facturacion-worker")
    _sin_arriendos(sistema)
    borradores = [m.borrador_de(cita) for cita in citas]
    assert [(uno["estado"], uno["total"]) for uno in borradores] == [("borrador", 45)] * len(citas)
    # And stays so: nothing more is on its way.
    assert len(m.leer("facturas", centro_id=m.centro, tamano=100)["datos"]) == len(citas)


@EN_UNA_BASE
def test_sin_administracion_el_borrador_espera_y_despues_es_el_debido(sistema: System, mostrador: Mostrador) -> None:
    m = mostrador
    cita, tarde = m.citar((m.exodoncia, 1)), m.citar((m.blanqueamiento, 1))
    with sin(sistema, "admin"):
        m.completar(cita)
        m.completar(tarde)
        bien(m.red.admin.patch(f"/citas/{tarde}/estado", {"estado": "en_curso", "motivo": "Falta una pieza"}))
        # Of the second what was told last: that it goes on.
        esperar(lambda: _por_cobrar(sistema) == {f"cita/{cita}": True, f"cita/{tarde}": False})
        assert m.facturas_de(cita) == []
    borrador = m.borrador_de(cita)
    assert (borrador["comprador"]["tipo"], d(borrador["total"])) == ("06", 45)
    assert m.apellido in borrador["comprador"]["nombre"]
    esperar(lambda: not _por_cobrar(sistema))
    assert m.facturas_de(tarde) == []
    m.completar(tarde)
    assert m.borrador_de(tarde)["total"] == 138


def _sin_arriendos(sistema: System) -> None:
    """As if time had passed: what the killed worker had taken is free again."""
    sistema.down("facturacion-worker", at_once=True)
    motor = create_engine(url_de(sistema, "facturacion"))
    with motor.begin() as conexion:
        conexion.execute(text("UPDATE tarea SET arrendada_hasta = NULL"))
        conexion.execute(text("UPDATE trabajo SET arrendado_hasta = NULL, arrendado_por = NULL"))
    motor.dispose()
    sistema.up("facturacion-worker")
    sistema.wait_ready()


def _por_cobrar(sistema: System) -> dict[str, bool]:
    """What waits for the worker, and whether it is to be charged."""
    tareas = filas(url_de(sistema, "facturacion"), "SELECT clave, CAST(datos AS TEXT) AS datos FROM tarea")
    return {tarea.clave: "lineas" in tarea.datos for tarea in tareas}
