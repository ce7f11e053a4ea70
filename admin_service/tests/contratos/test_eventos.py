"""Both ends of the events: what this service emits, and its copies of what it listens to."""

import json
from pathlib import Path
from typing import Any

import pytest

from admin.eventos.consumidos import SUCESOS
from comun.events import EventSchemas

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


def test_de_citas_se_escuchan_todos() -> None:
    assert {f"cita.{suceso}.v1" for suceso in SUCESOS} == set(EventSchemas(DE_CITAS).types)
