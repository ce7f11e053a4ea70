"""docs/eventos.md: the catalogue of events to read, from the contracts that comunicaciones_service keeps.

python deploy/eventos.py          (make eventos)
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
TARGET = REPOSITORY / "docs" / "eventos.md"

HEAD = """\
# Events

Every event of the network. Written by `make eventos` from the contracts beside the code that emits them; don't edit.
`GET /comunicaciones/eventos/catalogo` tells the same, with the JSON Schema and an example of each.

Events are CloudEvents 1.0 in structured JSON: `specversion`, `id`, `source`, `type`, `subject` (`cita/123`), `time`,
`sequence` (counts from 1 per source and subject, without gaps), `traceparent`, and `data` with the fields below. A
type ends with its version: any change but an added field makes the next. What is personal is taken out of the events
that are kept when the patient is made anonymous.
"""


def document() -> str:
    """The Markdown text."""
    sys.path.insert(0, str(REPOSITORY / "comunicaciones_service"))
    from comunicaciones.eventos.catalogo import CATALOGO

    lines = [HEAD, "| type | source | when |", "|---|---|---|"]
    lines += [
        f"| [{t.tipo}](#{t.tipo.replace('.', '')}) | `{t.origen}` | {_cell(t.descripcion)} |"
        for t in CATALOGO.values()
    ]
    for t in CATALOGO.values():
        lines += ["", f"## {t.tipo}", "", f"{t.descripcion} From `{t.origen}`.", ""]
        lines += ["| field | type | personal | |", "|---|---|---|---|", *_rows(t.esquema)]
    return "\n".join(lines) + "\n"


def _rows(schema: Mapping[str, Any], inside: str = "") -> list[str]:
    rows = []
    for name, field in schema["properties"].items():
        optional = "" if name in schema["required"] else " (may be absent)"
        personal = "yes" if field.get("x-personal") else ""
        rows.append(
            f"| `{inside}{name}` | {_type(field)}{optional} | {personal} | {_cell(field.get('description', ''))} |"
        )
        if "properties" in field.get("items", {}):
            rows += _rows(field["items"], f"{inside}{name}[].")
    return rows


def _type(field: Mapping[str, Any]) -> str:
    if "enum" in field:
        return ", ".join("null" if value is None else f"`{value}`" for value in field["enum"])
    names = [field["type"]] if isinstance(field["type"], str) else list(field["type"])
    if "array" in names:
        return f"array of {_type(field['items'])}"
    return " or ".join(field.get("format", name) if name == "string" else name for name in names)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    TARGET.write_text(document(), encoding="utf-8")
