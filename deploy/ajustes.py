"""The table of settings in README.md, from what the services declare.

python deploy/ajustes.py          (make ajustes)
"""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
SERVICES = ("auth", "admin", "citas", "comunicaciones", "inventario", "historia_clinica", "facturacion")
BEGIN, END = "<!-- ajustes -->\n", "<!-- /ajustes -->\n"


def table() -> str:
    """Markdown: those of every service once, as `<SERVICE>_…`, then what each has of its own."""
    for service in SERVICES:
        sys.path.insert(0, str(REPOSITORY / f"{service}_service"))
    rows: dict[str, tuple[Any, str]] = {}
    for service in SERVICES:
        declared = import_module(f"{service}.servicio").SERVICIO.declared_settings()
        common = {setting.name for setting in import_module("comun.config").service_settings(service.upper(), 0)}
        for setting in declared:
            name = setting.name
            if name in common:
                name = (
                    name.replace(f"{service.upper()}_", "<SERVICE>_", 1) if name != f"{service.upper()}_URL" else name
                )
            default = "**required**" if setting.required else _shown(setting.default)
            if name == "<SERVICE>_PORT":
                default = "5001, 5006, 5005, 5007, 5002, 5003, 5004"
            rows.setdefault(name, (default, setting.doc))
    lines = ["| variable | default | meaning |", "|---|---|---|"]
    for name, (default, doc) in sorted(rows.items(), key=lambda row: (not row[0].startswith("<"), row[0])):
        lines.append(f"| `{name}` | {default} | {doc.replace('|', chr(92) + '|')} |")
    return "\n".join(lines) + "\n"


def _shown(default: Any) -> str:
    if default in (None, {}, ""):
        return "–"
    return f"`{default}`" if default not in SERVICES else "its name"


def with_table(text: str) -> str:
    """README's text with the table as it should be."""
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}{table()}{END}{tail}"


if __name__ == "__main__":
    readme = REPOSITORY / "README.md"
    readme.write_text(with_table(readme.read_text(encoding="utf-8")), encoding="utf-8")
