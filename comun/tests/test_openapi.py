"""The OpenAPI document: valid, whole, and saying what the service does."""

from typing import Any

import pytest
from flask import Flask
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from comun.auth.permissions import views
from comun.testing.client import ApiClient, ok


@pytest.fixture
def document(migrated_app: Flask) -> Any:
    """As anybody gets it, without a token."""
    return ok(ApiClient(migrated_app).get("/biblioteca/openapi.json"))


def operation(document: Any, method: str, path: str) -> Any:
    return document["paths"][path][method]


def test_it_is_a_valid_openapi_3_1_document(document: Any) -> None:
    assert document["openapi"] == "3.1.0"
    assert [f"{error.instance_path}: {error.message}" for error in OPENAPI_31_VALIDATOR.iter_errors(document)] == []


def test_every_reference_leads_somewhere(document: Any) -> None:
    def references(node: Any) -> list[str]:
        if isinstance(node, dict):
            own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
            return own + [found for value in node.values() for found in references(value)]
        return [found for value in node for found in references(value)] if isinstance(node, list) else []

    assert references(document)
    for reference in references(document):
        target = document
        for step in reference.removeprefix("#/").split("/"):
            target = target[step]


def test_every_view_of_the_blueprints_is_in_it(migrated_app: Flask, document: Any) -> None:
    documented = {
        (method, path) for path, item in document["paths"].items() for method in item if method != "parameters"
    }
    declared = {
        (method.lower(), path.replace("<id:", "{").replace(">", "}"))
        for path, method, _view in views(migrated_app)
        if not path.endswith(("/health", "/ready", "/openapi.json")) and path != "/metrics"
    }
    assert documented == declared


def test_who_may_call_is_said(document: Any) -> None:
    assert document["security"] == [{"bearer": []}]
    assert operation(document, "post", "/biblioteca/libros")["x-permiso"] == "biblioteca:crear"
    public = operation(document, "get", "/biblioteca/publico")
    assert (public["x-permiso"], public["security"]) == ("public", [])


def test_errors_are_problems(document: Any) -> None:
    for method in ("get", "post"):
        assert operation(document, method, "/biblioteca/libros")["responses"]["default"]
    error = document["components"]["responses"]["DEFAULT_ERROR"]
    assert list(error["content"]) == ["application/problem+json"]


def test_if_match_is_said_where_it_is_needed(document: Any) -> None:
    def if_match(method: str) -> Any:
        parameters = operation(document, method, "/biblioteca/libros/{libro_id}").get("parameters", [])
        return [p["required"] for p in parameters if p.get("name") == "If-Match"]

    assert (if_match("put"), if_match("delete"), if_match("get")) == ([True], [False], [])


def test_lists_say_their_filters_orders_and_pages(document: Any) -> None:
    listing = operation(document, "get", "/biblioteca/libros")
    names = {parameter["name"] for parameter in listing["parameters"]}
    assert {
        "pagina",
        "cursor",
        "tamano",
        "orden",
        "total",
        "genero",
        "actualizado_desde",
        "incluir_eliminados",
    } <= names
    assert "Orders: id, titulo, precio" in listing["description"]
    page = document["components"]["schemas"]["PaginaLibroSalida"]["properties"]
    assert set(page) == {"datos", "paginacion"}
    with_more = document["components"]["schemas"]["PaginaLibroSalidaConAvisos"]["properties"]
    assert set(with_more) == {"datos", "paginacion", "avisos"}


def test_a_put_has_a_schema_of_its_own_in_which_nothing_is_required(document: Any) -> None:
    schemas = document["components"]["schemas"]
    assert schemas["LibroNuevo"]["required"] == ["codigo", "titulo"]
    assert "required" not in schemas["LibroNuevoParcial"]
    body = operation(document, "put", "/biblioteca/libros/{libro_id}")["requestBody"]
    assert body["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/LibroNuevoParcial"}


def test_limits_and_choices_are_said(document: Any) -> None:
    fields = document["components"]["schemas"]["LibroNuevo"]["properties"]
    assert fields["genero"]["enum"] == ["ficcion", "historia", "poesia"]
    assert (fields["paginas"]["minimum"], fields["paginas"]["maximum"]) == (1, 20_000)
    assert fields["codigo"]["maxLength"] == 20
    assert fields["precio"]["type"] == "number"
    assert fields["publicado"]["format"] == "date"


def test_ids_are_bounded(document: Any) -> None:
    (parameter,) = [
        p for p in document["paths"]["/biblioteca/libros/{libro_id}"]["parameters"] if p["name"] == "libro_id"
    ]
    assert parameter["schema"] == {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}
