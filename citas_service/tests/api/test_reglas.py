"""The agenda's rules, as a transaction sees those that it changes itself."""

from __future__ import annotations

import pytest
from flask import Flask

from citas.extensiones import db
from citas.modelos import Politica
from citas.modelos.reglas import agenda_vigente
from comun.testing.statements import statements

from ..conftest import vaciar


@pytest.fixture(autouse=True)
def sin_reglas(app: Flask) -> None:
    """Nothing said: an appointment takes 30 minutes."""
    vaciar(app)


def politica(minutos: int, tratamiento: int = 7) -> Politica:
    return Politica(tratamiento_id=tratamiento, duracion_minutos=minutos)


def minutos(tratamiento: int = 7) -> int:
    return agenda_vigente().politica(1, tratamiento).duracion_minutos


def test_se_leen_una_vez_por_cambio(app: Flask) -> None:
    with app.app_context():
        nueva = politica(40)
        db.session.add(nueva)
        assert minutos() == 40
        with statements(app) as preguntas:
            assert minutos() == 40
        assert len(preguntas) == 1  # the version: others may have changed them meanwhile
        nueva.duracion_minutos = 50
        assert minutos() == 50
        db.session.rollback()
        assert minutos() == 30


def test_lo_que_se_deshace_no_vale(app: Flask) -> None:
    with app.app_context():
        db.session.add(politica(40))
        assert minutos() == 40
        with db.session.begin_nested() as punto:
            db.session.add(politica(70, tratamiento=8))
            assert minutos(8) == 70
            punto.rollback()
        assert minutos(8) == 30
        assert minutos() == 40
