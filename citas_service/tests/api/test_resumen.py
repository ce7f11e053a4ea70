"""What other services ask of the appointments of a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from citas.extensiones import db
from citas.modelos import Cita
from comun.testing.client import ApiClient, ok, problem

from ..conftest import manana, programar


def resumen(api: ApiClient, **consulta: Any) -> Any:
    return ok(api.as_("servicio").get("/interno/resumen", query_string=consulta))


def pasar_a(app: Flask, cita_id: int, **campos: Any) -> None:
    with app.app_context():
        db.session.execute(db.update(Cita).where(Cita.id == cita_id).values(**campos))
        db.session.commit()


def test_se_cuentan_por_estado_las_de_los_dias_pedidos(api: ApiClient, app: Flask) -> None:
    una = programar(api, fecha_hora=manana("09:00"))
    otra = programar(api, fecha_hora=manana("10:00"), paciente_id=2)
    cancelada = programar(api, fecha_hora=manana("11:00"), paciente_id=3)
    movida = programar(api, fecha_hora=manana("12:00"), paciente_id=4)
    ok(api.patch(f"/citas/{cancelada['id']}/estado", {"estado": "cancelada", "motivo": "Viaje"}))
    ok(api.put(f"/citas/{movida['id']}", {"fecha_hora": manana("13:00")}, headers={"If-Match": "*"}))
    pasar_a(app, otra["id"], estado="completada")
    dia = una["fecha_hora"][:10]
    contado = resumen(api, desde=dia, hasta=dia)
    assert {estado: n for estado, n in contado["por_estado"].items() if n} == {
        "programada": 2,
        "completada": 1,
        "cancelada": 1,
    }
    assert (contado["total"], contado["reprogramadas"], contado["pacientes_atendidos"]) == (4, 1, 1)
    assert resumen(api, desde=dia, hasta=dia, doctor_id=2)["total"] == 0
    assert resumen(api, desde=dia, hasta=dia, centros="2,3")["total"] == 0
    assert resumen(api, desde=dia, hasta=dia, centros="1,3")["total"] == 4
    despues = str(datetime.fromisoformat(dia).date() + timedelta(days=1))
    assert resumen(api, desde=despues, hasta=despues)["total"] == 0


def test_hoy_es_lo_que_dice_el_calendario_de_cada_centro(
    api: ApiClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    en_quito = programar(api, fecha_hora=manana("09:00"), centro_id=1)
    en_galapagos = programar(api, fecha_hora=manana("09:00"), centro_id=2, doctor_id=2, paciente_id=2)
    dia = datetime.fromisoformat(en_quito["fecha_hora"]).date()
    assert en_galapagos["fecha_hora"][:10] == str(dia)
    # Half past midnight in Quito is still the day before on the islands.
    monkeypatch.setattr(
        "citas.casos_de_uso.reportes.now", lambda: datetime(dia.year, dia.month, dia.day, 5, 30, tzinfo=UTC)
    )
    assert (resumen(api)["total"], resumen(api, centros="2")["total"]) == (1, 0)
    monkeypatch.setattr(
        "citas.casos_de_uso.reportes.now", lambda: datetime(dia.year, dia.month, dia.day, 15, tzinfo=UTC)
    )
    assert resumen(api)["total"] == 2


def test_solo_responde_a_otros_servicios(api: ApiClient) -> None:
    problem(api.get("/interno/resumen"), 403)
    problem(api.as_("servicio").get("/interno/resumen?desde=2026-01-01"), 422)
