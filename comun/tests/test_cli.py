"""The commands of a service, and what stops them from starting."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextvars import copy_context
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, inspect

from biblioteca.servicio import SERVICIO
from comun.cli import gunicorn_options, service_cli
from comun.engine import normalise_url
from comun.testing.deaths import command
from comun.testing.nursery import Twin
from comun.testing.processes import Processes

NOTHING = {
    name: value for name, value in os.environ.items() if not name.startswith(("BIBLIOTECA_", "AUTH_", "JWT_", "LOG_"))
}
SECRET = {"BIBLIOTECA_CLIENT_SECRET": "hunter2"}


@pytest.fixture
def run(url: str) -> Callable[..., Result]:
    """Runs a command in this process, on a database of its own."""

    def run(*arguments: str, **environment: str) -> Result:
        settings = {"BIBLIOTECA_DATABASE_URL": url, "LOG_LEVEL": "error", **SECRET, **environment}
        runner = CliRunner()
        result: Result = copy_context().run(runner.invoke, service_cli(SERVICIO), list(arguments), env=settings)
        return result

    return run


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({}, "BIBLIOTECA_DATABASE_URL is not set. Its own database: postgresql://… or sqlite:////path. "
             "Set BIBLIOTECA_DATABASE_URL or BIBLIOTECA_DATABASE_URL_FILE."),
        ({"BIBLIOTECA_DATABASE_URL": "sqlite:////tmp/no.db"},
         "BIBLIOTECA_CLIENT_SECRET is not set. Its secret there (see AUTH_SERVICE_CLIENTS). "
         "Set BIBLIOTECA_CLIENT_SECRET or BIBLIOTECA_CLIENT_SECRET_FILE."),
        ({"BIBLIOTECA_DATABASE_URL": "sqlite:////tmp/no.db", "BIBLIOTECA_CLIENT_SECRET_FILE": "/no/hay"},
         "BIBLIOTECA_CLIENT_SECRET_FILE can't be read: No such file or directory."),
    ],
)  # fmt: skip
def test_a_missing_setting_stops_the_start_with_one_sentence(environment: dict[str, str], sentence: str) -> None:
    gone = dict.fromkeys(os.environ.keys() - NOTHING.keys())
    result = CliRunner().invoke(service_cli(SERVICIO), ["serve"], env={**gone, **environment})
    assert (result.exit_code, str(result.exception)) == (1, sentence)


def test_which_is_all_that_the_process_says() -> None:
    environment = {**NOTHING, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "biblioteca", "serve"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (1, "", 1)
    assert ended.stderr.startswith("BIBLIOTECA_DATABASE_URL is not set. ")


@pytest.mark.parametrize(("setting", "value"), [("PORT", "ochenta"), ("THREADS", ""), ("EVENT_SUBSCRIBERS", "citas")])
def test_a_senseless_one_too_and_an_empty_one_is_none(run: Callable[..., Result], setting: str, value: str) -> None:
    result = run("openapi", **{f"BIBLIOTECA_{setting}": value})
    assert result.exit_code == (1 if value else 0)
    assert not value or str(result.exception).startswith(f"BIBLIOTECA_{setting} has an invalid value")


def test_a_database_url_that_is_none_stops_the_start_without_showing_it(run: Callable[..., Result]) -> None:
    result = run("openapi", BIBLIOTECA_DATABASE_URL="postgres//ana:hunter2@db/citas")
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert str(result.exception).startswith("BIBLIOTECA_DATABASE_URL has an invalid value")
    assert "hunter2" not in result.output + str(result.exception)


def test_migrate_makes_the_tables_and_bears_repeating(run: Callable[..., Result], url: str, tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.write_text(url + "\n")
    for _ in range(2):
        result = run("migrate", BIBLIOTECA_DATABASE_URL="", BIBLIOTECA_DATABASE_URL_FILE=str(file))
        assert (result.exit_code, result.stdout) == (0, "biblioteca: schema is up to date\n")
    engine = create_engine(normalise_url(url))
    assert {"libro", "nota", "auditoria", "alembic_version"} <= set(inspect(engine).get_table_names())
    engine.dispose()


@pytest.mark.processes
def test_migrations_that_start_together_wait_for_each_other(url: str, processes: Processes) -> None:
    library = Twin.made("biblioteca", {"BIBLIOTECA_DATABASE_URL": url, **SECRET})
    started = [processes.start(library, command, "migrate") for _ in range(2)]
    assert [process.wait() for process in started] == [0, 0]


def test_the_openapi_document_can_be_printed_without_a_schema(run: Callable[..., Result]) -> None:
    assert json.loads(run("openapi").stdout)["openapi"] == "3.1.0"


def test_replaying_to_nobody_says_who_there_is(run: Callable[..., Result]) -> None:
    run("migrate")
    result = run("eventos", "repetir", "citas", BIBLIOTECA_EVENT_SUBSCRIBERS="admin=http://127.0.0.1:1")
    assert (result.exit_code, result.stderr) == (1, "Error: no subscriber citas; there are: admin\n")


def test_gunicorn_gets_what_the_settings_say(url: str) -> None:
    app = SERVICIO.create_app(
        {
            "BIBLIOTECA_DATABASE_URL": url,
            "BIBLIOTECA_CLIENT_SECRET": "x",
            "BIBLIOTECA_PORT": 7001,
            "BIBLIOTECA_WORKERS": 2,
            "BIBLIOTECA_THREADS": 5,
        }
    )
    options = gunicorn_options(SERVICIO, app)
    assert (options["bind"], options["workers"], options["threads"]) == ("127.0.0.1:7001", 2, 5)
    assert options["worker_class"] == "gthread"
