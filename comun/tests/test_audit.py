"""Every write leaves a row: who, what, when, from where, in which request."""

from typing import Any

from flask import Flask
from sqlalchemy import select

from biblioteca.extensiones import db, tablas
from biblioteca.modelos import Libro, Nota
from comun import audit, context
from comun.db import now
from comun.errors import Conflict
from comun.testing.client import ApiClient, ok, problem

URL = "/biblioteca/libros"
BOOK = {"codigo": "Q-1", "titulo": "Don Quijote", "clave": "abracadabra"}


def trail(app: Flask) -> list[Any]:
    with app.app_context():
        return list(db.session.execute(select(tablas.audit).order_by(tablas.audit.c.id)).mappings())


def what(app: Flask) -> list[tuple[Any, ...]]:
    return [(row["accion"], row["recurso"], row["recurso_id"], row["cambios"]) for row in trail(app)]


def test_who_when_from_where_and_in_which_request(app: Flask, api: ApiClient) -> None:
    before = now()
    headers = {"X-Request-ID": "solicitud-77"}
    client = api.as_("secretaria", sub="12", centros=[1])
    ok(client.post(URL, BOOK, headers=headers, environ_base={"REMOTE_ADDR": "10.1.2.3"}), 201)
    (row,) = trail(app)
    assert (row["actor"], row["rol"], row["direccion_ip"], row["traza"]) == (
        "usuario:12",
        "secretaria",
        "10.1.2.3",
        "solicitud-77",
    )
    assert before <= row["momento"] <= now()


def test_a_creation_a_change_and_a_deletion(app: Flask, api: ApiClient) -> None:
    place = api.post(URL, BOOK).headers["Location"]
    ok(api.put(place, {"titulo": "Otro", "precio": "2.50", "publicado": "2020-01-02"}, headers={"If-Match": "*"}))
    ok(api.delete(place), 204)
    created, changed, deleted = what(app)
    assert created == ("biblioteca:crear", "libro", 1, {"operacion": "alta"})
    assert changed[:3] == ("biblioteca:editar", "libro", 1)
    assert changed[3] == {
        "titulo": ["Don Quijote", "Otro"],
        "precio": ["0.00", "2.50"],
        "publicado": ["2000-01-01", "2020-01-02"],
    }
    assert list(deleted[3]) == ["eliminado_en"] and deleted[3]["eliminado_en"][0] is None


def test_a_row_that_really_goes(app: Flask, api: ApiClient) -> None:
    api.post(URL, BOOK | {"nota": {"texto": "Bueno"}})

    def remove() -> Any:
        db.session.delete(db.session.get_one(Nota, 1))
        return {}

    app.extensions["experimento"] = remove
    ok(api.post("/biblioteca/experimento"))
    assert what(app)[-1] == ("biblioteca:probar", "nota", 1, {"operacion": "baja"})


def test_everything_that_a_request_changes_has_its_row(app: Flask, api: ApiClient) -> None:
    api.post(URL, BOOK | {"nota": {"texto": "Bueno"}})
    assert sorted(row["recurso"] for row in trail(app)) == ["libro", "nota"]


def test_secrets_are_never_in_it(app: Flask, api: ApiClient) -> None:
    place = api.post(URL, BOOK).headers["Location"]
    ok(api.put(place, {"clave": "sesamo"}, headers={"If-Match": "*"}))
    assert what(app)[-1][3] == {"clave": ["***", "***"]}
    assert "abracadabra" not in str(trail(app)) and "sesamo" not in str(trail(app))


def test_a_request_that_changes_nothing_audited_leaves_a_row_all_the_same(app: Flask, api: ApiClient) -> None:
    place = api.post(URL, BOOK).headers["Location"]
    ok(api.put(place, {"titulo": BOOK["titulo"]}, headers={"If-Match": "*"}))
    app.extensions["experimento"] = dict
    ok(api.post("/biblioteca/experimento"))
    assert what(app)[1:] == [("biblioteca:editar", None, None, None), ("biblioteca:probar", None, None, None)]


def test_one_request_with_rows_of_its_own_says_nothing_about_the_next(app: Flask, api: ApiClient) -> None:
    app.extensions["experimento"] = dict
    with app.app_context():  # what some servers and tests do: one context, so one session, for several requests
        ok(api.post(URL, BOOK), 201)
        ok(api.post("/biblioteca/experimento"))
    assert len(what(app)) == 2


def test_what_is_written_by_hand_stands_instead_of_it(app: Flask, api: ApiClient) -> None:
    def by_hand() -> Any:
        audit.record("libro", 7, {"importados": 1000}, accion="biblioteca:importar")
        return {}

    app.extensions["experimento"] = by_hand
    ok(api.post("/biblioteca/experimento"))
    assert what(app) == [("biblioteca:importar", "libro", 7, {"importados": 1000})]


def test_what_fails_leaves_nothing(app: Flask, api: ApiClient) -> None:
    def half() -> Any:
        db.session.add(Libro(codigo="Q-9", titulo="A medias"))
        db.session.flush()
        audit.record("libro", 9)
        raise Conflict("ocupado", "Está ocupado.")

    app.extensions["experimento"] = half
    problem(api.post("/biblioteca/experimento"), 409)
    problem(api.post(URL, {}), 422)
    problem(api.as_("lector", []).post(URL, BOOK), 403)
    assert trail(app) == []


def test_reading_leaves_nothing(app: Flask, api: ApiClient) -> None:
    ok(api.get(URL))
    assert trail(app) == []


def test_a_public_write_is_nobody_s(app: Flask, api: ApiClient) -> None:
    app.extensions["experimento"] = dict
    ok(api.with_token(None).post("/biblioteca/publico"))
    (row,) = trail(app)
    assert (row["actor"], row["rol"]) == ("anonimo", None)
    assert row["accion"] == "biblioteca:post biblioteca.publico"


def test_a_command_is_the_system_s(app: Flask) -> None:
    with app.app_context(), context.piece_of_work("orden-000001"):
        audit.set_action("comando:sembrar")
        db.session.add(Libro(codigo="Q-1", titulo="Sembrado"))
        db.session.commit()
    (row,) = trail(app)
    assert (row["actor"], row["accion"], row["direccion_ip"], row["traza"]) == (
        "sistema",
        "comando:sembrar",
        None,
        "orden-000001",
    )


def test_values_can_be_forgotten_who_and_when_stay(app: Flask, api: ApiClient) -> None:
    place = api.post(URL, BOOK).headers["Location"]
    ok(api.put(place, {"titulo": "Otro"}, headers={"If-Match": "*"}))
    ok(api.post(URL, BOOK | {"codigo": "Q-2"}), 201)
    with app.app_context():
        audit.forget_values("libro", 1)
        db.session.commit()
    assert [(row["recurso_id"], row["cambios"] is None) for row in trail(app)] == [(1, True), (1, True), (2, False)]
    assert all(row["actor"] == "usuario:1" for row in trail(app))
