"""Violated constraints have the same name on both databases, and mean what was declared."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Engine,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    create_engine,
    insert,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError

from comun.db import NAMING, constraint_name
from comun.engine import configure_engine, engine_options, normalise_url
from comun.errors import ConstraintMessages
from comun.models import unique_alive

metadata = MetaData(naming_convention=NAMING)
padre = Table("padre", metadata, Column("id", Integer, primary_key=True), Column("nombre", String(20), unique=True))
hijo = Table(
    "hijo",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("padre_id", Integer, ForeignKey("padre.id")),
    Column("centro_id", Integer),
    Column("codigo", String(20)),
    Column("email", String(40)),
    Column("edad", Integer, nullable=False, server_default="1"),
    Column("eliminado_en", String(40)),
    UniqueConstraint("padre_id", "centro_id"),
    CheckConstraint("edad > 0", name="edad"),
    unique_alive("hijo", "centro_id", "codigo"),
    unique_alive("hijo", text("lower(email)"), name="uq_hijo_email"),
)
TRIGGERS = {
    "sqlite": [
        """CREATE TRIGGER ex_hijo BEFORE INSERT ON hijo WHEN NEW.edad = 99
           BEGIN SELECT RAISE(ABORT, 'ex_hijo_edad'); END"""
    ],
    "postgresql": [
        """CREATE FUNCTION ex_hijo() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           IF NEW.edad = 99 THEN
             RAISE EXCEPTION 'guarda' USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'ex_hijo_edad';
           END IF; RETURN NEW; END $$""",
        "CREATE TRIGGER ex_hijo BEFORE INSERT ON hijo FOR EACH ROW EXECUTE FUNCTION ex_hijo()",
    ],
}


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """Families, guarded in every way that there is."""
    url = normalise_url(url)
    engine = create_engine(url, **engine_options(url, 4))
    configure_engine(engine)
    metadata.create_all(engine)
    with engine.begin() as connection:
        for statement in TRIGGERS[engine.dialect.name]:
            connection.execute(text(statement))
        connection.execute(insert(padre).values(nombre="Ana"))
        first = {"padre_id": 1, "centro_id": 1, "codigo": "A", "email": "Ana@x.com"}
        connection.execute(insert(hijo).values(first))
    yield engine
    engine.dispose()


def violated(engine: Engine, statement: Any) -> IntegrityError:
    connection: Connection
    with engine.connect() as connection, pytest.raises(IntegrityError) as violation:
        connection.execute(statement)
    return violation.value


CASES = [
    (insert(padre).values(nombre="Ana"), "uq_padre_nombre"),
    (insert(hijo).values(padre_id=1, centro_id=1), "uq_hijo_padre_id_centro_id"),
    (insert(hijo).values(centro_id=1, codigo="A"), "uq_hijo_centro_id_codigo"),
    (insert(hijo).values(email="ANA@X.COM"), "uq_hijo_email"),
    (insert(hijo).values(edad=0), "ck_hijo_edad"),
    (update(hijo).values(edad=-1), "ck_hijo_edad"),
    (insert(hijo).values(edad=99), "ex_hijo_edad"),
]


@pytest.mark.parametrize(("statement", "name"), CASES, ids=[name for _, name in CASES])
def test_the_name_is_the_same_on_both_databases(engine: Engine, statement: Any, name: str) -> None:
    assert constraint_name(violated(engine, statement)) == name


def test_a_foreign_key_has_its_name_where_the_database_tells_it(engine: Engine) -> None:
    told = {"sqlite": "", "postgresql": "fk_hijo_padre_id_padre"}[engine.dialect.name]
    assert constraint_name(violated(engine, insert(hijo).values(padre_id=77))) == told


def test_a_missing_value_has_none(engine: Engine) -> None:
    assert constraint_name(violated(engine, insert(hijo).values(edad=None))) == ""


def test_what_was_declared_is_what_the_caller_is_told(engine: Engine) -> None:
    messages = ConstraintMessages()
    messages.add("uq_padre_nombre", "nombre_duplicado", "Ya hay alguien que se llama así.")
    told = messages.problem(violated(engine, insert(padre).values(nombre="Ana")))
    assert (told.status, told.codigo, told.detail) == (409, "nombre_duplicado", "Ya hay alguien que se llama así.")
    assert messages.conflict("uq_padre_nombre").body() == told.body()


def test_what_was_not_declared_is_a_fixed_sentence(engine: Engine) -> None:
    told = ConstraintMessages().problem(violated(engine, insert(hijo).values(email="ana@x.com")))
    assert (told.status, told.codigo) == (409, "conflicto")
    assert "ana@x.com" not in str(told.body()) and "hijo" not in str(told.body())
