"""Processes for tests that begin at once: forks of one that has loaded the services, not of the tests' own.

They are real ones: with connections of their own, and nothing of theirs outlives a SIGKILL.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.reduction import send_handle
from pathlib import Path
from types import TracebackType
from typing import Any

from flask import Flask

from comun.runtime import Runtime
from comun.testing.databases import await_writers
from comun.testing.deaths import Moment, die
from comun.testing.nursery import Twin
from comun.testing.patience import PATIENCE


class Process:
    """One that runs, or has run; much like a `subprocess.Popen`."""

    def __init__(self, look: Callable[[int], int | None], pid: int, output: int | None) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._look = look
        self.stdout = os.fdopen(output, encoding="utf-8") if output is not None else None

    def poll(self) -> int | None:
        """How it ended (minus the number of the signal that ended it); None while it lives."""
        if self.returncode is None:
            self.returncode = self._look(self.pid)
        return self.returncode

    def wait(self, seconds: float = PATIENCE) -> int:
        """How it ended. Raises TimeoutError when it does not."""
        end, pause = time.monotonic() + seconds, 0.001
        while (status := self.poll()) is None:
            if time.monotonic() > end:
                raise TimeoutError(f"process {self.pid} does not end")
            time.sleep(pause)
            pause = min(2 * pause, 0.01)
        return status

    def send_signal(self, number: int) -> None:
        """Nothing, when it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def read(self) -> str:
        """All that is still to come of what it prints; it was started with `output=True`."""
        assert self.stdout is not None
        with self.stdout:
            return self.stdout.read()

    def readline(self) -> str:
        """The next line that it prints."""
        assert self.stdout is not None
        return self.stdout.readline()


class Processes:
    """Starts them. What they call must be found by its name in another process: no function within one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._one_at_a_time = threading.Lock()
        self._nursery: subprocess.Popen[bytes] | None = None

    def start(
        self, of: Flask | Twin | None, function: Callable[..., object], *arguments: Any, output: bool = False
    ) -> Process:
        """A process that calls this; `of` an application: with its like first.

        `output`: what it prints can be read; else it goes where that of the tests goes.
        """
        reading, writing = os.pipe() if output else (None, None)
        try:
            pid = self._ask("bear", output, _twin(of), function, arguments, handle=writing)
        finally:
            if writing is not None:
                os.close(writing)
        return Process(lambda pid: self._ask("look", pid), pid, reading)

    def killed(self, of: Flask | Twin, moment: Moment, function: Callable[..., object], *arguments: Any) -> bool:
        """Whether a process that calls this is killed at that moment; it may also end well before it comes.

        What it had begun `of` that application is undone by then, and what it had locked is free.
        """
        status = self.start(of, die, moment, function, *arguments).wait()
        assert status in (0, -signal.SIGKILL)
        if isinstance(of, Flask):
            _await_undoing(of)
        return status != 0

    def practise(self, of: Flask | Twin, function: Callable[..., object], *arguments: Any) -> None:
        """Call this once where all processes come from: each would else prepare each of its statements anew."""
        self._ask("practise", _twin(of), function, arguments)

    def _ask(self, order: str, *arguments: Any, handle: int | None = None) -> Any:
        with self._one_at_a_time:
            if self._nursery is None:
                self._begin()
            assert self._nursery is not None
            self._connection.send((order, arguments))
            if handle is not None:
                send_handle(self._connection, handle, self._nursery.pid)
            answer, failure = self._connection.recv()
        assert failure is None, failure
        return answer

    def _begin(self) -> None:
        self._connection, theirs = multiprocessing.Pipe()
        self._nursery = subprocess.Popen(  # noqa: S603 - of our own
            [sys.executable, "-c", "from comun.testing.nursery import serve; serve()", str(theirs.fileno())],
            env={**os.environ, "PYTHONPATH": os.pathsep.join([*sys.path, str(self._folder)])},
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            # Who interrupts the tests gives them time to end what they have.
            start_new_session=True,
        )
        theirs.close()

    def __enter__(self) -> Processes:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _where: TracebackType | None
    ) -> None:
        if self._nursery is not None:
            self._connection.close()
            self._nursery.wait(PATIENCE)


def _await_undoing(app: Flask) -> None:
    service: Runtime = app.extensions["comun"]
    with app.app_context():
        engine = service.db.engine
    await_writers(engine, service.db.metadata)


def _twin(of: Flask | Twin | None) -> Twin | None:
    return Twin.of(of) if isinstance(of, Flask) else of
