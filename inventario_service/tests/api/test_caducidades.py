"""Near expiry: told once for each lot and centre."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from comun.db import now
from inventario.casos_de_uso.caducidades import avisar_caducidades
from inventario.casos_de_uso.libro import Asiento, asentar, bloquear
from inventario.casos_de_uso.lugares import bodega_principal
from inventario.extensiones import db
from inventario.modelos import Bodega, Lote, Tipo

from ..consultas import eventos
from ..fabricas import conocer_centros, ingresar, nuevo_producto


@pytest.fixture
def producto(app: Flask) -> int:
    conocer_centros(app)
    return nuevo_producto(app, codigo="ANES", nombre="Anestesia")


def dentro_de(dias: int) -> date:
    return (now() + timedelta(days=dias)).date()


def avisos(app: Flask) -> list[dict[str, Any]]:
    """Run the job; all that has been told so far."""
    with app.app_context():
        avisar_caducidades()
    return [datos for _, _, datos in eventos(app, "lote.por_caducar.v1")]


def test_se_avisa_una_vez_por_lote_y_centro(app: Flask, producto: int) -> None:
    lote = ingresar(app, producto, 5, lote="A", caducidad=dentro_de(20))
    ingresar(app, producto, 7, lote="A", centro_id=3)
    ingresar(app, producto, 9, lote="B", caducidad=dentro_de(300))
    ingresar(app, producto, 9)
    primeros = avisos(app)
    assert [(a["id"], a["codigo"], a["centro_id"], a["cantidad"]) for a in primeros] == [
        (lote, "A", 1, 5),
        (lote, "A", 3, 7),
    ]
    assert primeros[0]["producto"] == "Anestesia"
    assert primeros[0]["dias"] in (20, 21)
    ingresar(app, producto, 4, lote="A")
    assert avisos(app) == primeros


def test_lo_que_se_acabo_no_se_avisa_y_lo_caducado_si(app: Flask, producto: int) -> None:
    gastado = ingresar(app, producto, 5, lote="A", caducidad=dentro_de(20))
    with app.app_context():
        bloquear([(producto, 1)])
        asentar([Asiento(Tipo.SALIDA, db.session.get_one(Lote, gastado), bodega_principal(1), -5)], por="prueba")
        db.session.commit()
    ingresar(app, producto, 2, lote="B", caducidad=dentro_de(-10))
    (aviso,) = avisos(app)
    assert aviso["codigo"] == "B"
    assert aviso["dias"] < 0


def test_en_otra_bodega_del_centro_es_el_mismo_aviso(app: Flask, producto: int) -> None:
    lote = ingresar(app, producto, 5, lote="A", caducidad=dentro_de(20))
    assert len(avisos(app)) == 1
    with app.app_context():
        bloquear([(producto, 1)])
        otra = Bodega(centro_id=1, nombre="Quirófano")
        db.session.add(otra)
        db.session.flush()
        asentar([Asiento(Tipo.AJUSTE, db.session.get_one(Lote, lote), otra, 2, motivo="x")], por="prueba")
        db.session.commit()
    assert len(avisos(app)) == 1
