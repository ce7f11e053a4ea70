"""Both ends of the events: what this service emits, and its copies of what it listens to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from comun.events import EventSchemas
from inventario.extensiones import consumidor

from ..citas import noticia

RAIZ = Path(__file__).parents[3]
COPIAS = RAIZ / "inventario_service/inventario/eventos/esquemas_consumidos"
ORIGINALES = {
    "cita": RAIZ / "citas_service/citas/eventos/esquemas",
    "centro": RAIZ / "admin_service/admin/eventos/esquemas",
    "doctor": RAIZ / "admin_service/admin/eventos/esquemas",
}
# They change no appointment's state, time, doctor or treatments.
AJENOS = {"cita.recordatorio.v1", "cita.cambio_solicitado.v1"}


def leer(carpeta: Path, tipo: str) -> dict[str, Any]:
    return dict(json.loads((carpeta / f"{tipo}.json").read_text()))


def tipos(propiedad: dict[str, Any]) -> set[str]:
    tipo = propiedad.get("type", "string")
    return {tipo} if isinstance(tipo, str) else set(tipo)


def cabe(prometido: dict[str, Any], esperado: dict[str, Any]) -> None:
    """Whatever the emitter promises is understood here."""
    assert set(esperado.get("required", ())) <= set(prometido.get("required", ()))
    for nombre, propiedad in esperado["properties"].items():
        if nombre not in prometido["properties"]:
            assert nombre not in esperado.get("required", ())
            continue
        original = prometido["properties"][nombre]
        assert tipos(original) <= tipos(propiedad) | ({"integer"} if "number" in tipos(propiedad) else set())
        assert set(original.get("enum", ())) <= set(propiedad.get("enum", original.get("enum", ())))
        if "items" in propiedad:
            cabe(original["items"], propiedad["items"])


@pytest.mark.parametrize("tipo", consumidor.types)
def test_lo_que_se_lee_de_un_evento_es_lo_que_su_servicio_promete(tipo: str) -> None:
    original = ORIGINALES[tipo.partition(".")[0]]
    cabe(leer(original, tipo), leer(COPIAS, tipo))


def test_cada_evento_que_se_escucha_tiene_su_copia() -> None:
    assert {camino.stem for camino in COPIAS.glob("*.json")} == set(consumidor.types)


def test_se_escucha_todo_lo_que_cambia_una_cita() -> None:
    de_citas = {camino.stem for camino in ORIGINALES["cita"].glob("cita.*.json")}
    assert de_citas - AJENOS <= set(consumidor.types)


@pytest.mark.parametrize("tratamientos", [None, {}, {5: "1.5"}])
def test_las_noticias_de_las_pruebas_cumplen_el_contrato(tratamientos: dict[int, str] | None) -> None:
    EventSchemas(COPIAS).validate("cita.completada.v1", noticia("completada", 1, tratamientos)["data"])
