"""What booked appointments are going to use."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask

from comun.db import now
from comun.times import zone
from inventario.casos_de_uso.reservas import pronostico, reservado
from inventario.extensiones import db
from inventario.modelos import CitaRef, CitaTratamientoRef

from ..fabricas import conocer_centros, ingresar, nueva_receta, nuevo_producto, nuevo_tratamiento


def agendada(
    app: Flask,
    cita_id: int,
    tratamiento_id: int,
    *,
    en: timedelta = timedelta(days=1),
    estado: str = "programada",
    centro_id: int = 1,
    cantidad: str = "1",
    fecha_hora: datetime | None = None,
) -> None:
    with app.app_context():
        cuando = fecha_hora or now() + en
        db.session.add(
            CitaRef(id=cita_id, centro_id=centro_id, doctor_id=1, fecha_hora=cuando, estado=estado, secuencia=1)
        )
        db.session.flush()
        linea = CitaTratamientoRef(cita_id=cita_id, tratamiento_id=tratamiento_id, cantidad=Decimal(cantidad))
        db.session.add(linea)
        db.session.commit()


@pytest.fixture
def calza(app: Flask) -> dict[str, int]:
    """A filling: two gloves, one of two resins, and an anaesthetic that may be left out."""
    conocer_centros(app)
    productos = {nombre: nuevo_producto(app) for nombre in ("guantes", "resina", "otra", "anestesia")}
    tratamiento = nuevo_tratamiento(app)
    nueva_receta(
        app,
        tratamiento,
        {"producto_id": productos["guantes"], "cantidad": Decimal(2)},
        {"producto_id": productos["resina"], "cantidad": Decimal("0.5"), "alternativa": "resina"},
        {"producto_id": productos["otra"], "cantidad": Decimal(1), "alternativa": "resina"},
        {"producto_id": productos["anestesia"], "cantidad": Decimal(1), "opcional": True},
    )
    return {"tratamiento": tratamiento, **productos}


def test_reserva_lo_que_esta_por_atender(app: Flask, calza: dict[str, int]) -> None:
    agendada(app, 1, calza["tratamiento"], cantidad="3")
    agendada(app, 2, calza["tratamiento"], en=timedelta(days=9), estado="confirmada")
    agendada(app, 3, calza["tratamiento"], centro_id=2)
    agendada(app, 4, calza["tratamiento"], en=timedelta(hours=-1), estado="en_curso")
    agendada(app, 5, calza["tratamiento"], en=timedelta(hours=-1))
    agendada(app, 6, calza["tratamiento"], estado="cancelada")
    agendada(app, 7, 999)
    guantes, resina = calza["guantes"], calza["resina"]
    with app.app_context():
        assert reservado() == {
            (guantes, 1): 10,
            (resina, 1): Decimal("2.5"),
            (guantes, 2): 2,
            (resina, 2): Decimal("0.5"),
        }
        assert reservado([guantes], 1, now() + timedelta(days=2)) == {(guantes, 1): 8}
        assert reservado([calza["anestesia"], calza["otra"]]) == {}


def test_dice_que_dia_se_agota_en_el_calendario_del_centro(app: Flask, calza: dict[str, int]) -> None:
    galapagos = zone("Pacific/Galapagos")
    manana = (now().astimezone(galapagos) + timedelta(days=1)).date()
    # Late in the evening, when it is the next day in UTC already.
    tarde = datetime.combine(manana, datetime.min.time(), galapagos).replace(hour=22).astimezone(UTC)
    agendada(app, 1, calza["tratamiento"], centro_id=3, fecha_hora=tarde)
    ingresar(app, calza["guantes"], 2, centro_id=3)
    ingresar(app, calza["resina"], 5, centro_id=3, lote="A", caducidad=date(2031, 1, 1))
    with app.app_context():
        previsto = pronostico(30)
        assert previsto[calza["guantes"], 3].se_agota_el == manana
        assert previsto[calza["resina"], 3].se_agota_el is None
        assert previsto.keys() == {(calza["guantes"], 3), (calza["resina"], 3)}
        assert pronostico(30, centro_id=1) == {}
