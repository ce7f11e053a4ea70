"""Every failure becomes one kind of answer, which tells nothing that is not meant for the caller."""

import logging
import sqlite3
from collections.abc import Callable
from typing import Any

import marshmallow as ma
import pytest
from flask import Flask
from sqlalchemy.exc import (
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    InvalidRequestError,
    NoResultFound,
    OperationalError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug import exceptions as http

from comun import errors
from comun.errors import ConstraintMessages, Problem, as_problem
from comun.testing.client import ApiClient, problem

SECRET = "hunter2 0912345678"
STATEMENT = f"INSERT INTO paciente VALUES ('{SECRET}')"


def driver(text: str = SECRET) -> Exception:
    return sqlite3.OperationalError(text)


def database(kind: type[Any]) -> Exception:
    error: Exception = kind(STATEMENT, {"clave": SECRET}, driver())
    return error


def gone_away() -> Exception:
    """As psycopg2 has it when the server breaks off in the middle of an answer."""
    return DatabaseError(STATEMENT, {}, driver(), connection_invalidated=True)


@pytest.fixture
def api(migrated_app: Flask) -> ApiClient:
    """An administrator; these tests leave nothing in the database."""
    return ApiClient(migrated_app).as_("admin")


@pytest.fixture
def failing(migrated_app: Flask, api: ApiClient) -> Callable[[Exception], Any]:
    """Let a view raise, and give the answer."""

    def fail(error: Exception) -> Any:
        def raise_it() -> None:
            raise error

        migrated_app.extensions["experimento"] = raise_it
        return api.get("/biblioteca/experimento")

    return fail


EVERYTHING: list[tuple[Exception, int, str]] = [
    (errors.NotFound(), 404, "no_encontrado"),
    (errors.Conflict("doctor_ocupado", "El doctor ya tiene una cita."), 409, "doctor_ocupado"),
    (errors.Forbidden(), 403, "no_permitido"),
    (errors.Invalid({"campo": ["Mal."]}), 422, "datos_invalidos"),
    (errors.Unavailable(), 503, "servicio_no_disponible"),
    (Problem(418), 418, "solicitud_invalida"),
    (database(IntegrityError), 409, "conflicto"),
    (database(OperationalError), 503, "base_de_datos_no_disponible"),
    (database(InterfaceError), 503, "base_de_datos_no_disponible"),
    (PoolTimeoutError(SECRET), 503, "base_de_datos_no_disponible"),
    (StaleDataError(SECRET), 409, "cambio_simultaneo"),
    (gone_away(), 503, "base_de_datos_no_disponible"),
    (database(DataError), 500, "error_interno"),
    (database(ProgrammingError), 500, "error_interno"),
    (InvalidRequestError(SECRET), 500, "error_interno"),
    (NoResultFound(SECRET), 500, "error_interno"),
    (driver(), 500, "error_interno"),
    (ValueError(SECRET), 500, "error_interno"),
    (KeyError(SECRET), 500, "error_interno"),
    (RecursionError(SECRET), 500, "error_interno"),
    (ma.ValidationError(SECRET), 500, "error_interno"),
    (http.BadRequest(SECRET), 400, "solicitud_invalida"),
    (http.Unauthorized(SECRET), 401, "no_autenticado"),
    (http.Forbidden(SECRET), 403, "no_permitido"),
    (http.NotFound(SECRET), 404, "no_encontrado"),
    (http.MethodNotAllowed(["GET"], SECRET), 405, "metodo_no_permitido"),
    (http.NotAcceptable(SECRET), 406, "no_aceptable"),
    (http.RequestTimeout(SECRET), 408, "tiempo_agotado"),
    (http.Conflict(SECRET), 409, "conflicto"),
    (http.Gone(SECRET), 410, "solicitud_invalida"),
    (http.PreconditionFailed(SECRET), 412, "version_obsoleta"),
    (http.RequestEntityTooLarge(SECRET), 413, "cuerpo_demasiado_grande"),
    (http.RequestURITooLarge(SECRET), 414, "uri_demasiado_larga"),
    (http.UnsupportedMediaType(SECRET), 415, "tipo_no_soportado"),
    (http.UnprocessableEntity(SECRET), 422, "datos_invalidos"),
    (http.PreconditionRequired(SECRET), 428, "falta_if_match"),
    (http.TooManyRequests(SECRET, retry_after=7), 429, "demasiadas_solicitudes"),
    (http.InternalServerError(SECRET), 500, "error_interno"),
    (http.BadGateway(SECRET), 502, "error_interno"),
    (http.ServiceUnavailable(SECRET, retry_after=7), 503, "servicio_no_disponible"),
]


@pytest.mark.parametrize(("error", "status", "codigo"), EVERYTHING, ids=[repr(e)[:60] for e, _, _ in EVERYTHING])
def test_every_kind_of_failure_is_a_problem_that_tells_nothing(
    failing: Callable[[Exception], Any], error: Exception, status: int, codigo: str
) -> None:
    answer = failing(error)
    body = problem(answer, status, codigo)
    assert body["type"] == f"/docs/errores#{codigo}"
    assert body["title"] and body["detail"]
    assert body["instance"] == "/biblioteca/experimento"
    assert body["traza"] == answer.headers["X-Request-ID"]
    seen = answer.get_data(as_text=True) + str(answer.headers)
    for private in ("hunter2", "0912345678", "INSERT", "sqlite3", "Traceback", "sqlalche.me"):
        assert private not in seen


def test_what_to_do_next_comes_in_headers(failing: Callable[[Exception], Any]) -> None:
    assert failing(http.TooManyRequests(retry_after=7)).headers["Retry-After"] == "7"
    assert failing(errors.Unavailable(retry_after=3)).headers["Retry-After"] == "3"
    assert int(failing(database(OperationalError)).headers["Retry-After"]) >= 1
    assert int(failing(http.ServiceUnavailable()).headers["Retry-After"]) >= 1
    assert failing(http.MethodNotAllowed(["GET", "PUT"])).headers["Allow"] == "GET, PUT"


def test_the_fields_at_fault_are_named(failing: Callable[[Exception], Any]) -> None:
    fault = errors.Invalid({"campo": ["Mal."]}, "hora_ambigua", "Esa hora ocurre dos veces.")
    body = problem(failing(fault), 422, "hora_ambigua")
    assert body["errores"] == {"campo": ["Mal."]}
    assert body["detail"] == "Esa hora ocurre dos veces."


def test_what_nobody_foresaw_is_logged_with_its_cause(
    failing: Callable[[Exception], Any], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "comun.errors"):
        failing(ZeroDivisionError("division by zero"))
    (record,) = [record for record in caplog.records if record.name == "comun.errors"]
    assert record.exc_info and record.exc_info[0] is ZeroDivisionError


def test_outside_a_request_a_problem_has_no_instance() -> None:
    assert Problem(404).body()["instance"] is None


def test_webargs_messages_lose_the_location_around_them() -> None:
    error = http.UnprocessableEntity()
    error.data = {"messages": {"json": {"campo": ["Mal."]}, "query": ["Peor."]}, "headers": None}  # type: ignore[attr-defined]
    answer = as_problem(error, ConstraintMessages())
    assert (answer.status, answer.errores) == (422, {"campo": ["Mal."], "_cuerpo": ["Peor."]})


class TestFromOutsideTheViews:
    def test_no_such_route(self, api: ApiClient) -> None:
        body = problem(api.get("/biblioteca/nada/ñ"), 404)
        assert body["instance"] == "/biblioteca/nada/ñ"

    @pytest.mark.parametrize("path", ["/biblioteca/libros/", "//biblioteca//libros", "/biblioteca//libros"])
    def test_no_redirects_to_something_like_it(self, api: ApiClient, path: str) -> None:
        problem(api.get(path), 404)

    def test_no_such_method(self, api: ApiClient) -> None:
        answer = api.delete("/biblioteca/libros")
        problem(answer, 405)
        assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))

    def test_too_much(self, api: ApiClient) -> None:
        big = b'{"codigo": "' + b"x" * (10 * 2**20) + b'"}'
        problem(api.call("POST", "/biblioteca/libros", data=big, content_type="application/json"), 413)

    def test_a_path_that_is_no_utf8(self, api: ApiClient) -> None:
        problem(api.get("/biblioteca/%ff%fe"), 404)

    def test_an_ill_formed_request_id_is_replaced(self, api: ApiClient) -> None:
        answer = api.get("/biblioteca/nada", headers={"X-Request-ID": "<script>"})
        assert len(problem(answer, 404)["traza"]) == 32
        answer = api.get("/biblioteca/nada", headers={"X-Request-ID": "mi-solicitud-1"})
        assert problem(answer, 404)["traza"] == answer.headers["X-Request-ID"] == "mi-solicitud-1"


def test_errors_inside_a_list_are_keyed_by_position() -> None:
    answer = errors.Invalid({"centros": {2: ["Mal."]}}).response()
    assert answer.get_json(force=True)["errores"] == {"centros": {"2": ["Mal."]}}
