"""The merged OpenAPI document."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "deploy" / "openapi.py"
spec = importlib.util.spec_from_file_location("deploy_openapi", SCRIPT)
assert spec and spec.loader
openapi = importlib.util.module_from_spec(spec)
spec.loader.exec_module(openapi)


def document(path: str, tag: str, **schemas: Any) -> dict[str, Any]:
    refs = [{"$ref": f"#/components/schemas/{name}"} for name in schemas]
    content = {"application/json": {"schema": {"anyOf": refs}}}
    operation = {"tags": [tag], "responses": {"200": {"description": "OK", "content": content}}}
    return {"tags": [{"name": tag}], "paths": {path: {"get": operation}}, "components": {"schemas": schemas}}


def refs(merged: dict[str, Any], path: str) -> list[str]:
    answer = merged["paths"][path]["get"]["responses"]["200"]
    return [ref["$ref"].rsplit("/", 1)[1] for ref in answer["content"]["application/json"]["schema"]["anyOf"]]


def test_same_components_are_shared_and_different_ones_renamed() -> None:
    same, one, other = {"type": "object"}, {"type": "string"}, {"type": "integer"}
    merged = openapi.merge(
        {
            "auth": document("/auth", "a", Error=same, Pagina=one),
            "citas": document("/citas", "c", Error=same, Pagina=other),
        }
    )
    assert merged["components"]["schemas"] == {"Error": same, "Pagina": one, "CitasPagina": other}
    assert refs(merged, "/auth") == ["Error", "Pagina"]
    assert refs(merged, "/citas") == ["Error", "CitasPagina"]
    assert [group["name"] for group in merged["x-tagGroups"]] == ["auth", "citas"]


def test_internal_paths_and_what_only_they_use_stay_out() -> None:
    merged = openapi.merge({"auth": document("/auth/interno/x", "interno", Secreto={"type": "object"})})
    assert merged["paths"] == {}
    assert merged["tags"] == []
    assert merged["components"]["schemas"] == {}


def test_two_services_cannot_serve_one_path() -> None:
    with pytest.raises(ValueError, match="/citas"):
        openapi.merge({"auth": document("/citas", "a"), "citas": document("/citas", "c")})


def test_the_published_document_is_up_to_date() -> None:
    assert openapi.TARGET.read_text(encoding="utf-8") == openapi.published(), "run: make openapi"
