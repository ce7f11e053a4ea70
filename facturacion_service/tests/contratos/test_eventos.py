"""What this service reads of an event is what its emitter promises."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from facturacion.extensiones import consumidor

RAIZ = Path(__file__).parents[3]
COPIAS = RAIZ / "facturacion_service/facturacion/eventos/esquemas_consumidos"
ORIGINALES = {
    "cita": RAIZ / "citas_service/citas/eventos/esquemas",
    "centro": RAIZ / "admin_service/admin/eventos/esquemas",
    "doctor": RAIZ / "admin_service/admin/eventos/esquemas",
    "paciente": RAIZ / "admin_service/admin/eventos/esquemas",
    **dict.fromkeys(("tratamiento", "consumo", "stock"), RAIZ / "inventario_service/inventario/eventos/esquemas"),
}


def leer(carpeta: Path, tipo: str) -> dict[str, Any]:
    return dict(json.loads((carpeta / f"{tipo}.json").read_text()))


@pytest.mark.parametrize("tipo", consumidor.types)
def test_lo_que_se_lee_de_un_evento_es_lo_que_su_servicio_promete(tipo: str) -> None:
    prometido, esperado = leer(ORIGINALES[tipo.partition(".")[0]], tipo), leer(COPIAS, tipo)
    assert set(esperado["required"]) <= set(prometido["required"])
    for nombre, propiedad in esperado["properties"].items():
        original = prometido["properties"][nombre]
        assert {clave: original.get(clave) for clave in propiedad} == propiedad


def test_cada_evento_que_se_escucha_tiene_su_copia() -> None:
    assert {camino.stem for camino in COPIAS.glob("*.json")} == set(consumidor.types)


@pytest.mark.parametrize("quien", ["centro", "doctor", "paciente"])
def test_se_escucha_todo_lo_que_cambia_a(quien: str) -> None:
    originales = {camino.stem for camino in ORIGINALES[quien].glob(f"{quien}.*.json")}
    assert originales <= set(consumidor.types)
