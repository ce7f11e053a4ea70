"""What somebody asks for while another one is changing the same: as if it had come after, or refused."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from comun.testing.client import ApiClient, ok, problem
from comun.testing.databases import begin_and_wait
from comun.testing.peers import Reply, Seen
from facturacion.casos_de_uso.gastos_recurrentes import registrar_recurrentes
from facturacion.casos_de_uso.numeracion import tomar_numero
from facturacion.casos_de_uso.referencias import fusionar
from facturacion.extensiones import db
from facturacion.modelos import (
    CategoriaGasto,
    Cotizacion,
    Factura,
    GastoRecurrente,
    PacienteRef,
    PuntoEmision,
    TipoDocumento,
)

from ..fabricas import conocer_paciente
from ..facturas import COMO_ESTE, borrador, otra, poner_estado
from ..gastos import GASTOS, RECURRENTES, hoy
from ..vecinos import Vecinos

CATEGORIAS = "/facturacion/categorias-gasto"
COTIZACIONES = "/facturacion/cotizaciones"
PUNTOS = "/facturacion/puntos-emision"


def mientras(app: Flask, cambiar: Callable[[], object], pedir: Callable[[], Any]) -> Any:
    """What comes of asking while somebody has changed something and not ended yet."""
    pedido: list[Future[Any]] = []
    with app.app_context(), ThreadPoolExecutor(1) as hilo:
        cambiar()
        db.session.flush()
        begin_and_wait(db.engine, lambda: pedido.append(hilo.submit(pedir)))
        db.session.commit()
        return pedido[0].result()


@pytest.fixture
def luz(admin: ApiClient) -> int:
    """A category of expenses."""
    return int(ok(admin.post(CATEGORIAS, {"nombre": "Luz"}), 201)["id"])


@pytest.mark.postgresql_only
class TestCategoriaQueSeElimina:
    def test_no_es_la_que_se_vio(self, app: Flask, admin: ApiClient, luz: int) -> None:
        url = f"{CATEGORIAS}/{luz}"
        vista = {"If-Match": admin.get(url).headers["ETag"]}

        def desactivar() -> None:
            db.session.get_one(CategoriaGasto, luz).activa = False

        problem(mientras(app, desactivar, lambda: admin.delete(url, headers=vista)), 412)
        assert not ok(admin.get(url))["activa"]

    def test_ya_la_elimino_otra_persona(self, app: Flask, admin: ApiClient, luz: int) -> None:
        def eliminar() -> None:
            db.session.get_one(CategoriaGasto, luz).eliminar()

        problem(mientras(app, eliminar, lambda: admin.delete(f"{CATEGORIAS}/{luz}")), 404)


@pytest.mark.postgresql_only
class TestGastoRecurrenteQueCambiaDeCategoria:
    @pytest.fixture
    def arriendo(self, admin: ApiClient) -> int:
        """Due today."""
        cuerpo = {"centro_id": 1, "categoria": "Arriendo", "monto": 5, "frecuencia": "anual", "desde": str(hoy())}
        return int(ok(admin.post(RECURRENTES, cuerpo), 201)["id"])

    @pytest.fixture
    def pasar_a_luz(self, arriendo: int, luz: int) -> Callable[[], None]:
        def pasar() -> None:
            db.session.get_one(GastoRecurrente, arriendo).categoria_id = luz

        return pasar

    def test_se_edita_el_de_la_nueva(
        self, app: Flask, admin: ApiClient, arriendo: int, pasar_a_luz: Callable[[], None]
    ) -> None:
        def editar() -> Any:
            return admin.put(f"{RECURRENTES}/{arriendo}", {"monto": 7}, headers=COMO_ESTE)

        editado = ok(mientras(app, pasar_a_luz, editar))
        assert (editado["categoria"], editado["monto"]) == ("Luz", 7)

    def test_se_escribe_en_la_nueva(self, app: Flask, admin: ApiClient, pasar_a_luz: Callable[[], None]) -> None:
        def trabajar() -> None:
            with app.app_context():
                registrar_recurrentes()

        mientras(app, pasar_a_luz, trabajar)
        assert [gasto["categoria"] for gasto in ok(admin.get(GASTOS))["datos"]] == ["Luz"]


@pytest.mark.postgresql_only
class TestPuntoQueDaSuPrimerNumero:
    """Its sequence is there from the start, as another system left it: at 0."""

    @pytest.fixture
    def punto(self, admin: ApiClient) -> int:
        cuerpo = {"centro_id": 1, "establecimiento": "001", "punto": "001", "nombre": "Caja", "ultima_factura": 0}
        return int(ok(admin.post(PUNTOS, cuerpo), 201)["id"])

    @pytest.mark.parametrize("perderlo", ["eliminar", "cambiar de serie"])
    def test_se_queda_con_su_serie(self, app: Flask, admin: ApiClient, punto: int, perderlo: str) -> None:
        url = f"{PUNTOS}/{punto}"

        def numerar() -> None:
            tomar_numero(db.session.get_one(PuntoEmision, punto), TipoDocumento.FACTURA)

        def pedir() -> Any:
            return admin.delete(url) if perderlo == "eliminar" else admin.put(url, {"punto": "009"})

        problem(mientras(app, numerar, pedir), 409, "punto_con_documentos")

    def test_el_que_se_elimina_no_da_ninguno(self, app: Flask, admin: ApiClient, punto: int) -> None:
        una = borrador(admin)["id"]

        def eliminar() -> None:
            uno = db.session.get_one(PuntoEmision, punto, with_for_update=True)
            uno.eliminar()

        problem(mientras(app, eliminar, lambda: poner_estado(admin, una, "emitida")), 409, "sin_punto_emision")


@pytest.mark.postgresql_only
@pytest.mark.parametrize(("primera", "segunda"), [((1, 2), (2, 3)), ((2, 3), (1, 2))])
def test_de_dos_fusiones_seguidas_todo_es_del_ultimo(
    app: Flask, admin: ApiClient, primera: tuple[int, int], segunda: tuple[int, int]
) -> None:
    conocer_paciente(app, 3)
    una = borrador(admin)["id"]

    def unir() -> None:
        with app.app_context():
            fusionar(*segunda)
            db.session.commit()

    mientras(app, lambda: fusionar(*primera), unir)
    with app.app_context():
        assert db.session.get_one(Factura, una).paciente_id == 3
        assert [db.session.get_one(PacienteRef, uno).fusionado_en_id for uno in (1, 2, 3)] == [3, 3, None]


def test_la_cotizacion_que_pasa_a_otro_paciente_no_se_factura_a_nombre_del_anterior(
    app: Flask, admin: ApiClient, vecinos: Vecinos
) -> None:
    cotizacion = ok(admin.post(COTIZACIONES, {"paciente_id": 1, "centro_id": 1, "detalles": [otra(10)]}), 201)["id"]
    contestar, cambios = vecinos.answer, [2]

    def answer(seen: Seen) -> Reply:
        if "fichas" in seen.path and cambios:
            with app.app_context():
                db.session.get_one(Cotizacion, cotizacion).paciente_id = cambios.pop()
                db.session.commit()
        return contestar(seen)

    vecinos.answer = answer
    try:
        problem(admin.post(f"{COTIZACIONES}/{cotizacion}/factura"), 409, "cotizacion_cambiada")
    finally:
        vecinos.answer = contestar
    assert ok(admin.post(f"{COTIZACIONES}/{cotizacion}/factura"), 201)["paciente_id"] == 2
