"""Many who pay at once, and one who is killed in the middle of it."""

from __future__ import annotations

from decimal import Decimal as D
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func

from comun.testing.client import ApiClient, ok
from comun.testing.deaths import COMMITTED, WRITTEN, after, request
from comun.testing.processes import Processes
from comun.testing.together import deadlocks
from facturacion.extensiones import db
from facturacion.modelos import Aplicacion, Pago, Reembolso, Transaccion

from ..a_la_vez import Pedido, a_la_vez
from ..caja import abrir_caja
from ..fabricas import nuevo_punto
from ..facturas import emitida as hecha
from ..facturas_emitidas import emitida, factura
from ..noticias import anunciados
from ..pagos import RUTA, aplicar, cobrar, cuadra, dejar_anticipo, devolver

# Fifty pay at once in tests/sistema.
CUANTOS = 12


def cuantos(app: Flask, modelo: Any) -> int:
    with app.app_context():
        return db.session.scalar(db.select(func.count()).select_from(modelo)) or 0


@pytest.mark.postgresql_only
@pytest.mark.parametrize("medio", ["transferencia", "efectivo"])
def test_de_los_que_pagan_el_saldo_entero_paga_uno(app: Flask, admin: ApiClient, medio: str) -> None:
    abrir_caja(app)
    una = emitida(app)
    finales = a_la_vez([lambda clave: cobrar(admin, una, 100, medio, headers=clave)] * CUANTOS)
    assert finales == {"hecho": 1, "excede_saldo": CUANTOS - 1}
    assert (factura(app, una).estado, cuantos(app, Pago), cuantos(app, Transaccion)) == ("pagada", 1, 1)
    assert len(anunciados(app, "factura.pagada.v1")) == 1
    cuadra(app)


@pytest.mark.postgresql_only
def test_las_partes_de_una_factura_caben_hasta_el_saldo(app: Flask, admin: ApiClient) -> None:
    una = emitida(app)
    finales = a_la_vez([lambda clave: cobrar(admin, una, 12, headers=clave)] * CUANTOS)
    assert finales == {"hecho": 8, "excede_saldo": CUANTOS - 8}
    assert factura(app, una).saldo == 4
    cuadra(app)


@pytest.mark.postgresql_only
@pytest.mark.parametrize("monto", [100, 1])
def test_muchas_veces_la_misma_clave_es_un_pago(app: Flask, admin: ApiClient, monto: int) -> None:
    una = emitida(app)
    finales = a_la_vez([lambda clave: cobrar(admin, una, monto, headers=clave)] * CUANTOS, clave="recibo-88")
    assert finales == {"hecho": 1, "repetido": CUANTOS - 1}
    assert (factura(app, una).saldo, cuantos(app, Pago), cuantos(app, Transaccion)) == (100 - monto, 1, 1)
    cuadra(app)


@pytest.mark.postgresql_only
def test_un_anticipo_paga_facturas_hasta_que_se_acaba(app: Flask, admin: ApiClient) -> None:
    pago = ok(dejar_anticipo(admin, 70), 201)["id"]
    facturas = [emitida(app, "10") for _ in range(CUANTOS)]

    def usar(una: int) -> Pedido:
        return lambda clave: aplicar(admin, pago, una, 10, headers=clave)

    assert a_la_vez([usar(una) for una in facturas]) == {"hecho": 7, "excede_disponible": CUANTOS - 7}
    cuadra(app)


@pytest.mark.postgresql_only
def test_nunca_se_devuelve_mas_de_lo_que_queda(app: Flask, admin: ApiClient) -> None:
    una = emitida(app)
    de_factura, anticipo = ok(cobrar(admin, una, 100), 201)["id"], ok(dejar_anticipo(admin, 40), 201)["id"]
    pedidos: list[Pedido] = [
        *[lambda clave: devolver(admin, de_factura, 25, factura_id=una, headers=clave)] * (CUANTOS // 2),
        *[lambda clave: devolver(admin, anticipo, 10, headers=clave)] * (CUANTOS // 2),
    ]
    assert a_la_vez(pedidos) == {"hecho": 8, "excede_aplicado": 2, "excede_disponible": 2}
    assert (factura(app, una).saldo, cuantos(app, Reembolso)) == (100, 8)
    cuadra(app)


@pytest.mark.postgresql_only
def test_pagar_aplicar_y_devolver_a_la_vez_sin_abrazo_mortal(app: Flask, admin: ApiClient) -> None:
    una, otra = emitida(app), emitida(app)
    pago = ok(dejar_anticipo(admin, 500), 201)["id"]
    for suya in (una, otra):
        ok(aplicar(admin, pago, suya, 20), 201)
    partes = [{"factura_id": suya, "monto": 2} for suya in (otra, una)]
    juntas = {"paciente_id": 1, "centro_id": 1, "monto": 5, "medio_pago": "cheque"}

    def varias(orden: int) -> Pedido:
        cuerpo = {**juntas, "facturas": partes[::orden]}
        return lambda clave: admin.post(f"{RUTA}/pagos", cuerpo, headers=clave)

    clases: list[Pedido] = [
        lambda clave: cobrar(admin, una, 3, headers=clave),
        lambda clave: aplicar(admin, pago, otra, 4, headers=clave),
        lambda clave: devolver(admin, pago, 5, factura_id=una, headers=clave),
        lambda clave: devolver(admin, pago, 6, headers=clave),
        varias(1),
        varias(-1),
    ]
    antes = deadlocks(app)
    finales = a_la_vez([clases[n % len(clases)] for n in range(2 * CUANTOS)])
    assert set(finales) <= {"hecho", "excede_saldo", "excede_aplicado", "excede_disponible"}
    assert deadlocks(app) == antes
    cuadra(app)


@pytest.mark.postgresql_only
def test_acreditar_mientras_se_paga_y_se_devuelve_libera_lo_justo(app: Flask, admin: ApiClient) -> None:
    nuevo_punto(app)
    facturas = [hecha(admin)["id"] for _ in range(2)]
    pago = ok(dejar_anticipo(admin, 60), 201)["id"]
    for una in facturas:
        ok(aplicar(admin, pago, una, 30), 201)

    def acreditar(una: int, lugar: int) -> Pedido:
        detalle = ok(admin.get(f"{RUTA}/facturas/{una}"))["detalles"][0]["id"]
        parte = {"motivo": f"Parte {lugar}", "detalles": [{"detalle_id": detalle, "monto": 7}]}
        return lambda clave: admin.post(f"{RUTA}/facturas/{una}/notas-credito", parte, headers=clave)

    def pagar(una: int) -> Pedido:
        return lambda clave: cobrar(admin, una, 9, headers=clave)

    def devolver_de(una: int) -> Pedido:
        return lambda clave: devolver(admin, pago, 2, factura_id=una, headers=clave)

    pedidos = [
        pedido
        for lugar in range(3)
        for una in facturas
        for pedido in (acreditar(una, lugar), pagar(una), devolver_de(una))
    ]
    antes = deadlocks(app)
    finales = a_la_vez([*pedidos, *[lambda clave: devolver(admin, pago, 3, headers=clave)] * 6])
    assert set(finales) <= {"hecho", "excede_saldo", "excede_aplicado", "excede_disponible"}
    assert deadlocks(app) == antes
    cuadra(app)


@pytest.mark.processes
def test_un_pago_que_muere_a_medias_no_deja_nada(app: Flask, admin: ApiClient, processes: Processes) -> None:
    """Whoever asks again with the key of the dead pays, and only once."""
    abrir_caja(app)
    una = emitida(app)
    ruta, cuerpo = f"{RUTA}/facturas/{una}/pagos", {"monto": 60, "medio_pago": "efectivo"}
    clave = {"Idempotency-Key": "recibo-1"}
    a_medias = after("INSERT INTO pago", "INSERT INTO transaccion", "INSERT INTO total_dia")
    for momento in (*a_medias, WRITTEN, COMMITTED):
        assert processes.killed(app, momento, request, "POST", ruta, cuerpo, clave)
        assert factura(app, una).saldo == D(40 if momento == COMMITTED else 100), momento
        assert cuantos(app, Pago) == cuantos(app, Aplicacion) == cuantos(app, Transaccion) == (momento == COMMITTED)
        cuadra(app)
    otra_vez = admin.post(ruta, cuerpo, headers=clave)
    ok(otra_vez, 201)
    assert "Idempotent-Replayed" in otra_vez.headers
    assert (factura(app, una).saldo, cuantos(app, Pago)) == (40, 1)
    cuadra(app)


@pytest.mark.processes
def test_una_devolucion_que_muere_a_medias_no_devuelve_nada(
    app: Flask, admin: ApiClient, processes: Processes
) -> None:
    una = emitida(app)
    pago = ok(cobrar(admin, una, 100), 201)["id"]
    cuerpo = {"monto": 30, "motivo": "Cobrado de más", "factura_id": una}
    for momento in (*after("INSERT INTO reembolso", "INSERT INTO total_dia"), WRITTEN):
        assert processes.killed(app, momento, request, "POST", f"{RUTA}/pagos/{pago}/reembolsos", cuerpo)
        assert (factura(app, una).saldo, cuantos(app, Reembolso), cuantos(app, Transaccion)) == (0, 0, 1), momento
        cuadra(app)
    ok(devolver(admin, pago, 30, factura_id=una), 201)
    assert (factura(app, una).saldo, cuantos(app, Reembolso)) == (30, 1)
    cuadra(app)
