"""When a process dies by SIGKILL, and what it does until then."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from comun import audit, context
from comun.app import Service
from comun.runtime import Runtime
from comun.testing.client import ApiClient


@dataclass(frozen=True)
class Moment:
    """One of: `statement`, when the first that begins so was executed; `step`, before that write or commit, counted
    from 1 (0: never; who dies before a mere read leaves what the next write would); `commit`, in place of that one,
    or `committed`, right after it."""

    statement: str = ""
    step: int = 0
    commit: int = 0
    committed: bool = False

    def __str__(self) -> str:
        return self.statement or ("committed" if self.committed else "written")

    def arm(self, app: Flask) -> None:
        """From now on this process dies then."""
        service: Runtime = app.extensions["comun"]
        with app.app_context():
            engine = service.db.engine
        if self.statement:
            event.listen(engine, "after_cursor_execute", self._at_statement)
        elif self.commit:
            self._at_commit()
        else:
            count = _Countdown(self.step)
            event.listen(engine, "before_cursor_execute", count.at_statement)
            event.listen(engine, "commit", count)

    def _at_statement(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith(self.statement):
            _kill()

    def _at_commit(self) -> None:
        commit, count = Session.commit, _Countdown(self.commit)

        def counted(session: Session) -> None:
            if self.committed or count.left > 1:
                commit(session)
            count()

        Session.commit = counted  # type: ignore[method-assign, assignment]


class _Countdown:
    def __init__(self, left: int) -> None:
        self.left = left

    def __call__(self, *_: Any) -> None:
        self.left -= 1
        if self.left == 0:
            _kill()

    def at_statement(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.lstrip().startswith(("SELECT", "BEGIN")):
            self()


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


# In place of its first commit, and right after it.
WRITTEN, COMMITTED = Moment(commit=1), Moment(commit=1, committed=True)


def after(*statements: str) -> list[Moment]:
    """When a statement that begins so was executed: a moment for each."""
    return [Moment(statement) for statement in statements]


def die(app: Flask, moment: Moment, function: Callable[..., object], *arguments: Any) -> None:
    """Call it, with the application first, until that moment."""
    moment.arm(app)
    function(app, *arguments)


def request(app: Flask, method: str, path: str, json: Any = None, headers: dict[str, str] | None = None) -> None:
    """An administrator asks this."""
    ApiClient(app).as_("admin").call(method, path, json=json, headers=headers)


def turn(app: Flask, function: Callable[[], object]) -> None:
    """What a worker does when it is time for it."""
    with app.app_context():
        function()


def command(app: Flask, *arguments: str) -> None:
    """As `python -m <package> <arguments>`."""
    from comun.cli import service_cli

    service: Service = app.extensions["service"]
    name, *rest = arguments
    context.begin()
    audit.set_action(f"comando:{name}")
    service_cli(service).commands[name].main(rest, prog_name=service.name, obj=app)


def program(text: str, *arguments: str) -> None:
    """As `python -c <text> <arguments>`."""
    sys.argv = ["-c", *arguments]
    exec(compile(text, "<test>", "exec"), {"__name__": "__main__"})  # noqa: S102 - that of a test
