"""`make run` as a newcomer meets it: the appointment, the same data again, nothing left behind."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests
from local_settings import free_ports

ROOT = Path(__file__).resolve().parents[2]
MIB = 2**20
# For what takes a second, but on a machine that stands still now and then.
SECONDS = 120

pytestmark = pytest.mark.processes


def as_a_terminal_does() -> None:
    """Ctrl-C and a closed terminal count, also when these tests run in the background, where both are ignored."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)


class MakeRun:
    """`make run` in a session of its own, as in a terminal, with its data in `folder`."""

    def __init__(self, folder: Path, ports: dict[str, int], root: Path = ROOT) -> None:
        self.url = f"http://127.0.0.1:{ports['gateway']}"
        self._out = folder.parent / "stdout"
        settings = {f"{name.upper()}_PORT": str(port) for name, port in ports.items()}
        outer_make = {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}
        started = time.monotonic()
        with self._out.open("w") as out:
            self.make = subprocess.Popen(
                ["make", "-o", ".venv/.run", "run", f"FOLDER={folder}"],
                cwd=root,
                env={**{k: v for k, v in os.environ.items() if k not in outer_make}, **settings},
                stdout=out,
                stderr=out.fileno(),
                start_new_session=True,
                preexec_fn=as_a_terminal_does,
            )
        while "Ctrl-C lo detiene" not in self.output:
            assert self.make.poll() is None and time.monotonic() - started < 300, self.output
            time.sleep(0.1)
        self.seconds = time.monotonic() - started
        self.processes = psutil.Process(self.make.pid).children(recursive=True)

    @property
    def output(self) -> str:
        return self._out.read_text(encoding="utf-8")

    @property
    def appointment(self) -> dict[str, Any]:
        """The JSON object that stands alone in the output."""
        found: dict[str, Any] = json.JSONDecoder().raw_decode(self.output, self.output.index("\n{") + 1)[0]
        return found

    def leftovers(self) -> list[psutil.Process]:
        left = psutil.wait_procs(self.processes, timeout=SECONDS)[1]
        self.make.wait(SECONDS)
        return left

    def well(self) -> bool:
        """Whether the gateway calls it so."""
        return bool(requests.get(f"{self.url}/health").json()["estado"] == "listo")


def test_twice_the_same_appointment_within_its_limits_and_nothing_left_behind(tmp_path: Path) -> None:
    ports = free_ports()
    first = MakeRun(tmp_path / "var", ports)
    try:
        until = time.monotonic() + SECONDS
        while not first.well():  # whose service just stands still is called absent
            assert time.monotonic() < until
            time.sleep(0.1)
        memory = sum(process.memory_full_info().pss for process in first.processes)
        appointment = first.appointment
        assert "no terminó bien" not in first.output
    finally:
        os.killpg(first.make.pid, signal.SIGINT)  # Ctrl-C: everybody in the foreground
    assert first.leftovers() == []
    assert memory < 700 * MIB
    assert appointment["estado"] == "programada"

    second = MakeRun(tmp_path / "var", ports)
    try:
        assert second.appointment["id"] == appointment["id"]
    finally:
        os.kill(second.make.pid, signal.SIGINT)  # the signal to make alone
    assert second.leftovers() == []


ENDS: dict[str, Callable[[MakeRun], None]] = {
    "make is told to end": lambda run: os.kill(run.make.pid, signal.SIGTERM),
    "the terminal closes": lambda run: os.killpg(run.make.pid, signal.SIGHUP),
    "make is killed": lambda run: os.kill(run.make.pid, signal.SIGKILL),
}


@pytest.mark.parametrize("end", ENDS)
def test_no_end_leaves_a_process_behind(tmp_path: Path, repository: Path, end: str) -> None:
    run = MakeRun(tmp_path / "var", free_ports(), repository)
    ENDS[end](run)
    assert run.leftovers() == []
