"""What a migration forbids to change, the database refuses, whoever asks."""

from collections.abc import Callable, Iterator

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import IntegrityError

from comun.db import constraint_name
from comun.engine import configure_engine, engine_options, normalise_url
from comun.migrations import allow_changes, forbid_changes

TABLES = (
    "CREATE TABLE carta (id INTEGER PRIMARY KEY, texto VARCHAR(40), leida INTEGER, sellada_en VARCHAR(20))",
    "CREATE TABLE anexo (id INTEGER PRIMARY KEY, carta_id INTEGER REFERENCES carta (id), texto VARCHAR(40))",
    "INSERT INTO carta VALUES (1, 'borrador', 0, NULL), (2, 'sellada', 0, '2026-01-15')",
    "INSERT INTO anexo VALUES (1, 1, 'de un borrador'), (2, 2, 'de una sellada')",
)
OF_A_SEALED_ONE = "EXISTS (SELECT 1 FROM carta WHERE carta.id = OLD.carta_id AND carta.sellada_en IS NOT NULL)"


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """A draft and a sealed letter, each with an enclosure."""
    url = normalise_url(url)
    engine = create_engine(url, **engine_options(url, 4))
    configure_engine(engine)
    with engine.begin() as connection:
        for statement in TABLES:
            connection.execute(text(statement))
    yield engine
    engine.dispose()


def migrate(engine: Engine, step: Callable[[], None]) -> None:
    with engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        step()


def run(engine: Engine, statement: str) -> None:
    connection: Connection
    with engine.begin() as connection:
        connection.execute(text(statement))


def refused(engine: Engine, statement: str) -> str:
    """By what name the database refuses it."""
    with pytest.raises(IntegrityError) as violation:
        run(engine, statement)
    return constraint_name(violation.value)


def test_nothing_sealed_changes_or_goes(engine: Engine) -> None:
    migrate(engine, lambda: forbid_changes("carta", when="OLD.sellada_en IS NOT NULL"))
    for statement in (
        "UPDATE carta SET texto = 'otra' WHERE id = 2",
        "UPDATE carta SET sellada_en = NULL",
        "DELETE FROM carta WHERE id = 2",
    ):
        assert refused(engine, statement) == "carta_inmutable"
    run(engine, "UPDATE carta SET texto = 'mejor', sellada_en = '2026-01-16' WHERE id = 1")
    assert refused(engine, "UPDATE carta SET texto = 'peor' WHERE id = 1") == "carta_inmutable"


def test_only_what_is_named_is_frozen(engine: Engine) -> None:
    migrate(engine, lambda: forbid_changes("carta", ["texto", "sellada_en"], delete=False, name="carta_sello"))
    run(engine, "UPDATE carta SET leida = 1, texto = texto")
    assert refused(engine, "UPDATE carta SET texto = NULL WHERE id = 1") == "carta_sello"
    run(engine, "DELETE FROM anexo")
    run(engine, "DELETE FROM carta")


def test_parts_follow_what_they_belong_to(engine: Engine) -> None:
    migrate(engine, lambda: forbid_changes("anexo", when=OF_A_SEALED_ONE, insert=True))
    for statement in (
        "INSERT INTO anexo VALUES (3, 2, 'tarde')",
        "UPDATE anexo SET carta_id = 2 WHERE id = 1",
        "UPDATE anexo SET carta_id = 1 WHERE id = 2",
        "DELETE FROM anexo WHERE carta_id = 2",
    ):
        assert refused(engine, statement) == "anexo_inmutable"
    run(engine, "INSERT INTO anexo VALUES (3, 1, 'a tiempo')")
    run(engine, "DELETE FROM anexo WHERE carta_id = 1")


def test_a_table_is_not_emptied_at_once(engine: Engine) -> None:
    migrate(engine, lambda: forbid_changes("anexo"))
    statement = "TRUNCATE anexo" if engine.dialect.name == "postgresql" else "DELETE FROM anexo"
    assert refused(engine, statement) == "anexo_inmutable"


def test_what_was_forbidden_can_be_allowed_again(engine: Engine) -> None:
    for _ in range(2):
        migrate(engine, lambda: forbid_changes("anexo", insert=True))
        assert refused(engine, "UPDATE anexo SET texto = 'x'") == "anexo_inmutable"
        migrate(engine, lambda: allow_changes("anexo"))
    run(engine, "UPDATE anexo SET texto = 'x'")
    run(engine, "DELETE FROM anexo")
