"""The process that `Processes` forks: loads services and makes applications once, never begins anything itself."""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import pickle
import signal
import sys
import threading
import traceback
from dataclasses import replace
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle
from typing import Any, NamedTuple, NoReturn

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from comun.app import Service
from comun.rehearsal import rehearse
from comun.runtime import Runtime
from comun.testing.patience import be_patient
from comun.testing.tokens import StaticTrust, signing_key


class Twin(NamedTuple):
    """An application like the one under test, for processes of their own: its package and (pickled) settings."""

    package: str
    settings: bytes

    @classmethod
    def of(cls, app: Flask, **settings: Any) -> Twin:
        """With the settings of that application, or others."""
        service: Service = app.extensions["service"]
        return cls.made(service.package, {**app.extensions["comun"].settings, **settings})

    @classmethod
    def made(cls, package: str, settings: dict[str, Any]) -> Twin:
        """With these settings, and what the environment says of others."""
        return cls(package, pickle.dumps(settings))

    def make(self) -> Flask:
        """It believes tokens of this process and its forks."""
        service: Service = importlib.import_module(f"{self.package}.servicio").SERVICIO
        trusting = service if service.trust_source else replace(service, trust_source=lambda _app: StaticTrust())
        signing_key()
        return trusting.create_app(pickle.loads(self.settings))  # noqa: S301 - from the tests


class Nursery:
    """Answers on a connection until its other end is closed; then kills what is left."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._apps: dict[Twin, Flask] = {}
        self._children: set[int] = set()

    def serve(self) -> None:
        """`(name of a method, its arguments)` in; `(its result, None)` or `(None, what went wrong)` out."""
        with contextlib.suppress(EOFError, ConnectionError):
            while True:
                try:
                    order, arguments = self._connection.recv()
                    answer: tuple[Any, str | None] = getattr(self, order)(*arguments), None
                except (EOFError, ConnectionError):
                    raise
                except Exception:  # noqa: BLE001 - the tests see it
                    answer = None, traceback.format_exc()
                self._connection.send(answer)
        for child in self._children:
            os.kill(child, signal.SIGKILL)

    def bear(self, has_output: bool, twin: Twin | None, function: Any, arguments: Any) -> int:
        """Fork a process that calls the function, with the application first if there is one; its id."""
        output = recv_handle(self._connection) if has_output else None
        applications = [] if twin is None else [self._app(twin)]
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            self._connection.close()
            if output is not None:
                os.dup2(output, 1)
            _live(function, *applications, *arguments)
        if output is not None:
            os.close(output)
        self._children.add(child)
        return child

    def look(self, child: int) -> int | None:
        """How it ended, as `subprocess` has it; None while it lives."""
        pid, status = os.waitpid(child, os.WNOHANG)
        if not pid:
            return None
        self._children.remove(child)
        return os.waitstatus_to_exitcode(status)

    def practise(self, twin: Twin, function: Any, arguments: Any) -> None:
        """Call the function here, so that forks need not prepare again what it prepared in memory."""
        app = self._app(twin)
        try:
            function(app, *arguments)
        finally:
            service: Runtime = app.extensions["comun"]
            with app.app_context():
                service.db.session.remove()
                service.db.engine.dispose()
        # What a service remembers of its tables is another thing.
        app.extensions["service"].prepare(app)
        gc.freeze()

    def _app(self, twin: Twin) -> Flask:
        if twin not in self._apps:
            self._apps[twin] = app = twin.make()
            # Not that of who wants to make its tables.
            with contextlib.suppress(SQLAlchemyError):
                rehearse(app)
            gc.freeze()
        return self._apps[twin]


def _live(function: Any, *arguments: Any) -> NoReturn:
    """To the end of the process, which is not the one of the interpreter that it was forked from."""
    status = 0
    try:
        function(*arguments)
        threading._shutdown()  # type: ignore[attr-defined]  # waits for threads, as at every end of a program
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - the last one to see it
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def serve() -> None:
    """As `python -c <this> <the connection's file descriptor>`."""
    gc.disable()  # what is loaded stays, and forks do not live long
    be_patient()
    Nursery(Connection(int(sys.argv[1]))).serve()
