"""Whatever is invoiced, paid, given back and credited in whatever order: every figure is the sum of what made it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import Flask
from hypothesis import example, given
from hypothesis import strategies as st

from comun.testing.client import ApiClient
from comun.testing.databases import empty
from facturacion.extensiones import db
from facturacion.modelos import Cuenta

from ..fabricas import conocer_centros, conocer_doctor, conocer_paciente, nuevo_punto
from ..facturas import en_el_libro
from ..libreta import Libreta
from ..pagos import cuadra
from ..renglones import ASEGURADORA, PACIENTE, Cuanto, Linea, centavos

numeros = st.integers(0, 5)
precios = st.sampled_from(["25", "9.99", "33.335", "120.505", "0.03"]).map(Decimal)
lineas = st.lists(
    st.builds(
        Linea,
        cantidad=st.sampled_from(["1", "2", "3", "0.5", "1.333333"]).map(Decimal),
        precio=st.one_of(precios, precios, st.integers(0, 99_999_999).map(lambda n: Decimal(n) / 1_000_000)),
        tarifa=st.sampled_from([0, 15, 5]),
        descuento=st.sampled_from([0, 0, 10, 33, 100]),
        en_porcentaje=st.booleans(),
    ),
    min_size=1,
    max_size=4,
)
cuantos = st.one_of(
    st.just(Cuanto(100)),
    st.builds(Cuanto, porcentaje=st.integers(0, 100), de_mas=st.just(0)),
    st.sampled_from([Cuanto(50), Cuanto(33), Cuanto(90)]),
    st.builds(Cuanto, porcentaje=st.just(100), de_mas=st.sampled_from([1, 2000])),
)
nueva = st.tuples(
    st.just("facturar"), lineas, st.sampled_from([0, 0, 30, 80, 100]), st.sampled_from([True, True, True, False])
)
pasos = st.lists(
    st.one_of(
        nueva,
        st.tuples(st.just("pagar"), numeros, st.sampled_from([PACIENTE, PACIENTE, ASEGURADORA]), cuantos),
        st.tuples(st.just("pagar"), numeros, st.just(PACIENTE), cuantos),
        st.tuples(
            st.just("pagar_varias"),
            st.lists(st.tuples(numeros, cuantos), min_size=1, max_size=3),
            st.integers(0, 900),
        ),
        st.tuples(st.just("anticipar"), st.sampled_from([1, 500, 3_333, 20_000])),
        st.tuples(st.just("usar"), numeros, numeros, cuantos),
        st.tuples(st.just("devolver_disponible"), numeros, cuantos),
        st.tuples(st.just("devolver_de"), numeros, numeros, cuantos),
        st.tuples(st.just("acreditar"), numeros),
        st.tuples(st.just("acreditar_linea"), numeros, numeros, cuantos),
        st.tuples(st.just("anular"), numeros),
        st.tuples(st.just("aplazar"), numeros, st.integers(1, 4)),
        st.tuples(st.just("corregir"), numeros, lineas),
        st.tuples(st.just("emitir"), numeros),
    ),
    min_size=6,
    max_size=12,
)

# What comes free of several payments, and of those of patient and insurer.
CIEN = [Linea(Decimal(1), Decimal(100), 0, 0, False)]
DE_CIEN = ("facturar", CIEN, 0, True)
CUBIERTA = ("facturar", CIEN, 80, True)
EN_DOS_PAGOS = [("pagar", 0, PACIENTE, Cuanto(30)), ("pagar", 0, PACIENTE, Cuanto(100))]
DE_AMBOS = [("pagar", 0, PACIENTE, Cuanto(100)), ("pagar", 0, ASEGURADORA, Cuanto(100))]


@given(primera=nueva, pasos=pasos)
@example(primera=DE_CIEN, pasos=[*EN_DOS_PAGOS, ("acreditar_linea", 0, 0, Cuanto(40))])
@example(primera=DE_CIEN, pasos=[*EN_DOS_PAGOS, ("devolver_de", 0, 0, Cuanto(50)), ("acreditar", 0)])
@example(
    primera=CUBIERTA, pasos=[*DE_AMBOS, ("acreditar_linea", 0, 0, Cuanto(60)), ("devolver_de", 1, 0, Cuanto(90))]
)
def test_ninguna_secuencia_descuadra_las_cuentas(
    app: Flask,
    admin: ApiClient,
    seeded_tables: frozenset[str],
    primera: tuple[Any, ...],
    pasos: list[tuple[Any, ...]],
) -> None:
    with app.app_context():
        empty(db.engine, db.metadata, seeded_tables)
    conocer_centros(app, 1)
    conocer_doctor(app)
    conocer_paciente(app)
    nuevo_punto(app)
    libreta = Libreta(app, admin)
    for paso in (primera, *pasos):
        libreta.dar(*paso)
    libreta.comprobar()
    cuadra(app)
    en_libro = en_el_libro(app, Cuenta.FACTURADO) + en_el_libro(app, Cuenta.IVA)
    assert centavos(en_libro) == libreta.facturado()
