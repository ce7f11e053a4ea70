"""The database as the services use it, the same on both."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    Engine,
    Float,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    bindparam,
    create_engine,
    func,
    insert,
    null,
    select,
    text,
    update,
)
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from biblioteca.extensiones import db
from biblioteca.modelos import Libro
from comun.auth.caller import caller
from comun.db import UtcDateTime, insert_all, insert_if_absent, now, reader, release, upsert_newer
from comun.engine import configure_engine, engine_options, normalise_url
from comun.tables import Json
from comun.testing.client import ApiClient, ok
from comun.testing.patience import own_limits
from comun.testing.together import at_once

metadata = MetaData()
hora = Table("hora", metadata, Column("id", Integer, primary_key=True), Column("momento", UtcDateTime))
copia = Table(
    "copia",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("nombre", String(20)),
    Column("secuencia", Integer),
)
variada = Table(
    "variada",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("nombre", String(20)),
    Column("dia", Date),
    Column("momento", UtcDateTime),
    Column("importe", Numeric(12, 4)),
    Column("medida", Float),
    Column("activa", Boolean),
    Column("datos", Json),
    Column("estado", String(20), server_default="nueva"),
    Column("clase", String(20), default="de fábrica"),
    Column("creada_en", UtcDateTime, default=now),
)
EN_MAYUSCULAS = func.upper(bindparam("escrito", type_=String)).label("nombre")


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """An engine as a service has it, on a database with a table of moments and one of copies."""
    url = normalise_url(url)
    with own_limits():
        engine = create_engine(url, **engine_options(url, 10))
    configure_engine(engine)
    metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.mark.parametrize(
    ("given_url", "url"),
    [
        ("postgresql://a:b@c/d", "postgresql+psycopg2://a:b@c/d"),
        ("postgres://a@c/d", "postgresql+psycopg2://a@c/d"),
        ("postgresql+psycopg2://a@c/d", "postgresql+psycopg2://a@c/d"),
        ("sqlite:////var/x.db", "sqlite:////var/x.db"),
    ],
)
def test_the_url_names_the_driver_that_is_installed(given_url: str, url: str) -> None:
    assert normalise_url(given_url) == url


def test_settings_of_a_connection(engine: Engine) -> None:
    def value(question: str) -> Any:
        with engine.connect() as connection:
            return connection.execute(text(question)).scalar_one()

    if engine.dialect.name == "sqlite":
        assert value("PRAGMA journal_mode") == "wal"
        assert value("PRAGMA foreign_keys") == 1
        assert value("PRAGMA synchronous") == 1
        assert value("PRAGMA busy_timeout") == 20_000
    else:
        assert value("SHOW timezone") == "UTC"
        assert value("SHOW statement_timeout") == "25s"
        assert value("SHOW lock_timeout") == "15s"
        assert value("SHOW idle_in_transaction_session_timeout") == "1min"


class TestIdleConnections:
    @pytest.fixture(autouse=True)
    def _only_there(self, engine: Engine) -> None:
        if engine.dialect.name == "sqlite":
            pytest.skip("a file does not hang up")

    def test_those_that_died_while_nobody_used_them_are_made_anew(
        self, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("comun.engine.FRESH_SECONDS", 0)
        with ExitStack() as used:
            before = {number_of(used.enter_context(engine.connect())) for _ in range(4)}
        other = create_engine(engine.url)
        with other.connect() as connection:
            for number in before:
                connection.execute(text("SELECT pg_terminate_backend(:number, 5000)"), {"number": number})
        other.dispose()
        with ExitStack() as used:
            after = {number_of(used.enter_context(engine.connect())) for _ in range(4)}
        assert len(after) == 4
        assert not before & after

    def test_one_that_was_used_just_now_is_not_asked_again(
        self, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("comun.engine.FRESH_SECONDS", 60)
        asked: list[object] = []
        monkeypatch.setattr(engine.dialect, "do_ping", asked.append)
        with engine.connect() as connection:
            number = number_of(connection)
        with engine.connect() as connection:
            assert number_of(connection) == number
        assert asked == []


def number_of(connection: Connection) -> int:
    """The server process behind a connection."""
    return int(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())


class TestWriters:
    def test_eight_that_read_before_they_write_lose_nothing(self, engine: Engine) -> None:
        """Without BEGIN IMMEDIATE SQLite refuses all but one at once, whatever its busy timeout."""
        with engine.begin() as connection:
            connection.execute(insert(copia).values(id=1, nombre="x", secuencia=0))

        def write() -> None:
            for _ in range(25):
                with engine.begin() as connection:
                    found = select(copia.c.secuencia).where(copia.c.id == 1).with_for_update()
                    value = connection.execute(found).scalar_one()
                    connection.execute(update(copia).values(secuencia=value + 1))

        at_once(*[write] * 8)
        with engine.connect() as connection:
            assert connection.execute(select(copia.c.secuencia)).scalar_one() == 200

    def test_a_reader_waits_for_no_writer(self, engine: Engine) -> None:
        with engine.begin() as writer:
            writer.execute(insert(copia).values(id=1, nombre="x", secuencia=0))
            with reader(engine) as reading:
                assert reading.execute(select(copia)).all() == []

    def test_neither_does_a_request_that_reads(self, app: Flask, api: ApiClient) -> None:
        ok(api.get("/biblioteca/libros"))  # the first one of a process also writes down what it learns from auth
        with app.app_context(), db.engine.begin() as writer:
            writer.execute(text("DELETE FROM libro"))
            assert ok(api.get("/biblioteca/libros"))["datos"] == []

    def test_a_request_that_writes_takes_the_lock_before_it_reads(
        self, app: Flask, api: ApiClient, backend: str
    ) -> None:
        def look() -> Any:
            db.session.scalar(select(Libro.id))
            other = sqlite3.connect(str(db.engine.url.database), timeout=0)
            with closing(other), pytest.raises(sqlite3.OperationalError, match="database is locked"):
                other.execute("BEGIN IMMEDIATE")
            return {}

        if backend == "postgresql":
            pytest.skip("PostgreSQL locks rows")
        app.extensions["experimento"] = look
        ok(api.post("/biblioteca/experimento"))


class TestMoments:
    def test_are_in_order_whatever_their_offset(self, engine: Engine) -> None:
        first = datetime(2026, 1, 15, 10, tzinfo=timezone(timedelta(hours=2)))
        second = datetime(2026, 1, 15, 9, tzinfo=UTC)
        with engine.begin() as connection:
            connection.execute(insert(hora), [{"id": 1, "momento": second}, {"id": 2, "momento": first}])
            assert connection.execute(select(hora.c.id).order_by(hora.c.momento)).scalars().all() == [2, 1]

    def test_without_an_offset_are_refused(self, engine: Engine) -> None:
        with engine.connect() as connection, pytest.raises(StatementError, match="naive timestamp"):
            connection.execute(insert(hora).values(momento=datetime(2026, 1, 15)))  # noqa: DTZ001

    def test_may_be_unknown(self, engine: Engine) -> None:
        with engine.connect() as connection:
            connection.execute(insert(hora).values(id=1, momento=None))
            assert connection.execute(select(hora.c.momento)).scalar_one() is None

    def test_now_is_aware(self) -> None:
        assert now().tzinfo == UTC


def apply(engine: Engine, *rows: tuple[str, int]) -> tuple[Any, ...]:
    with Session(engine) as session:
        for name, sequence in rows:
            upsert_newer(session, copia, {"id": 1, "nombre": name, "secuencia": sequence})
        session.commit()
        row = session.execute(select(copia.c.nombre, copia.c.secuencia)).one()
        return tuple(row)


class TestCopies:
    def test_newer_news_overwrite_older(self, engine: Engine) -> None:
        assert apply(engine, ("Ana", 1), ("Eva", 2)) == ("Eva", 2)

    def test_older_news_do_not(self, engine: Engine) -> None:
        assert apply(engine, ("Eva", 2), ("Ana", 1)) == ("Eva", 2)

    def test_the_same_again_is_taken(self, engine: Engine) -> None:
        assert apply(engine, ("Ana", 2), ("Eva", 2)) == ("Eva", 2)

    def test_many_are_taken_each_by_its_own_age(self, engine: Engine) -> None:
        with Session(engine) as session:
            upsert_newer(session, copia, {"id": 2, "nombre": "Eva", "secuencia": 2})
            news = [("Ana", 1), ("Ana", 1), ("Ana", 3)]
            rows = [{"id": place, "nombre": name, "secuencia": at} for place, (name, at) in enumerate(news, 1)]
            upsert_newer(session, copia, rows)
            assert session.scalars(select(copia.c.nombre).order_by(copia.c.id)).all() == ["Ana", "Eva", "Ana"]

    def test_a_column_may_be_computed_of_what_each_row_gives(self, engine: Engine) -> None:
        with Session(engine) as session:
            for names in (("ana", "eva"), ("luz", "sol")):
                rows = [{"id": place, "escrito": name, "secuencia": 1} for place, name in enumerate(names)]
                upsert_newer(session, copia, rows, computed=EN_MAYUSCULAS)
            assert session.scalars(select(copia.c.nombre).order_by(copia.c.id)).all() == ["LUZ", "SOL"]

    def test_insert_if_absent_leaves_what_is_there(self, engine: Engine) -> None:
        with engine.begin() as connection:
            rows = [{"id": 1, "nombre": name} for name in ("Ana", "Eva")]
            counts = [insert_if_absent(connection, copia, row).rowcount for row in rows]
            assert (counts, connection.execute(select(copia.c.nombre)).scalar_one()) == ([1, 0], "Ana")


class TestManyRows:
    ROW = {
        "nombre": "Ñandú \"'\\\n%s :x 😀",
        "dia": date(2026, 2, 28),
        "momento": datetime(2026, 1, 15, 9, 30, 1, 123456, tzinfo=timezone(timedelta(hours=-5))),
        "importe": Decimal("12345678.1250"),
        "medida": 0.1,
        "activa": True,
        "datos": {"lista": [1, None, {"ñ": "é"}], "texto": "'\"", "no": False},
    }

    def test_come_as_they_were_given(self, engine: Engine) -> None:
        rows: list[dict[str, Any]] = [self.ROW, dict.fromkeys(self.ROW), {**self.ROW, "activa": False, "datos": []}]
        with engine.begin() as connection:
            insert_all(connection, variada, rows)
            found = connection.execute(select(variada).order_by(variada.c.id)).mappings().all()
            assert connection.scalar(select(func.count()).where(variada.c.datos.is_(null()))) == 1
        assert [{name: row[name] for name in self.ROW} for row in found] == rows

    def test_are_filled_up_with_defaults_each_time_anew(self, engine: Engine) -> None:
        with Session(engine) as session:
            for _ in range(2):
                insert_all(session, variada, [{"nombre": "Ana"}, {"nombre": "Eva"}])
            found = session.execute(select(variada).order_by(variada.c.id)).all()
        assert {(row.estado, row.clase) for row in found} == {("nueva", "de fábrica")}
        assert found[1].creada_en < found[2].creada_en

    def test_keep_their_order_and_tell_their_keys(self, engine: Engine) -> None:
        names = [f"{number * 37 % 100:02}" for number in range(100)]
        with Session(engine) as session:
            made = insert_all(session, variada, [{"nombre": name} for name in names], returning=(variada.c.nombre,))
            assert sorted(made.scalars()) == sorted(names)
            assert session.scalars(select(variada.c.nombre).order_by(variada.c.id)).all() == names

    def test_leave_what_is_there_when_told_to(self, engine: Engine) -> None:
        with engine.begin() as connection:
            connection.execute(insert(copia).values(id=1, nombre="Ana", secuencia=1))
            rows = [{"id": number, "nombre": "Eva", "secuencia": 2} for number in (1, 2)]
            new = insert_all(connection, copia, rows, absent=True, returning=(copia.c.id,))
            assert new.scalars().all() == [2]
            assert connection.scalars(select(copia.c.nombre).order_by(copia.c.id)).all() == ["Ana", "Eva"]

    def test_refuse_what_json_has_not(self, engine: Engine) -> None:
        with engine.begin() as connection, pytest.raises(TypeError):
            insert_all(connection, copia, [{"id": 1, "nombre": b"Ana"}])
        with engine.begin() as connection, pytest.raises(ValueError, match="naive timestamp"):
            insert_all(connection, hora, [{"id": 1, "momento": datetime(2026, 1, 15)}])  # noqa: DTZ001


class TestRelease:
    def test_ends_a_transaction_that_has_read_and_keeps_the_objects(self, app: Flask, api: ApiClient) -> None:
        def view() -> Any:
            book = Libro.obtener(1, caller())
            release(db.session)
            assert not db.session().in_transaction()
            return {"titulo": book.titulo, "en_transaccion": db.session().in_transaction()}

        api.post("/biblioteca/libros", {"codigo": "Q-1", "titulo": "Don Quijote"})
        app.extensions["experimento"] = view
        assert ok(api.post("/biblioteca/experimento")) == {"titulo": "Don Quijote", "en_transaccion": False}

    @pytest.mark.parametrize("flushed", [False, True])
    def test_refuses_to_commit_half_of_the_work(self, app: Flask, api: ApiClient, flushed: bool) -> None:
        def view() -> Any:
            db.session.add(Libro(codigo="Q-1", titulo="A medias"))
            if flushed:
                db.session.flush()
            with pytest.raises(RuntimeError, match="unsaved changes"):
                release(db.session)
            return {}

        app.extensions["experimento"] = view
        ok(api.post("/biblioteca/experimento"))

    def test_refuses_a_changed_object(self, app: Flask, api: ApiClient) -> None:
        def view() -> Any:
            Libro.obtener(1, caller()).titulo = "Otro"
            with pytest.raises(RuntimeError, match="unsaved changes"):
                release(db.session)
            return {}

        api.post("/biblioteca/libros", {"codigo": "Q-1", "titulo": "Don Quijote"})
        app.extensions["experimento"] = view
        ok(api.post("/biblioteca/experimento"))


@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)), st.integers(-14 * 60, 14 * 60))  # noqa: DTZ001
def test_moments_come_back_as_the_same_instant_in_utc(engine: Engine, moment: datetime, minutes: int) -> None:
    aware = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    with engine.connect() as connection:
        connection.execute(insert(hora).values(id=1, momento=aware))
        found = connection.execute(select(hora.c.momento)).scalar_one()
        assert connection.execute(select(hora.c.id).where(hora.c.momento == aware)).scalar_one() == 1
    assert found == aware
    assert found.tzinfo == UTC


@given(st.permutations(range(1, 7)))
def test_in_whatever_order_copies_come_the_last_stands(engine: Engine, order: list[int]) -> None:
    assert apply(engine, *((f"n{n}", n) for n in order)) == ("n6", 6)
