"""Merge the OpenAPI documents of the services into gateway/html/openapi.json, what the public may see of them.

    python deploy/openapi.py            writes the file     (make openapi)
    python deploy/openapi.py --check    exit 1 when the file is not up to date

All services are loaded at once, as each would be for `python -m citas openapi`; no database and no network are
needed.
"""

import json
import sys
import tempfile
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
TARGET = REPOSITORY / "gateway" / "html" / "openapi.json"
SERVICES = ("auth", "admin", "citas", "comunicaciones", "inventario", "historia_clinica", "facturacion")

Document = dict[str, Any]


def merge(documents: Mapping[str, Document]) -> Document:
    """One document of all (service → its document).

    Leaves out `/interno`. A component that two services define differently gets the name of its service in
    front. Raises ValueError when two services serve the same path.
    """
    merged: Document = {
        "openapi": "3.1.0",
        "info": {
            "title": "OdontoCare",
            "version": "1.0",
            "description": "API de una red de clínicas. Errores: [/docs/errores](/docs/errores).",
        },
        "security": [{"bearer": []}],
        "tags": [],
        "x-tagGroups": [],
        "paths": {},
        "components": {},
    }
    for service, document in documents.items():
        document = _rename_clashes(service, document, merged["components"])
        paths = {path: item for path, item in document["paths"].items() if "/interno" not in path}
        if twice := paths.keys() & merged["paths"].keys():
            raise ValueError(f"{service} serves paths of another service: {sorted(twice)}")
        merged["paths"] |= paths
        for kind, components in document.get("components", {}).items():
            merged["components"].setdefault(kind, {}).update(components)
        tags = _tags(document, paths)
        known = {tag["name"] for tag in merged["tags"]}
        merged["tags"] += [tag for tag in tags if tag["name"] not in known]
        merged["x-tagGroups"].append({"name": service, "tags": [tag["name"] for tag in tags]})
    return _without_unused(merged)


def _tags(document: Document, paths: Document) -> list[dict[str, Any]]:
    """The tags of the document that the given paths use."""
    operations = [op for item in paths.values() for op in item.values() if isinstance(op, dict)]
    used = {tag for operation in operations for tag in operation.get("tags", [])}
    return [tag for tag in document.get("tags", []) if tag["name"] in used]


def _rename_clashes(service: str, document: Document, taken: Document) -> Document:
    """The document with its own names for components that stand in `taken` with another content."""
    renamed = {}
    for kind, components in document.get("components", {}).items():
        for name, content in components.items():
            if taken.get(kind, {}).get(name, content) != content:
                renamed[f"#/components/{kind}/{name}"] = f"#/components/{kind}/{service.capitalize()}{name}"
    text = json.dumps(document)
    for old, new in renamed.items():
        text = text.replace(f'"{old}"', f'"{new}"')
    result: Document = json.loads(text)
    for old, new in renamed.items():
        _, _, kind, name = old.split("/")
        components = result["components"][kind]
        components[new.rsplit("/", 1)[1]] = components.pop(name)
    return result


def _without_unused(document: Document) -> Document:
    """Drop schemas that nothing refers to, such as those of internal paths."""
    while True:
        text = json.dumps(document)
        schemas = document["components"].get("schemas", {})
        unused = [name for name in schemas if f'"#/components/schemas/{name}"' not in text]
        if not unused:
            return document
        for name in unused:
            del schemas[name]


def document_of(service: str) -> Document:
    """What `python -m <service> openapi` prints, with settings that lead nowhere."""
    name = service.upper()
    sys.path.append(str(REPOSITORY / f"{service}_service"))
    with tempfile.TemporaryDirectory() as folder:
        nowhere = {
            f"{name}_DATABASE_URL": f"sqlite:///{folder}/none.sqlite3",
            f"{name}_CLIENT_SECRET": "x" * 64,
            f"{name}_SECRET_KEY": "x" * 64,
            f"{name}_ALMACEN": f"file://{folder}",
            "LOG_LEVEL": "ERROR",
        }
        declared = import_module(f"{service}.servicio").SERVICIO
        known = {setting.name for setting in declared.declared_settings()}
        app = declared.create_app({setting: nowhere[setting] for setting in nowhere.keys() & known})
        answer = app.test_client().get(f"/{declared.name}/openapi.json")
    result: Document = answer.get_json()
    return result


def published() -> str:
    """What is to stand in the file."""
    merged = merge({service: document_of(service) for service in SERVICES})
    return json.dumps(merged, ensure_ascii=False, indent=1) + "\n"


def main() -> int:
    """Write the merged document, or check it; returns the exit status."""
    text = published()
    if "--check" in sys.argv[1:]:
        return 0 if TARGET.read_text(encoding="utf-8") == text else 1
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
