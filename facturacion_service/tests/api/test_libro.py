"""The ledger and its totals by day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func
from sqlalchemy.exc import IntegrityError

from facturacion.casos_de_uso.libro import Anotacion, asentar, reponer, revertir
from facturacion.extensiones import db
from facturacion.modelos import Asiento, Cuenta, TotalDia

LUNES, MARTES = date(2026, 1, 5), date(2026, 1, 6)


def una(importe: str, referencia: str = "factura/1", dia: date = LUNES, **mas: object) -> Anotacion:
    return Anotacion(Cuenta.FACTURADO, D(importe), dia, 1, referencia, **mas)  # type: ignore[arg-type]


def total(dia: date) -> tuple[D, int]:
    suma = db.session.execute(
        db.select(func.sum(TotalDia.importe), func.sum(TotalDia.veces)).where(TotalDia.dia == dia)
    ).one()
    return suma[0] or D(0), suma[1] or 0


@pytest.mark.usefixtures("clinica")
class TestElLibro:
    def test_lo_que_se_anota_se_suma_al_dia(self, app: Flask) -> None:
        with app.app_context():
            asentar([una("0.10", tratamiento_id=1), una("0.20", tratamiento_id=2), una("0")], "prueba")
            db.session.commit()
            assert total(LUNES) == (D("0.30"), 2)

    def test_lo_anulado_se_resta_el_dia_en_que_se_anula(self, app: Flask) -> None:
        with app.app_context():
            asentar([una("30"), una("12.5", "factura/2")], "prueba")
            revertir("factura/1", MARTES, "prueba")
            revertir("factura/1", MARTES, "prueba")
            db.session.commit()
            assert total(LUNES) == (D("42.50"), 2)
            assert total(MARTES) == (D("-30.00"), -1)

    def test_lo_corregido_queda_en_su_dia(self, app: Flask) -> None:
        with app.app_context():
            asentar([una("30")], "prueba")
            reponer("factura/1", [una("25", dia=MARTES)], "prueba")
            reponer("factura/1", [una("25", dia=MARTES)], "prueba")
            db.session.commit()
            assert total(LUNES) == (D(0), 0)
            assert total(MARTES) == (D(25), 1)
            assert db.session.scalar(db.select(func.count()).select_from(Asiento)) == 3

    @pytest.mark.both_databases
    @pytest.mark.parametrize("orden", ["UPDATE asiento SET importe = importe", "DELETE FROM asiento"])
    def test_nada_anotado_cambia(self, app: Flask, orden: str) -> None:
        with app.app_context():
            asentar([una("30")], "prueba")
            db.session.commit()
            with pytest.raises(IntegrityError):
                db.session.execute(db.text(orden))


@pytest.mark.usefixtures("clinica")
@given(st.data())
def test_los_totales_del_dia_son_los_del_libro(app: Flask, data: st.DataObject) -> None:
    with app.app_context():
        for paso in range(data.draw(st.integers(1, 8))):
            referencia = f"factura/{data.draw(st.integers(1, 3))}"
            dia = data.draw(st.sampled_from([LUNES, MARTES]))
            importe = data.draw(st.decimals("0.01", 100, places=2))
            match data.draw(st.sampled_from(["asentar", "revertir", "reponer"])):
                case "asentar":
                    asentar([una(str(importe), referencia, dia, doctor_id=paso % 2)], "prueba")
                case "revertir":
                    revertir(referencia, dia, "prueba")
                case "reponer":
                    reponer(referencia, [una(str(importe), referencia, dia)], "prueba")
        db.session.commit()
        del_libro = db.session.execute(
            db.select(Asiento.dia, Asiento.doctor_id, func.sum(Asiento.importe), func.sum(Asiento.veces))
            .group_by(Asiento.dia, Asiento.doctor_id)
            .order_by(Asiento.dia, Asiento.doctor_id)
        ).all()
        de_totales = db.session.execute(
            db.select(TotalDia.dia, TotalDia.doctor_id, TotalDia.importe, TotalDia.veces).order_by(
                TotalDia.dia, TotalDia.doctor_id
            )
        ).all()
        assert [tuple(fila) for fila in del_libro] == [tuple(fila) for fila in de_totales]
