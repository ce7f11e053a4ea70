"""ETag and If-Match: nobody undoes another's work unawares."""

from typing import Any

import pytest
from flask import Flask

from biblioteca.extensiones import db
from biblioteca.modelos import Libro
from comun.preconditions import check_version
from comun.testing.client import ApiClient, ok, problem


@pytest.fixture
def place(api: ApiClient) -> str:
    """A book at version 2."""
    place = api.post("/biblioteca/libros", {"codigo": "Q-1", "titulo": "Don Quijote"}).headers["Location"]
    ok(api.put(place, {"paginas": 2}, headers={"If-Match": '"1"'}))
    return place


def put(api: ApiClient, place: str, if_match: str | None, **changes: Any) -> Any:
    headers = {} if if_match is None else {"If-Match": if_match}
    return api.put(place, changes or {"titulo": "Otro"}, headers=headers)


@pytest.mark.parametrize("tag", ['"2"', 'W/"2"', '"1", "2"', '"otra" ,W/"2"', "*", " * "])
def test_the_version_that_was_read_lets_the_change_pass(api: ApiClient, place: str, tag: str) -> None:
    answer = put(api, place, tag)
    assert ok(answer)["titulo"] == "Otro"
    assert answer.headers["ETag"] == '"3"'


@pytest.mark.parametrize("tag", ['"1"', '"3"', '"1", "3"', "2", "basura", "", '""', '"*"'])
def test_another_version_does_not_and_tells_the_present_one(api: ApiClient, place: str, tag: str) -> None:
    answer = put(api, place, tag)
    problem(answer, 412, "version_obsoleta")
    assert answer.headers["ETag"] == '"2"'
    assert ok(api.get(place))["titulo"] == "Don Quijote"


def test_where_it_is_required_its_absence_is_told(api: ApiClient, place: str) -> None:
    problem(put(api, place, None), 428, "falta_if_match")
    assert ok(api.get(place))["titulo"] == "Don Quijote"


def test_where_it_is_not_required_it_is_honoured_all_the_same(api: ApiClient, place: str) -> None:
    problem(api.delete(place, headers={"If-Match": '"1"'}), 412)
    ok(api.delete(place, headers={"If-Match": '"2"'}), 204)


def test_without_one_where_it_is_not_required_all_is_well(api: ApiClient, place: str) -> None:
    ok(api.delete(place), 204)


def test_what_is_not_there_is_not_found_whatever_the_version(api: ApiClient) -> None:
    problem(put(api, "/biblioteca/libros/99", '"1"'), 404)


def test_a_view_that_ignores_it_is_a_mistake_that_shows(app: Flask, api: ApiClient, place: str) -> None:
    def forgetful() -> Any:
        db.session.get_one(Libro, 1).titulo = "Pisado"
        return {}

    app.extensions["experimento"] = forgetful
    problem(api.patch("/biblioteca/experimento", headers={"If-Match": '"1"'}), 500)
    assert ok(api.get(place))["titulo"] == "Don Quijote"
    ok(api.patch("/biblioteca/experimento"))
    assert ok(api.get(place))["titulo"] == "Pisado"


def test_any_version_need_not_be_looked_at(app: Flask, api: ApiClient) -> None:
    """The gateway adds it on alias routes, whatever the view."""
    app.extensions["experimento"] = dict
    ok(api.patch("/biblioteca/experimento", headers={"If-Match": "*"}))


def test_on_a_post_it_means_nothing(app: Flask, api: ApiClient) -> None:
    body = {"codigo": "Q-2", "titulo": "La Galatea"}
    ok(api.post("/biblioteca/libros", body, headers={"If-Match": "*"}), 201)


@pytest.mark.parametrize(
    ("if_match", "status", "codigo"), [('"2"', 412, "version_obsoleta"), ("*", 409, "cambio_simultaneo")]
)
def test_who_loses_a_race_is_told_so(
    app: Flask, api: ApiClient, place: str, backend: str, if_match: str, status: int, codigo: str
) -> None:
    if backend == "sqlite":
        pytest.skip("writers wait for each other from the beginning of their transactions")

    def overtaken() -> Any:
        book = db.session.get_one(Libro, 1)
        check_version(book)
        with db.engine.begin() as other:
            other.execute(db.text("UPDATE libro SET version = 3, titulo = 'Primero'"))
        book.titulo = "Segundo"
        return {}

    app.extensions["experimento"] = overtaken
    problem(api.patch("/biblioteca/experimento", headers={"If-Match": if_match}), status, codigo)
    assert ok(api.get(place))["titulo"] == "Primero"
