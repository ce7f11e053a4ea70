"""pytest fixtures for a service's tests. Its conftest only provides `service` (see comun.testing.plugin.service).

Tests that use `app` or `api` take turns: one runs on SQLite, another on PostgreSQL, always the same on each. Those
marked `both_databases`, of what may differ between the two, run on each of them. Those marked `postgresql_only`, of
what happens at once, run on PostgreSQL: SQLite lets one write at a time.
`--bd ambas` runs all on both, `--bd sqlite` all on one, whatever their marks.
"""

from __future__ import annotations

import gc
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import lru_cache
from typing import Any

import hypothesis
import pytest
from flask import Flask
from hypothesis import HealthCheck
from hypothesis.internal.conjecture import providers

from comun.app import Service
from comun.migrations import upgrade
from comun.testing.client import ApiClient
from comun.testing.databases import BACKENDS, empty, postgres_database, postgres_server, sqlite_database
from comun.testing.patience import PATIENCE, be_patient
from comun.testing.processes import Processes
from comun.testing.tokens import StaticTrust

# How fast an example runs is no matter of tests; that they share what a fixture made is what they are written for.
_PATIENT = hypothesis.settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
# A few, and the same each time; `--hypothesis-profile azar` tries many others.
hypothesis.settings.register_profile("odontocare", _PATIENT, max_examples=10, derandomize=True)
hypothesis.settings.register_profile("azar", _PATIENT, max_examples=100, print_blob=True)
hypothesis.settings.load_profile("odontocare")
# Nor do examples depend on which modules a process has imported by now, whose constants it would all look through.
providers.is_local_module_file = lru_cache(lambda _path: False)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--bd` chooses the databases."""
    parser.addoption("--bd", choices=[*BACKENDS, "ambas", "turnos"], default="turnos", help="databases to test on")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that touches a database exists for each of them."""
    if "backend" in metafunc.fixturenames:
        backends = [backend for backend in BACKENDS if is_chosen(metafunc.config, backend)]
        metafunc.parametrize("backend", backends, scope="session", indirect=True)


def is_chosen(config: pytest.Config, backend: str) -> bool:
    """Whether tests run on that database."""
    return config.getoption("--bd") in (backend, "ambas", "turnos")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of tests that take turns, one of the two stays."""
    if config.getoption("--bd") == "turnos":
        mine: list[pytest.Item] = []
        others: list[pytest.Item] = []
        for item in items:
            (others if _is_the_turn_of_another(item) else mine).append(item)
        items[:] = mine
        config.hook.pytest_deselected(items=others)


def _is_the_turn_of_another(item: pytest.Item) -> bool:
    case = getattr(item, "callspec", None)
    backend = case.params.get("backend") if case else None
    if backend is None or item.get_closest_marker("both_databases"):
        return False
    if item.get_closest_marker("postgresql_only"):
        return bool(backend != "postgresql")
    # By its name, so that it keeps its database whatever else is tested.
    turn = zlib.crc32(item.nodeid.replace(backend, "").encode()) % len(BACKENDS)
    return bool(backend != BACKENDS[turn])


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Iterator[None]:
    """Don't let the garbage collector go through all modules and tests, which stay, again and again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()
        gc.set_threshold(200_000, 20, 100)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """Nor at the end, when all goes anyway: that takes a process several seconds."""
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _patience() -> None:
    """Wait for stand-ins, and whatever else answers on this machine, as long as it takes."""
    be_patient()


@pytest.fixture(scope="session")
def backend(request: pytest.FixtureRequest) -> str:
    """`sqlite` or `postgresql`."""
    return str(request.param)


@pytest.fixture(scope="session")
def _endings() -> Iterator[ExitStack]:
    """What is to be undone when the session ends, the last first."""
    with ExitStack() as endings:
        yield endings


@pytest.fixture(scope="session")
def postgres_url(_endings: ExitStack) -> str:
    """A PostgreSQL server for this worker."""
    return _endings.enter_context(postgres_server())


@pytest.fixture(scope="session")
def trust() -> StaticTrust:
    """The keys that the application under test believes."""
    return StaticTrust()


@pytest.fixture(scope="session")
def processes(_endings: ExitStack, pytestconfig: pytest.Config) -> Processes:
    """Starts processes beside that of the tests; those that are left end with the session."""
    return _endings.enter_context(Processes(pytestconfig.rootpath))


@pytest.fixture(scope="session")
def service_overrides() -> dict[str, Any]:
    """Settings of the application under test; a conftest may replace this fixture."""
    return {}


@pytest.fixture(scope="session")
def seeded_tables() -> frozenset[str]:
    """Tables whose rows come with the migrations and stay between tests; a conftest may replace this."""
    return frozenset({"alembic_version"})


@pytest.fixture(scope="session")
def _applications() -> dict[tuple[str, str], Flask]:
    """Those made so far, by service and kind of database."""
    return {}


@pytest.fixture
def migrated_app(
    service: Service,
    backend: str,
    trust: StaticTrust,
    service_overrides: dict[str, Any],
    request: pytest.FixtureRequest,
    _applications: dict[tuple[str, str], Flask],
    _endings: ExitStack,
) -> Flask:
    """The application on a migrated database of its own, once per session for each service and database."""
    # Not a session fixture: pytest would keep one for all services that a session tests.
    key = service.name, backend
    if key not in _applications:
        if backend == "sqlite":
            url = _endings.enter_context(sqlite_database())
        else:
            url = _endings.enter_context(postgres_database(request.getfixturevalue("postgres_url")))
        app = _application(service, url, trust, service_overrides)
        _endings.callback(_dispose, app, service)
        upgrade(app)
        _applications[key] = app
    return _applications[key]


def _application(service: Service, url: str, trust: StaticTrust, overrides: dict[str, Any]) -> Flask:
    trusting = service if service.trust_source else replace(service, trust_source=lambda _app: trust)
    return trusting.create_app(
        {
            f"{service.prefix}_DATABASE_URL": url,
            **({} if service.own_token else {f"{service.prefix}_CLIENT_SECRET": "secreto-de-prueba"}),
            "TRUSTED_PROXIES": 0,
            "REVOCATION_POLL_SECONDS": 0.2,
            "PEER_TIMEOUT_SECONDS": PATIENCE,
            "LOG_LEVEL": "ERROR",
            **overrides,
        }
    )


def _dispose(app: Flask, service: Service) -> None:
    app.extensions["trust"].stop()
    with app.app_context():
        service.db.engine.dispose()


@pytest.fixture
def app(migrated_app: Flask, service: Service, seeded_tables: frozenset[str]) -> Iterator[Flask]:
    """The application on an empty database."""
    with migrated_app.app_context():
        engine = service.db.engine
        service.db.session.remove()
    empty(engine, service.db.metadata, seeded_tables)
    yield migrated_app


@pytest.fixture
def api(app: Flask) -> ApiClient:
    """A client of the application, signed in as an administrator."""
    return ApiClient(app).as_("admin")
