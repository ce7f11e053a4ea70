"""What the materials of treatments had cost stands in the ledger, in whatever order inventory tells of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D
from itertools import permutations
from typing import Any

import pytest
from flask import Flask

from comun.testing.client import ApiClient, ok, problem
from comun.testing.events import envelope
from facturacion.modelos import Cuenta

from ..cuentas import anotado, en_dia
from ..fabricas import conocer_centros

LUNES = date(2026, 3, 9)


def registrado(*costos: tuple[int, float], consumo_id: int = 1, **datos: Any) -> dict[str, Any]:
    """So much for each treatment; completed late in the evening of that Monday, by the clock of the mainland."""
    lineas = [
        {"id": n, "tratamiento_id": t, "producto_id": n, "cantidad": 1, "faltante": 0, "costo": costo}
        for n, (t, costo) in enumerate(costos, 1)
    ]
    cuerpo = {
        "id": consumo_id,
        "cita_id": 5,
        "centro_id": 1,
        "doctor_id": 7,
        "completada_en": "2026-03-10T04:30:00+00:00",
        "costo": sum(costo for _t, costo in costos),
        "lineas": lineas,
    }
    return envelope("/inventario", "consumo.registrado.v1", f"consumo/{consumo_id}", {**cuerpo, **datos})


def resuelto(costo: float, consumo_id: int = 1, **datos: Any) -> dict[str, Any]:
    cuerpo = {"id": consumo_id, "cita_id": 5, "centro_id": 1, "doctor_id": 7, "linea_id": 3, "tratamiento_id": 11}
    resto = {"producto_id": 2, "faltante": 1, "resolucion": "consumido", "costo": costo}
    sujeto = f"consumo/{consumo_id}"
    return envelope("/inventario", "stock.faltante_resuelto.v1", sujeto, {**cuerpo, **resto, **datos}, 2) | {
        "time": "2026-03-11T15:00:00+00:00"
    }


def revertido(consumo_id: int = 1, costo: float = 5) -> dict[str, Any]:
    cuerpo = {"id": consumo_id, "cita_id": 5, "centro_id": 1, "doctor_id": 7, "costo": costo}
    return envelope("/inventario", "consumo.revertido.v1", f"consumo/{consumo_id}", cuerpo, 3)


def llegan(api: ApiClient, *noticias: dict[str, Any]) -> None:
    for noticia in noticias:
        ok(api.as_("servicio").post("/interno/eventos", noticia))


@pytest.mark.usefixtures("clinica")
class TestMateriales:
    def test_cada_tratamiento_cuesta_lo_suyo_el_dia_en_que_se_completo(self, app: Flask, api: ApiClient) -> None:
        noticia = registrado((10, 2.505), (11, 1.25), (10, 0.1), (12, 0))
        llegan(api, noticia, noticia)
        assert anotado(app, Cuenta.MATERIAL, "dia", "centro_id", "doctor_id", "tratamiento_id") == {
            (LUNES, 1, 7, 10): D("2.61"),
            (LUNES, 1, 7, 11): D("1.25"),
        }

    def test_el_dia_es_el_del_centro(self, app: Flask, api: ApiClient) -> None:
        llegan(api, registrado((10, 1), centro_id=3, completada_en="2026-03-10T05:30:00+00:00"))
        llegan(api, registrado((10, 1), consumo_id=2, completada_en="2026-03-10T05:30:00+00:00"))
        assert anotado(app, Cuenta.MATERIAL, "dia", "centro_id") == {(LUNES, 3): 1, (date(2026, 3, 10), 1): 1}

    def test_lo_que_faltaba_cuesta_cuando_se_toma(self, app: Flask, api: ApiClient) -> None:
        llegan(api, registrado((11, 3)), resuelto(2), resuelto(0, resolucion="descartado"))
        assert anotado(app, Cuenta.MATERIAL, "dia", "tratamiento_id") == {
            (LUNES, 11): 3,
            (date(2026, 3, 11), 11): 2,
        }

    @pytest.mark.parametrize("orden", [*permutations(range(3))])
    def test_la_cita_reabierta_no_costo_nada_llegue_como_llegue(
        self, app: Flask, api: ApiClient, orden: tuple[int, ...]
    ) -> None:
        noticias = [registrado((10, 3), (11, 2)), resuelto(2), revertido()]
        for lugar in orden:
            llegan(api, noticias[lugar], noticias[lugar])
        assert anotado(app, Cuenta.MATERIAL) == {}
        assert en_dia(app, Cuenta.MATERIAL) == {}
        llegan(api, registrado((10, 4), consumo_id=2))
        assert anotado(app, Cuenta.MATERIAL) == {LUNES: 4}

    def test_si_aun_no_se_sabe_del_centro_la_noticia_vuelve(self, app: Flask, api: ApiClient) -> None:
        noticia = registrado((10, 3), centro_id=9)
        problem(api.as_("servicio").post("/interno/eventos", noticia), 409, "centro_desconocido")
        assert anotado(app, Cuenta.MATERIAL) == {}
        conocer_centros(app)
        noticia["data"]["centro_id"] = 2
        llegan(api, noticia)
        assert anotado(app, Cuenta.MATERIAL, "centro_id") == {2: 3}
