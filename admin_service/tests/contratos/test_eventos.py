"""Both ends of the events: what this service emits, and its copies of what it listens to."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from admin.eventos.consumidos import SUCESOS
from admin.extensiones import db
from admin.modelos import CitaRef
from comun.events import EventSchemas
from comun.testing.client import ApiClient, ok

from ..fabricas import anunciar_cita

RAIZ = Path(__file__).parents[3]
PROPIOS = RAIZ / "admin_service/admin/eventos"
DE_CITAS = RAIZ / "citas_service/citas/eventos/esquemas"


def leer(carpeta: Path, tipo: str) -> dict[str, Any]:
    return dict(json.loads((carpeta / f"{tipo}.json").read_text()))


def tipos(propiedad: dict[str, Any]) -> set[str]:
    tipo = propiedad.get("type", "string")
    return {tipo} if isinstance(tipo, str) else set(tipo)


def test_se_emiten_los_que_pide_el_contrato() -> None:
    esperados = {f"{a}.{s}.v1" for a in ("centro", "doctor") for s in ("creado", "actualizado", "eliminado")}
    esperados |= {
        f"paciente.{s}.v1" for s in ("creado", "actualizado", "inactivado", "eliminado", "fusionado", "anonimizado")
    }
    assert set(EventSchemas(PROPIOS / "esquemas").types) == esperados


@pytest.mark.parametrize("suceso", SUCESOS)
def test_lo_que_se_espera_de_citas_es_lo_que_citas_promete(suceso: str) -> None:
    copia, original = (leer(d, f"cita.{suceso}.v1") for d in (PROPIOS / "esquemas_consumidos", DE_CITAS))
    assert set(copia["required"]) <= set(original["required"])
    for nombre, propiedad in copia["properties"].items():
        prometido = original["properties"][nombre]
        assert tipos(prometido) <= tipos(propiedad)
        assert set(prometido.get("enum", ())) <= set(propiedad.get("enum", prometido.get("enum", ())))


# This service counts appointments and knows who attends whom. These change neither: they are for whoever writes to
# patients (a reminder is due, a patient asked for another time), for whoever keeps stock (what is done at it), and
# for whoever watches the waitlist. What comes of them, an appointment booked, moved or cancelled, has its own event.
AJENOS = {
    *("cita.recordatorio.v1", "cita.cambio_solicitado.v1", "cita.tratamientos_cambiados.v1"),
    *(f"espera.{suceso}.v1" for suceso in ("registrada", "ofrecida", "atendida", "vencida")),
}


def test_de_citas_se_escucha_todo_lo_que_cambia_una_cita() -> None:
    escuchados = {f"cita.{suceso}.v1" for suceso in SUCESOS}
    assert not escuchados & AJENOS
    assert escuchados | AJENOS == set(EventSchemas(DE_CITAS).types)


@pytest.mark.parametrize("tipo", [*sorted(AJENOS), "cita.jamas_vista.v1", "cita.programada.v9"])
def test_lo_que_no_se_escucha_se_acepta_y_no_cambia_nada(api: ApiClient, app: Flask, tipo: str) -> None:
    """A refusal would be delivered for ever, and would keep what comes after it from arriving."""
    for _ in range(2):
        ok(anunciar_cita(api, tipo=tipo))
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(CitaRef)) == 0
