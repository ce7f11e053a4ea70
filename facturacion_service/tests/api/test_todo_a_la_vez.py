"""Whatever may be done with an invoice, by many at once: balances, ledger and tills tell the same afterwards."""

from __future__ import annotations

import pytest
from flask import Flask

from comun.testing.client import ApiClient, ok
from comun.testing.together import deadlocks

from ..a_la_vez import Pedido, a_la_vez
from ..caja import TRANSACCIONES, abrir_caja, anotar
from ..caja import cuadra as caja_cuadra
from ..fabricas import nuevo_punto
from ..facturas import URL, borrador, emitida, otra, poner_estado
from ..gastos import GASTOS, gastar
from ..pagos import RUTA, aplicar, cobrar, cuadra, dejar_anticipo, devolver

pytestmark = pytest.mark.both_databases

PUNTOS = "/facturacion/puntos-emision"
CHOQUES = {
    "excede_saldo",
    "excede_aplicado",
    "excede_disponible",
    "transicion_ilegal",
    "factura_con_pagos",
    "factura_acreditada",
    "acreditado_de_mas",
    "nada_que_acreditar",
    "nada_que_pagar",
    "sin_caja_abierta",
    "caja_contada",
    "datos_invalidos",
}


def test_cobrar_acreditar_devolver_anular_y_fraccionar_a_la_vez(app: Flask, admin: ApiClient) -> None:
    nuevo_punto(app)
    caja = abrir_caja(app)
    facturas = [emitida(admin, otra(60, tarifa_iva=15), otra(40))["id"] for _ in range(2)]
    anticipo = ok(dejar_anticipo(admin, 300), 201)["id"]
    pagos = [ok(cobrar(admin, una, 20), 201)["id"] for una in facturas]
    plan = {"numero": 3, "primera": "2199-01-31", "intervalo": "mensual"}

    def de(cual: int) -> list[Pedido]:
        una, pago = facturas[cual], pagos[cual]
        nota = {"motivo": "Cobrado de más", "detalles": [{"detalle_id": 2 * cual + 1, "monto": 30}]}
        return [
            lambda c: cobrar(admin, una, 30, "efectivo", headers=c),
            lambda c: cobrar(admin, una, 25, headers=c),
            lambda c: aplicar(admin, anticipo, una, 15, headers=c),
            lambda c: devolver(admin, pago, 5, factura_id=una, headers=c),
            lambda c: admin.post(f"{URL}/{una}/notas-credito", nota, headers=c),
            lambda c: poner_estado(admin, una, "anulada", motivo="x"),
            lambda c: admin.put(f"{URL}/{una}/plan-cuotas", plan, headers=c),
            lambda c: devolver(admin, anticipo, 3, headers=c),
            lambda c: admin.post(f"{RUTA}/cajas/{caja}/conteo", {"contado": {"efectivo": 0}}, headers=c),
        ]

    pedidos = [pedido for cual in range(2) for pedido in de(cual)]
    antes = deadlocks(app)
    finales = a_la_vez(pedidos)
    assert set(finales) <= {"hecho", *CHOQUES}
    assert deadlocks(app) == antes
    cuadra(app)


def test_gastos_que_cambian_de_medio_en_sentidos_contrarios(app: Flask, admin: ApiClient) -> None:
    abrir_caja(app)
    unos = [gastar(admin, 10, medio_pago="transferencia")["id"] for _ in range(4)]
    otros = [gastar(admin, 10, medio_pago="tarjeta_debito")["id"] for _ in range(4)]
    antes = deadlocks(app)

    def pasar(uno: int, medio: str) -> Pedido:
        return lambda c: admin.put(f"{GASTOS}/{uno}", {"medio_pago": medio}, headers=c)

    for _vez in range(2):
        pedidos = [
            *[pasar(uno, "tarjeta_debito") for uno in unos],
            *[pasar(uno, "transferencia") for uno in otros],
        ]
        assert a_la_vez(pedidos) == {"hecho": 8}
        unos, otros = otros, unos
    assert deadlocks(app) == antes
    caja_cuadra(app)


def test_quien_no_cambia_nada_no_deshace_lo_que_otro_cambia(app: Flask, admin: ApiClient) -> None:
    ids = [ok(anotar(admin, "ingreso", 10), 201)["id"] for _ in range(4)]

    def editar(uno: int, **cambios: int) -> Pedido:
        return lambda c: admin.put(f"{TRANSACCIONES}/{uno}", cambios, headers=c)

    pedidos = [editar(uno, **cambio) for vez in (1, 2) for uno in ids for cambio in ({"monto": 10 + vez}, {})]
    assert a_la_vez(pedidos) == {"hecho": len(pedidos)}
    caja_cuadra(app)


def test_lo_que_se_emite_mientras_cambia_la_serie_lleva_la_de_su_punto(app: Flask, admin: ApiClient) -> None:
    puntos = [nuevo_punto(app, punto=f"{n:03d}", principal=n == 1) for n in range(1, 6)]
    borradores = [borrador(admin)["id"] for _punto in puntos]

    def emitir(una: int, punto: int) -> Pedido:
        return lambda c: poner_estado(admin, una, "emitida", punto_emision_id=punto)

    def cambiar(punto: int) -> Pedido:
        return lambda c: admin.put(f"{PUNTOS}/{punto}", {"establecimiento": "900"}, headers=c)

    pares = [(emitir(una, punto), cambiar(punto)) for una, punto in zip(borradores, puntos, strict=True)]
    finales = a_la_vez([uno for par in pares for uno in par])
    assert set(finales) <= {"hecho", "punto_con_documentos"}
    series = {p["id"]: f"{p['establecimiento']}-{p['punto']}" for p in ok(admin.get(PUNTOS))["datos"]}
    for factura in ok(admin.get(URL))["datos"]:
        assert factura["numero"] == f"{series[factura['punto_emision_id']]}-000000001"
