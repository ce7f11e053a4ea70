"""Prepared HTTP requests, and wrk that replays them over keep-alive connections."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).with_name("replay.lua")
NO_WRK = """\
The load is made by wrk, which is not on the PATH. Install it (Debian, Ubuntu: apt-get install wrk; Fedora,
Homebrew: the package has the same name; source: https://github.com/wg/wrk) and run `make bench` again."""


@dataclass(frozen=True)
class Result:
    """What one case came to. Milliseconds; `errors` are answers other than the expected one.

    `cpu` is what one request takes of the cores in all processes but the load generator.
    """

    name: str
    per_second: float
    p50: float
    p95: float
    p99: float
    cpu: float
    errors: int


@dataclass(frozen=True)
class Case:
    """Requests to one server, and the status that each must get.

    `once`: a request that was sent must not be sent again, as its effect would be in the way.
    """

    name: str
    url: str
    requests: Sequence[bytes]
    status: int = 200
    once: bool = False


class LoadError(RuntimeError):
    """The measurement would mean nothing; the message says why."""


def prepare(method: str, path: str, *, token: str = "", body: Any = None) -> bytes:
    """One HTTP/1.1 request as it goes over the wire."""
    head = [f"{method} {path} HTTP/1.1", "Host: localhost"]
    if token:
        head.append(f"Authorization: Bearer {token}")
    content = b""
    if body is not None:
        content = json.dumps(body).encode()
        head += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    return "\r\n".join([*head, "", ""]).encode() + content


class Wrk:
    """wrk with so many connections, in one thread so that the system keeps the cores; raises LoadError without it.

    `delay_ms`: how long a connection waits between an answer and its next request.
    """

    def __init__(self, connections: int, seconds: int, warm_up: int, *, delay_ms: float = 0) -> None:
        if shutil.which("wrk") is None:
            raise LoadError(NO_WRK)
        self._connections, self._seconds, self._warm_up = connections, seconds, warm_up
        self._delay_ms = round(delay_ms)

    def measure(self, case: Case, cpu_seconds: Callable[[], float]) -> Result:
        """Run a case, after a warm-up with other requests of it. `cpu_seconds` tells what was used until now."""
        first = max(1, len(case.requests) * self._warm_up // (self._warm_up + self._seconds))
        self._run(case, case.requests[:first], self._warm_up)
        before = cpu_seconds()
        figures = self._run(case, case.requests[first:] or case.requests, self._seconds)
        used = cpu_seconds() - before
        return Result(
            case.name,
            figures["requests"] / figures["seconds"],
            figures["p50"],
            figures["p95"],
            figures["p99"],
            used / figures["requests"] * 1000,
            figures["errors"],
        )

    def _run(self, case: Case, requests: Sequence[bytes], seconds: int) -> dict[str, Any]:
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"\0".join(requests))
            file.flush()
            done = subprocess.run(
                ["wrk", "-t1", f"-c{self._connections}", f"-d{seconds}s", "--timeout=30s", "-s", SCRIPT, case.url],
                env={
                    **os.environ,
                    "REPLAY_FILE": file.name,
                    "REPLAY_STATUS": str(case.status),
                    "REPLAY_DELAY": str(self._delay_ms),
                },
                capture_output=True,
                text=True,
            )
        lines = done.stdout.splitlines()
        if done.returncode or not lines or not lines[-1].startswith("{"):
            raise LoadError(f"{case.name}: wrk failed\n{done.stdout}{done.stderr}")
        figures: dict[str, Any] = json.loads(lines[-1])
        if case.once and figures["sent"] > len(requests):
            raise LoadError(f"{case.name}: {len(requests)} requests were too few for {seconds} s")
        return figures
