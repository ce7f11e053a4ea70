"""The commands of a service: `python -m citas serve | worker | migrate | openapi | eventos …`."""

from __future__ import annotations

import gc
import json
from datetime import datetime
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication

from comun import audit, context
from comun.app import Service
from comun.events.outbox import backlog
from comun.events.relay import replay
from comun.logs import GunicornLogger
from comun.metrics import worker_process_ended
from comun.worker import Heartbeat, run_worker


class Gunicorn(BaseApplication):
    """gunicorn with our options instead of a command line."""

    def __init__(self, app: Flask, options: dict[str, Any]) -> None:
        self._app, self._options = app, options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._app


def gunicorn_options(service: Service, app: Flask) -> dict[str, Any]:
    """`gthread`, because `sync` breaks keep-alive between services."""
    return {
        "bind": f"{service.setting(app, 'HOST')}:{service.setting(app, 'PORT')}",
        "worker_class": "gthread",
        "workers": service.setting(app, "WORKERS"),
        "threads": service.setting(app, "THREADS"),
        "preload_app": True,
        "keepalive": 75,
        # The gateway has limits of its own, and says in JSON when something is too long.
        "limit_request_line": 0,
        "limit_request_field_size": 0,
        "limit_request_fields": 32768,
        "timeout": 30,
        "graceful_timeout": 20,
        "backlog": 2048,
        # Nobody looks there, and each master would keep a thread with an event loop for it.
        "control_socket_disable": True,
        "worker_tmp_dir": "/dev/shm",  # noqa: S108 - gunicorn's heartbeat file; a disk could block it
        "loglevel": "warning",
        "logger_class": GunicornLogger,
        "child_exit": lambda _server, worker: worker_process_ended(worker.pid),
    }


def service_cli(service: Service) -> click.Group:
    """The command group of a service; add its own commands with `@cli.command()`."""

    @click.group(help=f"{service.title}.")
    @click.pass_context
    def cli(ctx: click.Context) -> None:
        # A request makes thousands of objects that go by themselves: to look for cycles less often saves a tenth.
        gc.set_threshold(10_000, 20, 20)
        app = service.create_app()
        ctx.obj = app
        context.begin()
        audit.set_action(f"comando:{ctx.invoked_subcommand}")

    @cli.command(help="Serve HTTP under gunicorn.")
    @click.pass_obj
    def serve(app: Flask) -> None:
        # What is loaded now is never garbage; left out of collections, its pages stay shared with the workers.
        gc.collect()
        gc.freeze()
        Gunicorn(app, gunicorn_options(service, app)).run()

    @cli.command(help="Deliver events and run scheduled jobs.")
    @click.pass_obj
    def worker(app: Flask) -> None:
        run_worker(app, service.jobs, background=service.background(app))

    @cli.command("worker-vivo", help="Exit with 1 unless a worker worked here lately (container health check).")
    @click.pass_obj
    def worker_alive(app: Flask) -> None:
        raise SystemExit(0 if Heartbeat(app).alive() else 1)

    @cli.command(help="Bring the database to the newest schema.")
    @click.pass_obj
    def migrate(app: Flask) -> None:
        from comun.migrations import upgrade  # Alembic takes a tenth of the start of those that never need it

        upgrade(app)
        click.echo(f"{service.name}: schema is up to date")

    @cli.command(help="Print the OpenAPI document.")
    @click.pass_obj
    def openapi(app: Flask) -> None:
        document = app.test_client().get(f"/{service.name}/openapi.json").get_json()
        click.echo(json.dumps(document, ensure_ascii=False, indent=1))

    cli.add_command(_events_group())
    return cli


def _events_group() -> click.Group:
    @click.group("eventos", help="Look at and repeat the delivery of events.")
    def events() -> None:
        """The group itself does nothing."""

    @events.command(help="Deliver again: failed ones, or all since a moment, to one subscriber.")
    @click.argument("suscriptor")
    @click.option("--desde", type=click.DateTime(["%Y-%m-%dT%H:%M:%S%z"]), help="With offset.")
    @click.option("--sujeto", help="Only one subject, such as cita/12.")
    @click.option("--todos", is_flag=True, help="Also those that were delivered.")
    @click.pass_obj
    def repetir(app: Flask, suscriptor: str, desde: datetime | None, sujeto: str | None, todos: bool) -> None:
        try:
            with app.app_context():
                count = replay(suscriptor, since=desde, subject=sujeto, only_failed=not todos)
        except ValueError as error:
            raise click.ClickException(str(error)) from None
        click.echo(f"{count} deliveries are due again")

    @events.command(help="What each subscriber has not got yet.")
    @click.pass_obj
    def estado(app: Flask) -> None:
        with app.app_context():
            for subscriber, found in backlog().items():
                since = f", the oldest since {found.oldest:%Y-%m-%d %H:%M:%S%z}" if found.oldest else ""
                click.echo(f"{subscriber}: {found.pending} pending, {found.failed} failed{since}")

    return events
