"""What a system costs: memory of all its processes together, time to start, and of the cores while it works."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
from local_settings import REPOSITORY, free_ports
from local_system import System

MIB = 2**20
PATIENCE = 180


@dataclass(frozen=True)
class Footprint:
    """PSS in MiB; seconds until everything is up and data/*.csv are loaded (first) or found to be there."""

    database: str
    pss: float
    processes: int
    first_start: float
    second_start: float


def measure(database: str) -> Footprint:
    """Start it twice in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="odontocare-") as folder:
        first, pss, processes = _run(Path(folder), database)
        second, _pss, _processes = _run(Path(folder), database)
    return Footprint(database, pss, processes, first, second)


def _run(folder: Path, database: str) -> tuple[float, float, int]:
    ports = {f"{name.upper()}_PORT": str(port) for name, port in free_ports().items()}
    out = folder / "stdout"
    started = time.monotonic()
    with out.open("w") as file:
        run = subprocess.Popen(
            [sys.executable, "deploy/local/run.py", "--db", database, "--folder", folder / "var"],
            cwd=REPOSITORY,
            env={**os.environ, **ports},
            stdout=file,
            stderr=file,
        )
    try:
        while "Ctrl-C lo detiene" not in out.read_text(encoding="utf-8"):
            if run.poll() is not None or time.monotonic() - started > PATIENCE:
                raise RuntimeError(f"make run did not start:\n{out.read_text(encoding='utf-8')}")
            time.sleep(0.05)
        seconds = time.monotonic() - started
        time.sleep(3)  # events of the load
        family = _family(run.pid, folder / "var" / "pg" / "postmaster.pid")
        return seconds, sum(process.memory_full_info().pss for process in family) / MIB, len(family)
    finally:
        run.send_signal(signal.SIGINT)
        run.wait(60)


def cpu_seconds(system: System) -> float:
    """What we, all that we started, and the system's PostgreSQL have used of the cores."""
    postmaster = system.folder / "pg" / "postmaster.pid"
    # Servers of connections that are closed count as its children that ended.
    ended = _postmaster(postmaster).cpu_times()
    used = ended.children_user + ended.children_system
    for process in _family(os.getpid(), postmaster):
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            used += times.user + times.system
    return used


def _family(pid: int, postmaster: Path) -> list[psutil.Process]:
    """The process, all that it started, and PostgreSQL, which detached itself."""
    heads = [psutil.Process(pid)]
    if postmaster.exists():
        heads.append(_postmaster(postmaster))
    return [process for head in heads for process in (head, *head.children(recursive=True))]


def _postmaster(pid_file: Path) -> psutil.Process:
    return psutil.Process(int(pid_file.read_text().split()[0]))
