"""The schema exists only through migrations, and a difference from the models is found."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import text

from biblioteca.extensiones import db
from biblioteca.servicio import SERVICIO
from comun.migrations import differences, upgrade
from comun.models import partial_index, unique_alive
from comun.testing.client import ApiClient, ok, problem

SETTINGS = {"BIBLIOTECA_CLIENT_SECRET": "x", "LOG_LEVEL": "ERROR"}


@pytest.fixture
def fresh(url: str) -> Iterator[Flask]:
    """The library on an empty database."""
    app = SERVICIO.create_app({"BIBLIOTECA_DATABASE_URL": url, **SETTINGS})
    yield app
    with app.app_context():
        db.engine.dispose()


def change(app: Flask, statement: str) -> None:
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text(statement))


def test_before_the_migrations_everything_is_missing(fresh: Flask) -> None:
    assert {entry[0] for entry in differences(fresh) if isinstance(entry, tuple)} >= {"add_table", "add_index"}


def test_after_them_nothing_is(fresh: Flask) -> None:
    upgrade(fresh)
    assert differences(fresh) == []


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("ALTER TABLE nota DROP COLUMN estrellas", "add_column"),
        ("ALTER TABLE nota ADD COLUMN color VARCHAR(9)", "remove_column"),
        ("DROP INDEX uq_libro_codigo", "add_index"),
        ("CREATE INDEX ix_nota_texto ON nota (texto)", "remove_index"),
        ("CREATE TABLE prestamo (id INTEGER PRIMARY KEY)", "remove_table"),
    ],
)
def test_what_a_migration_forgot_is_found(fresh: Flask, statement: str, kind: str) -> None:
    upgrade(fresh)
    change(fresh, statement)
    assert kind in str(differences(fresh))


def test_the_seed_is_sown_after_each_migration(url: str) -> None:
    sown: list[int] = []

    def sow() -> None:
        sown.append(db.session.execute(text("SELECT count(*) FROM libro")).scalar_one())
        db.session.execute(text("DELETE FROM libro"))
        db.session.commit()

    app = replace(SERVICIO, seed=sow).create_app({"BIBLIOTECA_DATABASE_URL": url, **SETTINGS})
    upgrade(app)
    upgrade(app)
    assert sown == [0, 0]
    with app.app_context():
        db.engine.dispose()


class TestUniqueAmongTheLiving:
    def test_what_was_deleted_frees_its_values(self, api: ApiClient) -> None:
        book = {"codigo": "Q-1", "titulo": "Don Quijote"}
        for _ in range(3):
            place = api.post("/biblioteca/libros", book).headers["Location"]
            problem(api.post("/biblioteca/libros", book), 409, "codigo_duplicado")
            ok(api.delete(place), 204)
        ok(api.post("/biblioteca/libros", book), 201)

    def test_what_is_unique_for_ever_stays_taken(self, api: ApiClient) -> None:
        book = {"codigo": "Q-1", "titulo": "Don Quijote", "isbn": "978-84"}
        api.delete(api.post("/biblioteca/libros", book).headers["Location"])
        problem(api.post("/biblioteca/libros", book | {"codigo": "Q-2"}), 409, "isbn_duplicado")
        for code in ("Q-3", "Q-4"):
            ok(api.post("/biblioteca/libros", book | {"codigo": code, "isbn": None}), 201)

    def test_its_name_follows_from_table_and_columns(self) -> None:
        index = unique_alive("sala", "centro_id", "nombre")
        assert (index.name, index.unique) == ("uq_sala_centro_id_nombre", True)
        assert unique_alive("sala", text("lower(nombre)"), name="uq_sala_nombre").name == "uq_sala_nombre"
        assert not partial_index("ix_sala_viva", "eliminado_en IS NULL", "nombre").unique
