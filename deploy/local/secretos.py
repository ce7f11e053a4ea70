"""Make the secrets of an installation: once, at random, one file each.

    python deploy/local/secretos.py deploy/secretos      (make secretos: for docker-compose.yml)

Files that exist stay as they are. `make run` keeps its own in var/secretos.
"""

import os
import sys
from pathlib import Path

SERVICES = ("auth", "admin", "citas", "comunicaciones", "inventario", "historia_clinica", "facturacion")


def make_secrets(folder: Path, mode: int = 0o600) -> None:
    """Write what is missing in `folder`, which only its owner can enter.

    `auth_secret_key` and `comunicaciones_secret_key` encrypt what those services keep, `citas_secret_key` signs the
    public links of appointments, `historia_clinica_secret_key` seals the trace of looks at records;
    `<service>_client_secret` proves a service to auth_service and `auth_service_clients` lists them for it.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for service in ("auth", "citas", "comunicaciones", "historia_clinica"):
        _keep(folder / f"{service}_secret_key", mode)
    clients = {service: _keep(folder / f"{service}_client_secret", mode) for service in SERVICES}
    _write(folder / "auth_service_clients", ",".join(f"{name}:{secret}" for name, secret in clients.items()), mode)


def make_compose_secrets(folder: Path) -> None:
    """The same and, for PostgreSQL, `postgres_password`, `<service>_db_password` and `<service>_database_url`.

    Compose mounts a file with the owner it has here, who is nobody in a container: the folder keeps others
    out, the files themselves can be read.
    """
    mode = 0o644
    make_secrets(folder, mode)
    _keep(folder / "postgres_password", mode)
    for service in SERVICES:
        password = _keep(folder / f"{service}_db_password", mode)
        _write(folder / f"{service}_database_url", f"postgresql://{service}:{password}@postgres:5432/{service}", mode)


def _keep(path: Path, mode: int) -> str:
    """The content of a secret file, made when it is absent: 256 random bits in hexadecimal."""
    if not path.exists():
        _write(path, os.urandom(32).hex(), mode)
    return path.read_text(encoding="utf-8")


def _write(path: Path, text: str, mode: int) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as file:
        file.write(text)
        os.fchmod(file.fileno(), mode)  # whatever the umask


if __name__ == "__main__":
    make_compose_secrets(Path(sys.argv[1]))
