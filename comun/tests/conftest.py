"""What the tests of the mechanism share."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

import pytest

from biblioteca.servicio import SERVICIO
from comun.app import Service
from comun.testing.databases import postgres_database, sqlite_database, vacate

# What these ask is decided before a statement is made, or after.
TAKE_TURNS = {
    *("test_api.py", "test_errors.py", "test_openapi.py", "test_preconditions.py", "test_sheets.py"),
    *("test_tokens.py", "test_trust.py", "test_uploads.py", "test_verified_tokens.py", "test_visibility.py"),
}


def pytest_itemcollected(item: pytest.Item) -> None:
    """The mechanism is tried on both: that views work the same on either rests on it."""
    if item.path.name not in TAKE_TURNS:
        item.add_marker("both_databases")


def _database(backend: str, request: pytest.FixtureRequest) -> AbstractContextManager[str]:
    if backend == "sqlite":
        return sqlite_database()
    lent: AbstractContextManager[str] = request.getfixturevalue("lend_database")()
    return lent


@pytest.fixture(scope="session")
def lend_database(postgres_url: str) -> Iterator[Callable[[], AbstractContextManager[str]]]:
    """Lends empty PostgreSQL databases: those that come back are lent again."""
    spare: list[str] = []
    with ExitStack() as endings:

        @contextmanager
        def lend() -> Iterator[str]:
            url = spare.pop() if spare else endings.enter_context(postgres_database(postgres_url))
            yield url
            vacate(url)
            spare.append(url)

        yield lend


@pytest.fixture
def url(backend: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database of its own for one test, on SQLite and on PostgreSQL."""
    with _database(backend, request) as url:
        yield url


@pytest.fixture
def second_url(backend: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """Another one, for a second service."""
    with _database(backend, request) as url:
        yield url


@pytest.fixture(scope="session")
def service() -> Service:
    """A small service of the tests' own, for what only a whole service shows."""
    return SERVICIO
