"""docs/eventos.md says what the contracts say."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "deploy"))

import eventos  # noqa: E402 - a script beside, not an installed package


def test_the_document_is_up_to_date() -> None:
    assert eventos.TARGET.read_text(encoding="utf-8") == eventos.document(), "run `make eventos`"


def test_it_tells_types_of_fields_and_what_is_personal() -> None:
    text = eventos.document()
    assert "| `email` | string or null | yes |  |" in text
    assert "| `salas[].nombre` | string |  |  |" in text
    assert "| `falla_desde` | date-time or null |" in text
    assert "| `motivo_pausa` | null, `manual`, `fallos`, `retirado` |" in text
