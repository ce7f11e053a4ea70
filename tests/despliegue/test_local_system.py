"""One supervisor over gateway, services and workers: it starts all, restarts the dead, leaves nothing behind."""

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import local_system
import psutil
import pytest
import requests
from local_settings import PORTS, free_ports, settings
from local_system import StartError, System
from secretos import SERVICES, make_secrets

pytestmark = pytest.mark.processes
# For what takes a second, but on a machine that stands still now and then.
SECONDS = 120


def family(system: System) -> list[psutil.Process]:
    supervisor = psutil.Process(system.supervisor_pid)
    return [supervisor, *supervisor.children(recursive=True)]


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    return list(psutil.wait_procs(processes, timeout=SECONDS)[1])


def test_start_and_stop_leave_nothing_behind(stand_ins: Path) -> None:
    with System(stand_ins, ports=free_ports()) as system:
        assert requests.get(f"{system.url}/health").json()["estado"] == "listo"
        workers = {f"{service}-worker" for service in SERVICES}
        assert set(system.pids) == {"gateway", *SERVICES, *workers}
        processes = family(system)
        assert len(processes) > 7
    assert alive(processes) == []
    with System(stand_ins, ports=system.ports) as again:  # at once on the same ports
        processes = family(again)
        os.kill(again.supervisor_pid, signal.SIGTERM)  # which it obeys as well
        assert alive(processes) == []
        assert not again.running


def test_what_dies_is_started_again(running: System) -> None:
    before = running.pids
    for program in before:
        running.kill(program)
    deadline = time.monotonic() + SECONDS
    while len(set(running.pids.items()) - set(before.items())) < len(before):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    running.wait_ready()


def test_a_program_can_be_taken_down_and_up(running: System) -> None:
    running.down("citas")
    assert requests.get(f"{running.url}/citas").status_code == 503
    running.up("citas")
    running.wait_ready()
    assert requests.get(f"{running.url}/citas").status_code == 200


def test_nothing_survives_the_death_of_the_starter(stand_ins: Path) -> None:
    code = f"""
import sys; sys.path[:0] = {sys.path!r}
import local_system, pathlib, time
local_system.REPOSITORY = pathlib.Path({str(local_system.REPOSITORY)!r})
system = local_system.System(pathlib.Path({str(stand_ins)!r}), ports={free_ports()!r}).start()
print(system.supervisor_pid, flush=True)
time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout
        supervisor = psutil.Process(int(starter.stdout.readline()))
        processes = [supervisor, *supervisor.children(recursive=True)]
        starter.kill()
    assert alive(processes) == []


def test_a_taken_port_is_named_and_nothing_starts(running: System, stand_ins: Path) -> None:
    second = System(stand_ins, ports=running.ports)
    with pytest.raises(StartError, match=r"puerto \d+ está ocupado.*GATEWAY_PORT"):
        second.start()
    assert not second.running


def test_a_service_that_cannot_start_is_told_with_the_place_of_its_log(
    stand_ins: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = stand_ins.parent / "repo" / "citas_service" / "citas" / "__main__.py"
    broken.write_text("import sys\nif sys.argv[1] == 'serve': sys.exit('falta una llave')\n")
    system = System(stand_ins, ports=free_ports())
    log = system.folder / "log" / "citas.log"

    def clock() -> float:
        """It runs on to the end of all patience once there is something to tell."""
        return time.monotonic() + (local_system.START_SECONDS if log.exists() and log.stat().st_size else 0)

    monkeypatch.setattr(local_system, "time", SimpleNamespace(monotonic=clock, sleep=time.sleep))
    with pytest.raises(StartError, match="log\ncitas: falta una llave"):
        system.start()


def test_what_kept_a_database_from_being_migrated_is_told(stand_ins: Path) -> None:
    broken = stand_ins.parent / "repo" / "inventario_service" / "inventario" / "__main__.py"
    broken.write_text("import sys\nif sys.argv[1] == 'migrate': sys.exit('falta una columna')\n")
    with pytest.raises(StartError, match="^python -m inventario migrate:\nfalta una columna$"):
        System(stand_ins, ports=free_ports()).start()


def test_commands_run_with_the_settings_of_the_system(running: System) -> None:
    assert running.command("citas", "migrate").split() == ["citas", "migrate", "sqlite:////otra"]
    with pytest.raises(StartError, match="no se pudo"):
        running.command("auth", "fallar")


def test_secrets_are_made_once_and_private(tmp_path: Path) -> None:
    make_secrets(tmp_path / "s")
    before = {path.name: path.read_text() for path in (tmp_path / "s").iterdir()}
    make_secrets(tmp_path / "s")
    assert before == {path.name: path.read_text() for path in (tmp_path / "s").iterdir()}
    assert len(set(before.values())) == len(before)
    for path in (tmp_path / "s").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "s").stat().st_mode) == 0o700
    assert before["auth_service_clients"].count(":") == len(SERVICES)
    assert f"citas:{before['citas_client_secret']}" in before["auth_service_clients"]


def test_no_secret_is_in_the_environment_of_the_processes(tmp_path: Path) -> None:
    make_secrets(tmp_path / "secretos")
    given = settings(tmp_path, PORTS, dict.fromkeys(SERVICES, "sqlite://"), 1, {})
    secrets = {path.read_text() for path in (tmp_path / "secretos").iterdir()}
    assert not secrets & set(given.values())
    assert given["CITAS_EVENT_SUBSCRIBERS"] == ",".join(
        (
            "admin=http://127.0.0.1:5006",
            "inventario=http://127.0.0.1:5002",
            "historia_clinica=http://127.0.0.1:5003",
            "facturacion=http://127.0.0.1:5004 cita.completada.v1 cita.reabierta.v1",
            "comunicaciones=http://127.0.0.1:5007",
        )
    )
    assert given["GATEWAY_CITAS"] == "127.0.0.1:5005"
