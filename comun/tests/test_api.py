"""Blueprints, bodies, headers: what the views of every service have in common."""

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask, jsonify
from flask.views import MethodView

from biblioteca.rutas import PERMISOS
from comun.api import Blueprint
from comun.auth import permissions
from comun.auth.permissions import undeclared
from comun.events.blueprint import INTERNAL_PERMISSIONS
from comun.fields import MAX_ID
from comun.testing.client import ApiClient, ok, problem

BOOK = {"codigo": "Q-1", "titulo": "Don Quijote"}
KNOWN = {*PERMISOS, *INTERNAL_PERMISSIONS}


class TestPermissions:
    def test_a_view_that_declares_nothing_is_not_registered(self) -> None:
        blueprint = Blueprint("malo", __name__, url_prefix="/malo")
        with pytest.raises(TypeError, match=r"view /cosas declares neither a permission nor public"):

            @blueprint.route("/cosas")
            def things() -> Any:
                return {}

    def test_neither_is_a_class_with_one_such_method(self) -> None:
        blueprint = Blueprint("malo", __name__, url_prefix="/malo")
        with pytest.raises(TypeError, match=r"post /cosas declares neither"):

            @blueprint.route("/cosas")
            class Things(MethodView):
                @blueprint.public
                def get(self) -> Any:
                    return {}

                def post(self) -> Any:
                    return {}

    def test_the_service_has_nothing_undeclared(self, migrated_app: Flask) -> None:
        assert undeclared(migrated_app, KNOWN) == []

    def test_a_view_that_bypasses_the_blueprint_is_found(self) -> None:
        app = Flask("otra", static_folder=None)

        @app.get("/a-escondidas")
        def hidden() -> Any:
            return {}

        @app.get("/tecleado")
        @permissions.permission("biblioteca:ler")
        def misspelt() -> Any:
            return {}

        assert undeclared(app, KNOWN) == [
            "GET /a-escondidas: declares no permission",
            "GET /tecleado: unknown permission biblioteca:ler",
        ]

    def test_who_holds_it_passes_and_nobody_else(self, migrated_app: Flask) -> None:
        api = ApiClient(migrated_app)
        ok(api.as_("lector", ["biblioteca:leer"]).get("/biblioteca/libros"))
        problem(api.as_("lector", ["biblioteca:crear"]).get("/biblioteca/libros"), 403, "no_permitido")
        problem(api.get("/biblioteca/libros"), 401, "no_autenticado")

    def test_whoever_may_not_is_told_so_before_anything_about_the_request(self, migrated_app: Flask) -> None:
        api = ApiClient(migrated_app)
        for path in ("/biblioteca/libros", "/biblioteca/libros?color=rojo"):
            problem(api.post(path, {"color": "rojo"}), 401)
            problem(api.as_("lector", ["biblioteca:leer"]).post(path, {"color": "rojo"}), 403)

    def test_public_means_without_token_and_even_with_a_bad_one(self, migrated_app: Flask) -> None:
        migrated_app.extensions["experimento"] = lambda: {"bien": True}
        ok(ApiClient(migrated_app).get("/biblioteca/publico"))
        ok(ApiClient(migrated_app, "basura").get("/biblioteca/publico"))

    def test_public_or_known_believes_a_good_token_and_refuses_a_bad_one(self, migrated_app: Flask) -> None:
        api = ApiClient(migrated_app)
        assert ok(api.get("/biblioteca/quien"))["actor"] == "anonimo"
        assert ok(api.as_("medico", sub="7").get("/biblioteca/quien")) == {
            "actor": "usuario:7",
            "rol": "medico",
            "alcance": "medico",
        }
        problem(api.with_token("basura").get("/biblioteca/quien"), 401)

    def test_the_caller_of_one_request_is_not_that_of_the_next(self, migrated_app: Flask) -> None:
        with migrated_app.app_context():
            ok(ApiClient(migrated_app).as_("admin").get("/biblioteca/quien"))
            assert ok(ApiClient(migrated_app).get("/biblioteca/quien"))["actor"] == "anonimo"


class TestIds:
    @pytest.mark.parametrize(
        "given", ["0", "-1", "+1", "01", "1.0", "1e3", str(MAX_ID + 1), "9" * 30, "uno", "١", "%20", "1%00", "1'--"]
    )
    def test_what_is_no_id_is_not_found(self, migrated_app: Flask, given: str) -> None:
        problem(ApiClient(migrated_app).as_("admin").get(f"/biblioteca/libros/{given}"), 404)

    def test_the_largest_one_is_looked_for(self, migrated_app: Flask) -> None:
        body = problem(ApiClient(migrated_app).as_("admin").get(f"/biblioteca/libros/{MAX_ID}"), 404)
        assert body["detail"] == "No existe ese libro."


class TestQuery:
    def test_a_view_without_query_refuses_any(self, api: ApiClient) -> None:
        error = problem(api.get("/biblioteca/libros/1", query_string={"color": "rojo"}), 422)
        assert error["errores"] == {"color": ["Argumento desconocido."]}
        assert problem(api.post("/biblioteca/libros?color=rojo", BOOK), 422)["errores"].keys() == {"color"}
        assert ok(api.get("/biblioteca/libros"))["datos"] == []

    def test_a_misspelt_filter_never_disappears(self, api: ApiClient) -> None:
        error = problem(api.get("/biblioteca/libros", query_string={"genro": "poesia"}), 422)
        assert error["errores"] == {"genro": ["Campo desconocido."]}

    def test_one_given_twice_is_refused(self, api: ApiClient) -> None:
        assert problem(api.get("/biblioteca/libros?tamano=5&tamano=6"), 422)["errores"].keys() == {"tamano"}


class TestBodies:
    def send(self, api: ApiClient, data: bytes, content_type: str | None = "application/json") -> Any:
        return api.call("POST", "/biblioteca/libros", data=data, content_type=content_type)

    @pytest.mark.parametrize(
        "data",
        [
            b"{",
            b"{'a': 1}",
            b'{"a": NaN}',
            b'{"a": "\xff"}',
            b'\xef\xbb\xbf{"a": 1}',
            b"[" * 5000,
            b'{"a": "\\ud800"}',
        ],
    )
    def test_what_is_no_json(self, api: ApiClient, data: bytes) -> None:
        problem(self.send(api, data), 400, "json_invalido")

    @pytest.mark.parametrize(
        "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None]
    )
    def test_what_does_not_say_that_it_is_json(self, api: ApiClient, content_type: str | None) -> None:
        problem(self.send(api, b'{"codigo": "Q-1", "titulo": "a"}', content_type), 415)

    @pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "application/merge-patch+json"])
    def test_kinds_of_json(self, api: ApiClient, content_type: str) -> None:
        ok(self.send(api, b'{"codigo": "Q-1", "titulo": "a"}', content_type), 201)

    @pytest.mark.parametrize("data", [b"null", b"[]", b'"texto"', b"5", b"[{}]"])
    def test_json_that_is_no_object(self, api: ApiClient, data: bytes) -> None:
        assert problem(self.send(api, data), 422)["errores"]

    @pytest.mark.parametrize("data", [b"", b"  ", b"{}"])
    def test_nothing_is_an_object_without_fields(self, api: ApiClient, data: bytes) -> None:
        assert problem(self.send(api, data), 422)["errores"].keys() == {"codigo", "titulo"}

    def test_text_stays_what_it_was(self, api: ApiClient) -> None:
        title = "El Ñandú — «sí» 🦷 <script> '; DROP TABLE libro; --"
        book = ok(api.post("/biblioteca/libros", BOOK | {"titulo": title}), 201)
        assert ok(api.get(f"/biblioteca/libros/{book['id']}"))["titulo"] == title

    def test_an_unknown_field_changes_nothing(self, api: ApiClient) -> None:
        problem(api.post("/biblioteca/libros", BOOK | {"id": 5}), 422)
        assert ok(api.get("/biblioteca/libros"))["datos"] == []


class TestAnswers:
    def test_a_new_thing_has_a_place_and_a_version(self, api: ApiClient) -> None:
        answer = api.post("/biblioteca/libros", BOOK)
        book = ok(answer, 201)
        assert answer.headers["Location"] == f"/biblioteca/libros/{book['id']}"
        assert answer.headers["ETag"] == '"1"'
        assert ok(api.get(answer.headers["Location"])) == book

    def test_a_thing_that_is_read_has_the_version_that_it_was_changed_to(self, api: ApiClient) -> None:
        place = api.post("/biblioteca/libros", BOOK).headers["Location"]
        changed = api.put(place, {"titulo": "La Galatea"}, headers={"If-Match": '"1"'})
        assert changed.headers["ETag"] == api.get(place).headers["ETag"] == '"2"'

    def test_a_change_that_changes_nothing_leaves_the_version(self, api: ApiClient) -> None:
        place = api.post("/biblioteca/libros", BOOK).headers["Location"]
        assert api.put(place, {"titulo": BOOK["titulo"]}, headers={"If-Match": "*"}).headers["ETag"] == '"1"'

    def test_deleted_once_and_not_twice(self, api: ApiClient) -> None:
        place = api.post("/biblioteca/libros", BOOK).headers["Location"]
        answer = api.delete(place)
        assert (answer.status_code, answer.data, answer.content_type) == (204, b"", None)
        problem(api.delete(place), 404)
        problem(api.get(place), 404)
        ok(api.post("/biblioteca/libros", BOOK), 201)

    def test_money_is_a_json_number(self, api: ApiClient) -> None:
        for given, number in (
            ("12.50", b"12.5"),
            (0.1, b"0.1"),
            (1200, b"1200"),
            ("9999999999.99", b"9999999999.99"),
        ):
            answer = api.post("/biblioteca/libros", {"codigo": str(given), "titulo": "a", "precio": given})
            assert b'"precio":' + number in answer.data
            assert api.get(answer.headers["Location"]).data == answer.data

    def test_moments_carry_an_offset(self, api: ApiClient) -> None:
        book = ok(api.post("/biblioteca/libros", BOOK | {"visto_en": "2026-01-15T10:00:00-05:00"}), 201)
        assert ok(api.get("/biblioteca/libros/1"))["visto_en"] == "2026-01-15T15:00:00+00:00"
        assert book["creado_en"].endswith("+00:00")

    def test_a_secret_is_not_answered(self, api: ApiClient) -> None:
        answer = api.post("/biblioteca/libros", BOOK | {"clave": "abracadabra"})
        assert b"abracadabra" not in answer.data + api.get("/biblioteca/libros").data

    def test_head_is_get_without_a_body(self, api: ApiClient) -> None:
        place = api.post("/biblioteca/libros", BOOK).headers["Location"]
        answer = api.call("HEAD", place)
        assert (answer.status_code, answer.data, answer.headers["ETag"]) == (200, b"", '"1"')


def test_what_json_can_and_can_not_hold(migrated_app: Flask) -> None:
    with migrated_app.app_context():
        answer = jsonify({"a": Decimal("1.10"), "b": Decimal(3), 4: None})
        assert answer.get_data() == b'{"a":1.1,"b":3,"4":null}'
        with pytest.raises(TypeError):
            jsonify({"a": object()})
