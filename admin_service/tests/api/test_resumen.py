"""What other services ask of the patients of a month."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask

from admin.extensiones import db
from admin.modelos import Paciente
from comun.testing.client import ApiClient, ok, problem

from ..fabricas import crear_centro, crear_paciente

QUITO = ZoneInfo("America/Guayaquil")


def creado(app: Flask, paciente_id: int, dia: date, hora: int = 12) -> None:
    momento = datetime(dia.year, dia.month, dia.day, hora, 30, tzinfo=QUITO)
    with app.app_context():
        db.session.execute(db.update(Paciente).where(Paciente.id == paciente_id).values(creado_en=momento))
        db.session.commit()


def nuevos(api: ApiClient, desde: str, hasta: str, **consulta: Any) -> int:
    pregunta = {"desde": desde, "hasta": hasta, **consulta}
    return int(ok(api.as_("servicio").get("/interno/resumen", query_string=pregunta))["pacientes_nuevos"])


def test_se_cuentan_los_nuevos_del_mes(api: ApiClient, app: Flask) -> None:
    centro = crear_centro(api)["id"]
    for paciente_id, (dia, de_centro) in enumerate(
        [(date(2026, 1, 1), True), (date(2026, 1, 31), True), (date(2026, 1, 31), False), (date(2026, 2, 1), True)], 1
    ):
        crear_paciente(api, **({"centro_id": centro} if de_centro else {}))
        creado(app, paciente_id, dia, 23)
    assert nuevos(api, "2026-01-01", "2026-01-31") == 3
    assert nuevos(api, "2026-01-01", "2026-01-31", centros=f"{centro},99") == 2
    assert nuevos(api, "2026-02-01", "2026-02-28") == 1
    ok(api.delete("/admin/pacientes/4"), 204)
    assert nuevos(api, "2026-02-01", "2026-02-28") == 0


def test_solo_responde_a_otros_servicios(api: ApiClient) -> None:
    problem(api.get("/interno/resumen?desde=2026-01-01&hasta=2026-01-31"), 403)
    problem(api.as_("servicio").get("/interno/resumen"), 422)
