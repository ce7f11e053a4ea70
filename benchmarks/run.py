"""Load test of a whole system on PostgreSQL, beside bare Flask and beside pgbench, in one run.

    make bench ARGS="--pacientes 100000 --citas 100000"

What it measures and how to read it: docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "deploy" / "local"))

import dataset
import floor
import footprint
import statements
from cases import bare_cases, cases
from dataset import Network
from load import Case, LoadError, Result, Wrk
from local_settings import REPOSITORY, free_ports
from local_system import StartError, System, gateway_conf

SETTINGS = {
    "GATEWAY_RATE": "1000000r/s",
    "GATEWAY_BURST": "1000000",
    "GATEWAY_LOGIN_RATE": "1000000r/s",
    "GATEWAY_LOGIN_BURST": "1000000",
    "AUTH_ACCESS_SECONDS": "36000",  # one token for the whole run
}
WARM_UP_SECONDS = 2
HEADER = f"{'':40} {'req/s':>8} {'p50 ms':>8} {'p95 ms':>8} {'p99 ms':>8} {'CPU ms':>7} {'errors':>7} {'of bare':>8}"


def say(text: str = "") -> None:
    """Print at once."""
    print(text, flush=True)


def main() -> int:
    """Run all; the exit status says whether every answer was the expected one."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    options = _options()
    try:
        wrk = Wrk(options.conexiones, options.segundos, WARM_UP_SECONDS)
        _machine(options)
        with tempfile.TemporaryDirectory(prefix="odontocare-bench-") as folder:
            results = _load_test(Path(folder), options, wrk)
        if not options.solo:
            _footprints()
    except (LoadError, StartError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyboardInterrupt:
        return 130
    return 1 if any(result.errors for result in results) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pacientes", type=int, default=10_000, help="patients (10000)")
    parser.add_argument("--citas", type=int, default=20_000, help="appointments that are there before (20000)")
    parser.add_argument("--segundos", type=int, default=10, help="length of each case (10)")
    parser.add_argument("--conexiones", type=int, default=8, help="connections of the load generator (8)")
    parser.add_argument("--workers", type=int, default=2, help="gunicorn processes per service (2)")
    parser.add_argument("--solo", metavar="TEXT", help="only the cases with this in their names")
    return parser.parse_args()


def _load_test(folder: Path, options: argparse.Namespace, wrk: Wrk) -> list[Result]:
    ports = free_ports()
    with System(folder / "var", db="postgresql", workers=options.workers, ports=ports, env=SETTINGS) as system:
        network = dataset.load(system, options.pacientes, options.citas, say)
        report = Report()

        def measure(case: Case) -> None:
            report.add(wrk.measure(case, lambda: footprint.cpu_seconds(system)))

        with _bare_server(folder, system, options.workers) as bare_url:
            bare = bare_cases(bare_url, network.secretary)
            say(f"\n{HEADER}")
            measure(bare[0])
            measure(bare[1])
            for case in cases(network, system.url, options.segundos):
                if not options.solo or options.solo in case.name:
                    measure(case)
                    dataset.wait_for_events(system, lambda _text: None)
            measure(Case("bare Flask, once more", bare[0].url, bare[0].requests))
        system.down("citas-worker")
        system.down("admin-worker")
        if not options.solo:
            for name, script in (
                ("pgbench: appointment and its times", "row.sql"),
                ("pgbench: all rows of a booking", "booking.sql"),
            ):
                report.add(floor.measure(name, script, system, network, options.conexiones, options.segundos))
            _statements(system, network)
    return report.results


class Report:
    """Prints results as they come, each in relation to the first, which is bare Flask."""

    def __init__(self) -> None:
        self.results: list[Result] = []
        self._bare = 0.0

    def add(self, result: Result) -> None:
        """Print one."""
        self._bare = self._bare or result.per_second
        self.results.append(result)
        share = f"{result.per_second / self._bare:.2f}"
        say(
            f"{result.name:40} {result.per_second:8.0f} {result.p50:8.1f} {result.p95:8.1f} {result.p99:8.1f}"
            f" {result.cpu:7.2f} {result.errors:7} {share:>8}"
        )


@contextlib.contextmanager
def _bare_server(folder: Path, system: System, workers: int) -> Iterator[str]:
    """bare.py behind a second gateway with the same configuration; yields its address."""
    ports = free_ports()
    jwks = folder / "jwks.json"
    jwks.write_bytes(dataset.fetch(f"{system.url}/auth/.well-known/jwks.json"))
    env = {
        **system.env,
        "BARE_PORT": str(ports["auth"]),
        "BARE_WORKERS": str(workers),
        "BARE_THREADS": os.environ.get("CITAS_THREADS", "8"),
        "BARE_JWKS": str(jwks),
        "GATEWAY_AUTH": f"127.0.0.1:{ports['auth']}",
        "GATEWAY_LISTEN": f"127.0.0.1:{ports['gateway']}",
        "GATEWAY_ACCESS_LOG": str(folder / "bare-access.log"),
    }
    url = f"http://127.0.0.1:{ports['gateway']}"
    with (folder / "bare.log").open("w") as log:
        app = subprocess.Popen([sys.executable, REPOSITORY / "benchmarks" / "bare.py"], env=env, stderr=log)
        nginx = subprocess.Popen(gateway_conf.prepare(folder / "bare-gateway", env), stderr=log)
    try:
        dataset.fetch(f"{url}/auth/constante", patience=20)
        yield url
    finally:
        nginx.terminate()
        app.terminate()
        nginx.wait(20)
        app.wait(20)


def _statements(system: System, network: Network) -> None:
    """Print what the databases are asked; the workers are down."""
    api = dataset.Api(system.url)
    bookings = network.bookings()

    def book(n: int) -> None:
        # At a free hour: those of the day were taken when booking was measured.
        body = next(bookings)
        api.call(
            "POST", "/citas", network.secretary, json={**body, "fecha_hora": f"2099-01-{n + 1:02d}T08:00:00-05:00"}
        )

    def reading(path: str) -> Callable[[int], None]:
        return lambda n: api.call("GET", path.format(n=n + 1), network.secretary)

    say("\nSQL statements per request (+ BEGIN, COMMIT, ROLLBACK and pings), by database")
    for name, work in {
        "booking": book,
        "list of appointments, 20 rows": reading("/citas"),
        "one appointment": reading("/citas/{n}"),
        "free slots: a doctor, 7 days": reading(f"/citas/disponibilidad?doctor_id={network.scheduled.start}"),
        "free slots: 20 doctors, 7 days": reading(f"/citas/disponibilidad?centro_id={network.scheduled_centre}"),
        "search of a patient: common word": reading("/admin/pacientes?q=mar"),
        "one patient": reading("/admin/pacientes/{n}"),
    }.items():
        say(f"{name:40} {statements.count(system, work)}")


def _footprints() -> None:
    say("\nmake run with data/*.csv           PSS MiB  processes  first start s  second start s")
    for database, workers in (("sqlite", 1), ("postgresql", 2)):
        found = footprint.measure(database)
        name = f"{database}, {workers} worker(s) per service"
        say(f"{name:32} {found.pss:9.0f} {found.processes:10} {found.first_start:14.1f} {found.second_start:15.1f}")


def _machine(options: argparse.Namespace) -> None:
    """What it runs on, and what runs."""
    model = re.search(r"model name\s*: (.*)", _read("/proc/cpuinfo"))
    commit = _output("git", "-C", str(REPOSITORY), "describe", "--always", "--dirty")
    nginx = _output(gateway_conf.prepare(Path(tempfile.mkdtemp()), {})[0], "-v")
    packages = ("flask", "gunicorn", "sqlalchemy", "flask-smorest", "marshmallow", "psycopg2-binary")
    say(f"{time.strftime('%Y-%m-%d %H:%M %Z')}, commit {commit}")
    say(
        f"{os.cpu_count()} cores, {model[1] if model else platform.processor()}, {platform.system()}"
        f" {platform.release()}, load average before: {os.getloadavg()[0]:.2f}"
    )
    say(f"Python {platform.python_version()}, {', '.join(f'{name} {version(name)}' for name in packages)}")
    say(f"{nginx}; {_output('wrk', '-v').split(' Copyright')[0]}; {floor.version()}")
    say(
        f"{options.workers} gunicorn processes of {os.environ.get('CITAS_THREADS', '8')} threads per service,"
        f" {options.conexiones} connections, {options.segundos} s per case, log level"
        f" {os.environ.get('LOG_LEVEL', 'INFO')}\n"
    )


def _output(*command: str) -> str:
    """The first line that a command prints."""
    done = subprocess.run(command, capture_output=True, text=True)
    return next(iter((done.stdout + done.stderr).splitlines()), "")


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""


if __name__ == "__main__":
    sys.exit(main())
