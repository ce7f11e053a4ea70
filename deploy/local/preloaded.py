"""supervisord that has loaded all services: each starts in no time, and the memory of it is shared.

A program `python -m <module> <arguments>` goes on as a fork of the supervisor instead of being executed anew;
everything else (when it is started again, how it is stopped, its process group) stays supervisord's. All of them
have the supervisor's command line in `ps -f`; `ps -o pid,comm` shows which is which.

What is to be done before anything is supervised, such as migrations, comes on standard input (`Command`).
"""

import atexit
import contextlib
import ctypes
import gc
import importlib
import json
import os
import runpy
import signal
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, NoReturn

from local_settings import LOG
from supervisor import supervisord
from supervisor.options import ServerOptions

# The servers under the services, and what is imported only when it is first needed.
SHARED = (
    "comun.cli",
    "gunicorn.arbiter",
    "gunicorn.workers.gthread",
    "psycopg2",
    "sqlalchemy.dialects.postgresql.psycopg2",
    "sqlalchemy.dialects.sqlite.pysqlite",
)
NAME = "SUPERVISOR_PROCESS_NAME"
_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15


class PreloadedOptions(ServerOptions):  # type: ignore[misc]
    """Where supervisord would execute a program, after the fork."""

    def execve(self, filename: str, argv: Sequence[str], env: Mapping[str, str]) -> None:
        """Become the program; the gateway and the like are executed as ever. Output goes to the file of `LOG`."""
        # Straight into it: through the supervisor's hands a busy service's log takes a tenth of a core.
        log = os.open(env[LOG], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        for standard in (1, 2):
            os.dup2(log, standard)
        os.close(log)
        # Elsewhere libraries of the system may not bear a fork.
        if sys.platform == "linux" and argv[:2] == [sys.executable, "-m"]:
            become(argv[2:], env)
        super().execve(filename, argv, env)


def become(argv: Sequence[str], env: Mapping[str, str]) -> NoReturn:
    """Run a module as `python -m` does, with this environment."""
    # Only what differs: each entry that is touched is a page less that is shared.
    for name in os.environ.keys() - env.keys():
        del os.environ[name]
    os.environ.update({name: value for name, value in env.items() if os.environ.get(name) != value})
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGCHLD, signal.SIGUSR2):
        signal.signal(number, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(_PR_SET_NAME, env[NAME].encode()[:15])
    sys.argv = list(argv)
    sys.path.insert(0, os.getcwd())
    status: Any = 0
    try:
        runpy.run_module(argv[0], run_name="__main__", alter_sys=True)
    except SystemExit as end:
        status = end.code
    except BaseException:  # noqa: BLE001 - the last one to see it
        traceback.print_exc()
        status = 1
    _end(status)


def _end(status: Any) -> NoReturn:
    """Leave as the interpreter does, but not through the supervisor that this process was."""
    if status is not None and not isinstance(status, int):
        sys.stderr.write(f"{status}\n")
        status = 1
    threading._shutdown()  # type: ignore[attr-defined]  # waits for threads, as at every end of a program
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status or 0)


class Command(NamedTuple):
    """`python -m <argv>` in a folder. Standard input is a JSON list of lists of these, each list all at once."""

    folder: str
    argv: Sequence[str]


def load(commands: Iterable[Command]) -> None:
    """Make the applications of these services; the memory of each is then shared by all its programs."""
    for folder, (package, *_) in commands:
        sys.path.append(folder)
        # Whatever is wrong with one is told by its own programs, in their logs.
        with contextlib.suppress(Exception, SystemExit):
            importlib.import_module(f"{package}.servicio").SERVICIO.create_ahead()
            importlib.import_module(f"{package}.cli")


def rehearse(commands: Iterable[Command]) -> None:
    """Have the applications do, in vain, what each of their programs begins with: that is shared, too."""
    for _folder, (package, *_) in commands:
        with contextlib.suppress(Exception, SystemExit):
            application = sys.modules[f"{package}.servicio"].SERVICIO.create_app()
            importlib.import_module("comun.rehearsal").rehearse(application)


def prepare_apart(orders: Iterable[Iterable[Command]]) -> str:
    """`prepare` in a process of its own, which loads once what all migrations need and the programs never do."""
    if sys.platform != "linux":
        return prepare(orders)
    failure = tempfile.TemporaryFile()
    pid = os.fork()
    if pid == 0:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        try:
            importlib.import_module("comun.migrations")
            failure.write(prepare(orders).encode())
            failure.flush()
            os._exit(0)
        finally:
            traceback.print_exc()
            os._exit(1)
    status = os.waitpid(pid, 0)[1]
    failure.seek(0)
    return failure.read().decode() or ("?" if status else "")


def prepare(orders: Iterable[Iterable[Command]]) -> str:
    """Do what came on standard input; what the first that failed had to say, nothing when all went well."""
    for group in orders:
        running = [_begin(command) for command in group]
        failed = [said for pid, said in running if os.waitpid(pid, 0)[1]]
        if failed:
            failed[0].seek(0)
            return failed[0].read().decode("utf-8", "replace") or "?"
    return ""


def _begin(command: Command) -> tuple[int, BinaryIO]:
    """The pid of a process that does it, and what it prints."""
    said = tempfile.TemporaryFile()
    said.write(f"python -m {' '.join(command.argv)}:\n".encode())
    said.flush()
    if sys.platform != "linux":
        line = [sys.executable, "-m", *command.argv]
        return subprocess.Popen(line, cwd=command.folder, stdout=said, stderr=said).pid, said  # noqa: S603
    pid = os.fork()
    if pid == 0:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        os.chdir(command.folder)
        for standard in (1, 2):
            os.dup2(said.fileno(), standard)
        become(command.argv, {**os.environ, NAME: "-".join(command.argv[:2])})
    return pid, said


def main() -> None:
    """As `supervisord <arguments>`."""
    gc.disable()
    for name in SHARED:
        importlib.import_module(name)
    orders = [[Command(*command) for command in group] for group in json.load(sys.stdin)]
    load(orders[0])
    gc.enable()
    gc.freeze()  # what does not last is collected below, once
    if failure := prepare_apart(orders):
        sys.stdout.write(failure)
        sys.exit(1)
    rehearse(orders[0])
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    # Whoever started us reads until here.
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1):
        os.dup2(nothing, standard)
    os.close(nothing)
    options = PreloadedOptions()
    options.realize(sys.argv[1:], doc=supervisord.__doc__)
    options.first, options.test = True, False
    supervisord.go(options)
    options.close_httpservers()
    options.close_logger()


if __name__ == "__main__":
    sys.path.remove(str(Path(__file__).parent))
    main()
