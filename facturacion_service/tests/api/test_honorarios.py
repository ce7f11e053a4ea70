"""What doctors earn of what is charged, and lose with what is credited or annulled of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D
from itertools import count

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func

from comun.money import cents
from facturacion.extensiones import db
from facturacion.modelos import Cuenta, Honorario

from ..cuentas import anotado
from ..honorarios import LUNES, MARTES, acreditar, anular_factura, facturar, nueva_tarifa

_tratamientos = count(1)


def ganado(app: Flask, doctor_id: int = 7) -> D:
    """By line, which is what is settled; the ledger says the same."""
    with app.app_context():
        suma = db.session.scalar(db.select(func.sum(Honorario.monto)).where(Honorario.doctor_id == doctor_id))
    de_libro = anotado(app, Cuenta.HONORARIO, "doctor_id").get(doctor_id, D(0))
    assert de_libro == (suma or 0)
    return de_libro


@pytest.mark.usefixtures("clinica")
class TestLoQueGanaElMedico:
    def test_vale_la_tarifa_mas_precisa_que_rige_ese_dia(self, app: Flask) -> None:
        nueva_tarifa(app, "10")
        nueva_tarifa(app, "20", tratamiento_id=10)
        nueva_tarifa(app, "30", doctor_id=7)
        nueva_tarifa(app, "40", doctor_id=7, tratamiento_id=10)
        nueva_tarifa(app, "45", doctor_id=7, tratamiento_id=10, desde=MARTES)
        nueva_tarifa(app, "99", doctor_id=7, tratamiento_id=10, desde=date(2026, 4, 1))
        for doctor_id, tratamiento_id, gana in ((7, 10, 40), (7, 11, 30), (8, 10, 20), (8, None, 10)):
            antes = ganado(app, doctor_id)
            facturar(app, "100", doctor_id=doctor_id, tratamiento_id=tratamiento_id)
            assert ganado(app, doctor_id) - antes == gana
        antes = ganado(app)
        facturar(app, "100", dia=MARTES)
        assert ganado(app) - antes == 45

    def test_sin_medico_o_sin_tarifa_nadie_gana(self, app: Flask) -> None:
        facturar(app, "100")
        nueva_tarifa(app, "40")
        facturar(app, "100", doctor_id=None)
        assert anotado(app, Cuenta.HONORARIO) == {}

    def test_se_gana_de_la_base_sin_iva_y_se_pierde_el_dia_de_la_nota(self, app: Flask) -> None:
        nueva_tarifa(app, "33.33", doctor_id=7)
        factura = facturar(app, "100.05", "20")
        acreditar(app, factura, "50")
        assert anotado(app, Cuenta.HONORARIO) == {LUNES: D("40.02"), MARTES: D("-16.67")}

    def test_una_tarifa_nueva_no_cambia_lo_ganado_ni_lo_que_se_pierde(self, app: Flask) -> None:
        nueva_tarifa(app, "40")
        factura = facturar(app, "100")
        nueva_tarifa(app, "50", desde=MARTES)
        acreditar(app, factura, "50")
        assert ganado(app) == 20

    def test_lo_acreditado_por_partes_no_deja_ni_un_centavo(self, app: Flask) -> None:
        nueva_tarifa(app, "33.33")
        factura = facturar(app, "0.10")
        for nota in range(1, 11):
            acreditar(app, factura, "0.01", nota_id=nota)
        assert ganado(app) == 0

    def test_lo_anulado_no_deja_nada_de_la_factura(self, app: Flask) -> None:
        nueva_tarifa(app, "40")
        anular_factura(app, facturar(app, "100", "7.77"))
        assert ganado(app) == 0


@pytest.mark.usefixtures("clinica")
@given(
    precio=st.decimals("0.01", 200, places=2),
    porcentaje=st.decimals(0, 100, places=2),
    cortes=st.lists(st.floats(0, 1), max_size=5),
)
def test_acreditado_todo_en_las_partes_que_sea_no_queda_nada(
    app: Flask, precio: D, porcentaje: D, cortes: list[float]
) -> None:
    antes, tratamiento = ganado(app), next(_tratamientos)
    nueva_tarifa(app, str(porcentaje), tratamiento_id=tratamiento)
    factura = facturar(app, str(precio), tratamiento_id=tratamiento)
    queda = precio
    for nota, corte in enumerate([*cortes, 1.0], 1):
        parte = cents(queda * D(corte))
        acreditar(app, factura, str(parte), nota_id=nota)
        queda -= parte
    assert ganado(app) == antes
