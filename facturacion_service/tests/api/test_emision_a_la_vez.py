"""Many who issue at once at one emission point, and one who is killed in the middle of it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal as D

import pytest
from flask import Flask
from sqlalchemy import func
from werkzeug.test import TestResponse

from comun.testing.client import ApiClient
from comun.testing.deaths import COMMITTED, WRITTEN, after, request
from comun.testing.processes import Processes
from comun.testing.together import deadlocks
from facturacion.extensiones import db
from facturacion.modelos import Aplicacion, Cuenta, NotaCredito, Pago

from ..a_la_vez import a_la_vez
from ..fabricas import nuevo_punto
from ..facturas import (
    COMO_ESTE,
    URL,
    borrador,
    disponible,
    emitida,
    en_el_libro,
    leer,
    numeros,
    otra,
    pagar,
)

# Two hundred are issued at once in tests/sistema.
CUANTAS = 12
Escritor = Callable[[dict[str, str]], TestResponse]

pytestmark = pytest.mark.usefixtures("punto")


@pytest.fixture
def punto(app: Flask, admin: ApiClient) -> int:
    """The emission point 001-001."""
    return nuevo_punto(app)


def emitir(api: ApiClient, factura_id: int) -> Escritor:
    return lambda clave: api.patch(f"{URL}/{factura_id}/estado", {"estado": "emitida"}, headers=clave)


def anular(api: ApiClient, factura_id: int) -> Escritor:
    cuerpo = {"estado": "anulada", "motivo": "Error"}
    return lambda clave: api.patch(f"{URL}/{factura_id}/estado", cuerpo, headers=clave)


def acreditar(api: ApiClient, factura_id: int, monto: int | None = None) -> Escritor:
    """So much of its first line, whose id is that of the invoice; or all that is left."""
    lineas = {"detalles": [{"detalle_id": factura_id, "monto": monto}]} if monto else {}
    ruta = f"{URL}/{factura_id}/notas-credito"
    return lambda clave: api.post(ruta, {"motivo": "Error", **lineas}, headers=clave)


@pytest.mark.postgresql_only
def test_muchas_a_la_vez_llevan_numeros_seguidos(app: Flask, admin: ApiClient) -> None:
    facturas = [borrador(admin, otra(10, tarifa_iva=15), comprador={"tipo": "07"})["id"] for _ in range(CUANTAS)]
    antes = deadlocks(app)
    assert a_la_vez([emitir(admin, una) for una in facturas]) == {"hecho": CUANTAS}
    assert deadlocks(app) == antes
    assert numeros(app) == [*range(1, CUANTAS + 1)]
    assert (en_el_libro(app, Cuenta.FACTURADO), en_el_libro(app, Cuenta.IVA)) == (10 * CUANTAS, D("1.5") * CUANTAS)


@pytest.mark.postgresql_only
def test_una_factura_se_emite_una_vez(app: Flask, admin: ApiClient) -> None:
    borrador(admin)
    assert a_la_vez([emitir(admin, 1)] * CUANTAS) == {"hecho": 1, "factura_emitida": CUANTAS - 1}
    assert (numeros(app), en_el_libro(app, Cuenta.FACTURADO)) == ([1], D(100))


@pytest.mark.postgresql_only
def test_lo_que_se_edita_mientras_se_emite_sale_entero_o_no_sale(app: Flask, admin: ApiClient) -> None:
    for una in range(1, 5):
        borrador(admin)

        def editar(clave: dict[str, str], una: int = una) -> TestResponse:
            return admin.put(f"{URL}/{una}", {"detalles": [otra(7), otra(8)]}, headers={**clave, **COMO_ESTE})

        finales = a_la_vez([emitir(admin, una), editar])
        assert finales["hecho"] + finales["factura_emitida"] + finales["version_obsoleta"] == 2
        factura = leer(admin, una)
        assert factura["estado"] == "emitida"
        assert factura["total"] == sum(linea["total"] for linea in factura["detalles"])
    total = sum(leer(admin, una)["total"] for una in range(1, 5))
    assert (numeros(app), en_el_libro(app, Cuenta.FACTURADO)) == ([*range(1, 5)], total)


@pytest.mark.postgresql_only
def test_se_anula_o_se_acredita_pero_no_las_dos(app: Flask, admin: ApiClient) -> None:
    emitida(admin)
    finales = a_la_vez([anular(admin, 1), acreditar(admin, 1)] * (CUANTAS // 2))
    assert finales == {"hecho": 1, "transicion_ilegal": CUANTAS - 1}
    assert leer(admin, 1)["estado"] == "anulada"
    assert en_el_libro(app, Cuenta.FACTURADO) == 0


@pytest.mark.postgresql_only
def test_entre_todas_las_notas_no_pasan_de_lo_facturado(app: Flask, admin: ApiClient) -> None:
    emitida(admin, otra(100))
    pagos = [pagar(app, 1, 30), pagar(app, 1, 70)]
    finales = a_la_vez([acreditar(admin, 1, 15)] * CUANTAS)
    assert finales == {"hecho": 6, "acreditado_de_mas": CUANTAS - 6}
    factura = leer(admin, 1)
    assert (factura["saldo"], factura["acreditado"], factura["reembolsado"]) == (0, 90, 90)
    assert [disponible(app, pago) for pago in pagos] == [20, 70]
    assert en_el_libro(app, Cuenta.FACTURADO) == 10
    with app.app_context():
        dadas = list(db.session.scalars(db.select(NotaCredito.secuencial).order_by(NotaCredito.secuencial)))
        assert dadas == [*range(1, 7)]


@pytest.mark.postgresql_only
def test_se_cobra_y_se_acredita_a_la_vez(app: Flask, admin: ApiClient) -> None:
    for _ in range(2):
        emitida(admin, otra(100))

    def cobrar(factura_id: int) -> Escritor:
        cuerpo = {"monto": 20, "medio_pago": "transferencia"}
        return lambda clave: admin.post(f"{URL}/{factura_id}/pagos", cuerpo, headers=clave)

    antes = deadlocks(app)
    escritores = [accion for una in (1, 2) for accion in (cobrar(una), acreditar(admin, una, 20))] * 4
    assert set(a_la_vez(escritores)) <= {"hecho", "excede_saldo"}
    assert deadlocks(app) == antes
    for una in (1, 2):
        factura = leer(admin, una)
        assert factura["acreditado"] == 80
        assert factura["saldo"] == 20 - factura["pagado"] + factura["reembolsado"] >= 0
        with app.app_context():
            neto = db.session.scalar(db.select(func.sum(Aplicacion.monto)).where(Aplicacion.factura_id == una))
            assert (neto or 0) == factura["pagado"] - factura["reembolsado"]
    with app.app_context():
        libre = db.session.scalar(db.select(func.sum(Pago.disponible + Pago.aplicado - Pago.monto)))
        assert libre == 0


@pytest.mark.processes
def test_quien_muere_al_emitir_no_deja_un_hueco(app: Flask, admin: ApiClient, processes: Processes) -> None:
    emitida(admin)
    factura_id = borrador(admin, otra(40))["id"]
    a_medias = after("UPDATE secuencia", "UPDATE factura", "INSERT INTO asiento")
    for momento in (*a_medias, WRITTEN, COMMITTED):
        assert processes.killed(app, momento, request, "PATCH", f"{URL}/{factura_id}/estado", {"estado": "emitida"})
        factura = leer(admin, factura_id)
        if momento == COMMITTED:
            assert (factura["estado"], factura["numero"]) == ("emitida", "001-001-000000002")
        else:
            assert (factura["estado"], factura["numero"]) == ("borrador", None), momento
            assert en_el_libro(app, Cuenta.FACTURADO) == 100
    emitida(admin)
    assert numeros(app) == [1, 2, 3]
    assert en_el_libro(app, Cuenta.FACTURADO) == 240
