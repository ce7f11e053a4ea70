"""Files in forms: read, documented, bounded, and repeated without a second effect."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder, TestResponse

from biblioteca.extensiones import db, tablas
from comun.testing.client import ApiClient, ok, problem
from comun.work import UPLOAD_BYTES

URL = "/biblioteca/portadas"
KEY = {"Idempotency-Key": "portada-1"}


def send(api: ApiClient, content: bytes = b"\x89PNG", name: str = "a.png", **form: Any) -> TestResponse:
    headers = form.pop("headers", None)
    data = {"titulo": "Quijote", "imagen": (io.BytesIO(content), name, "image/png"), **form}
    return api.call("POST", URL, data=data, content_type="multipart/form-data", headers=headers)


def test_texts_and_files_of_a_form_come_together(api: ApiClient) -> None:
    cover = ok(send(api, paginas="12"), 201)
    assert cover == {"titulo": "Quijote", "paginas": 12, "nombre": "a.png", "tipo": "image/png", "bytes": 4}
    assert "paginas" not in ok(send(api, paginas=""), 201), "a field that a browser leaves empty is absent"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("imagen", "a.png"),
        ("imagen", b""),
        ("imagen", []),
        ("titulo", b"x"),
        ("titulo", ["a", "b"]),
        ("titulo", ""),
        ("otra", "x"),
        ("otra", b"x"),
        ("paginas", "doce"),
    ],
)
def test_a_form_is_held_to_its_schema(api: ApiClient, field: str, value: Any) -> None:
    sent = (io.BytesIO(value), "a.txt") if isinstance(value, bytes) else value
    data = {"titulo": "Quijote", "imagen": (io.BytesIO(b"x"), "a.png"), field: sent}
    answer = api.call("POST", URL, data=data, content_type="multipart/form-data")
    assert [*problem(answer, 422)["errores"]] == [field]


def test_only_a_form_will_do(api: ApiClient) -> None:
    problem(api.post(URL, {"titulo": "Quijote"}), 415)
    problem(api.call("POST", "/biblioteca/libros", data={"titulo": "x"}, content_type="multipart/form-data"), 415)


def test_only_views_that_take_files_take_much(api: ApiClient) -> None:
    large = b"x" * (11 * 2**20)
    assert ok(send(api, large), 201)["bytes"] == len(large)
    problem(api.call("POST", "/biblioteca/libros", data=large, content_type="application/json"), 413)
    problem(send(api, b"x" * UPLOAD_BYTES), 413, "cuerpo_demasiado_grande")
    problem(send(api, b"x" * UPLOAD_BYTES, headers=KEY), 413)


class TestRepeated:
    def test_the_same_form_again_is_the_same_request_whatever_stands_between_its_parts(
        self, app: Flask, api: ApiClient
    ) -> None:
        def with_boundary(boundary: str, content: bytes) -> TestResponse:
            form = {"titulo": "x", "imagen": (io.BytesIO(content), "a.png")}
            sent = EnvironBuilder(method="POST", data=form).get_request()
            own, body = sent.mimetype_params["boundary"], sent.get_data()
            return api.call(
                "POST",
                URL,
                data=body.replace(own.encode(), boundary.encode()),
                content_type=f"multipart/form-data; boundary={boundary}",
                headers=KEY,
            )

        assert ok(with_boundary("uno", b"123"), 201)["bytes"] == 3
        again = with_boundary("otro", b"123")
        assert (ok(again, 201)["bytes"], again.headers["Idempotent-Replayed"]) == (3, "true")
        problem(with_boundary("uno", b"124"), 422, "clave_idempotencia_reutilizada")
        with app.app_context():
            assert len(db.session.execute(db.select(tablas.idempotency.c.clave)).all()) == 1


def test_a_form_with_files_is_documented_as_one(migrated_app: Flask) -> None:
    document = ok(ApiClient(migrated_app).get("/biblioteca/openapi.json"))
    body = document["paths"][URL]["post"]["requestBody"]
    assert body["required"]
    assert body["content"] == {"multipart/form-data": {"schema": {"$ref": "#/components/schemas/PortadaNueva"}}}
    described = document["components"]["schemas"]["PortadaNueva"]
    assert described["properties"]["imagen"] == {"type": "string", "format": "binary", "writeOnly": True}
    assert described["required"] == ["imagen", "titulo"]
