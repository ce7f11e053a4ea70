"""`make run`: the whole system on this machine, with the sample data, until Ctrl-C."""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from local_settings import PORTS, REPOSITORY
from local_system import StartError, System


def say(text: str) -> None:
    """Tell the person at the terminal, if there still is one."""
    with contextlib.suppress(OSError):
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()


def main() -> int:
    """Start, load, wait, stop. Returns the exit status."""
    options = _options()
    parent = _Parent()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if name != signal.SIGHUP or signal.getsignal(name) != signal.SIG_IGN:  # nohup keeps it ignored
            signal.signal(name, _stop_once)
    ports = {name: int(os.environ.get(f"{name.upper()}_PORT", port)) for name, port in PORTS.items()}
    system = System(options.folder, db=options.db, workers=options.workers, ports=ports)
    started = time.monotonic()
    say("OdontoCare arranca…")
    try:
        system.start()
        say(f"Listo en {time.monotonic() - started:.1f} s.")
        loaded = options.sin_datos or _load(system.url)
        pages = "documentación: /docs, salud: /health, estado: /estado"
        say(f"\nOdontoCare escucha en http://localhost:{ports['gateway']}  ({pages})")
        if not loaded:
            say("La carga de datos no terminó bien: vea arriba; se puede repetir con `make carga`.")
        say("Ctrl-C lo detiene.")
        while system.running and parent.waits_for_us():
            time.sleep(0.5)
        return 0 if system.running else 1
    except StartError as error:
        say(f"No arrancó: {error}")
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        say("\nDeteniendo…")
        system.stop()
        say("Detenido.")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--db", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--workers", type=int, help="gunicorn processes per service (1; PostgreSQL: 2)")
    parser.add_argument("--folder", type=Path, default=REPOSITORY / "var", help="databases, secrets, logs")
    parser.add_argument("--sin-datos", action="store_true", help="do not load data/*.csv")
    options = parser.parse_args()
    options.workers = options.workers or (2 if options.db == "postgresql" else 1)
    return options


def _stop_once(_signal: int, _frame: FrameType | None) -> None:
    """Begin to stop; whoever presses Ctrl-C again must not leave processes behind."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    raise KeyboardInterrupt


def _load(url: str) -> bool:
    """Load data/*.csv through the API; prints the appointment that it books."""
    loader = REPOSITORY / "client" / "carga_inicial.py"
    done = subprocess.run([sys.executable, str(loader), "--url", url])  # noqa: S603 - our own command
    return done.returncode == 0


class _Parent:
    """The `make` that started us.

    It dies with the terminal, which tells us too. But a SIGINT sent to make alone makes it wait for us without
    telling: it is seen by make no longer catching that signal (Linux).
    """

    def __init__(self) -> None:
        self._pid = os.getppid()
        self._caught = self._catches_interrupt()

    def waits_for_us(self) -> bool:
        """False once the parent has gone or been interrupted."""
        return os.getppid() == self._pid and self._catches_interrupt() == self._caught

    def _catches_interrupt(self) -> bool:
        try:
            status = Path(f"/proc/{self._pid}/status").read_text()
        except OSError:
            return False
        fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
        return fields["Name"] == "make" and bool(int(fields["SigCgt"], 16) >> (signal.SIGINT - 1) & 1)


if __name__ == "__main__":
    sys.exit(main())
