"""The sample data: valid numbers, nobody twice, the same bytes from the same seed."""

from __future__ import annotations

import csv
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from stdnum.ec import ci, ruc
from zxcvbn import zxcvbn

import generar

DATOS = Path(generar.__file__).parent
NOMBRES = tuple(generar.COLUMNAS)
Filas = dict[str, list[dict[str, str]]]


def leer(carpeta: Path) -> Filas:
    filas: Filas = {}
    for nombre in NOMBRES:
        with (carpeta / nombre).open(encoding="utf-8", newline="") as archivo:
            filas[nombre] = list(csv.DictReader(archivo))
    return filas


def generar_en(carpeta: Path, *, pacientes: int = 60, centros: int = 3, semilla: int = 2026) -> Filas:
    generar.generar(carpeta, pacientes_=pacientes, doctores_=12, centros_=centros, semilla=semilla)
    return leer(carpeta)


@pytest.fixture(scope="module")
def grande(tmp_path_factory: pytest.TempPathFactory) -> Filas:
    return generar_en(tmp_path_factory.mktemp("grande"), pacientes=5000, centros=10)


@pytest.mark.parametrize("nombre", NOMBRES)
def test_the_committed_files_are_what_the_generator_writes(nombre: str, tmp_path: Path) -> None:
    generar_en(tmp_path)
    assert (tmp_path / nombre).read_bytes() == (DATOS / nombre).read_bytes()


def test_the_sample_has_the_promised_sizes() -> None:
    filas = leer(DATOS)
    pacientes = filas["pacientes.csv"]
    assert len(filas["centros.csv"]) == 3
    assert len(filas["doctores.csv"]) == 12
    assert len(pacientes) == 60
    assert {fila["rol"] for fila in filas["usuarios.csv"]} == {"admin", "secretaria"}
    assert pacientes[0]["estado_paciente"] == "activo"
    assert sum(fila["estado_paciente"] == "inactivo" for fila in pacientes) >= 3
    assert sum(fila["crear_usuario"] == "false" for fila in pacientes) >= 10
    assert sum(bool(fila["contrasena"]) for fila in pacientes) >= 5
    assert sum(bool(fila["representante.nombres"]) for fila in pacientes) >= 3
    assert {fila["tipo_identificacion"] for fila in pacientes} == {"cedula", "ruc", "pasaporte"}
    assert "Pacific/Galapagos" in {fila["zona_horaria"] for fila in filas["centros.csv"]}


def test_another_seed_gives_other_people(tmp_path: Path) -> None:
    assert generar_en(tmp_path, semilla=1)["pacientes.csv"] != leer(DATOS)["pacientes.csv"]


def test_more_rows_leave_the_first_ones_as_they_are(grande: Filas) -> None:
    muestra = leer(DATOS)
    for nombre in ("centros.csv", "pacientes.csv", "usuarios.csv"):
        assert grande[nombre][: len(muestra[nombre])] == muestra[nombre]


def test_every_identity_number_is_valid(grande: Filas) -> None:
    for fila in grande["pacientes.csv"]:
        numero = fila["identificacion"]
        if fila["tipo_identificacion"] == "cedula":
            assert ci.is_valid(numero), numero
        elif fila["tipo_identificacion"] == "ruc":
            assert ruc.is_valid(numero), numero
        else:
            assert 0 < len(numero) <= 20
            assert not numero.isdigit()
        if fila["representante.identificacion"]:
            assert ci.is_valid(fila["representante.identificacion"])
    assert all(ci.is_valid(fila["identificacion"]) for fila in grande["doctores.csv"])
    assert all(ruc.is_valid(fila["ruc"]) for fila in grande["centros.csv"])


@pytest.mark.parametrize(
    ("nombre", "columna"),
    [
        ("usuarios.csv", "nombre_usuario"),
        ("centros.csv", "codigo"),
        ("centros.csv", "nombre"),
        ("doctores.csv", "identificacion"),
        ("doctores.csv", "registro_profesional"),
        ("pacientes.csv", "referencia_externa"),
        ("pacientes.csv", "identificacion"),
    ],
)
def test_natural_keys_are_never_repeated(grande: Filas, nombre: str, columna: str) -> None:
    valores = [fila[columna] for fila in grande[nombre]]
    assert all(valores)
    assert len(set(valores)) == len(valores)


@pytest.mark.parametrize("columna", ["nombre_usuario", "email"])
def test_no_user_name_or_address_is_shared_between_files(grande: Filas, columna: str) -> None:
    valores = [fila[columna] for filas in grande.values() for fila in filas if fila.get(columna)]
    assert len(set(valores)) == len(valores)
    if columna == "email":
        assert all(valor.endswith("@example.com") for valor in valores)


def test_references_to_centres_exist(grande: Filas) -> None:
    codigos = {fila["codigo"] for fila in grande["centros.csv"]}
    for nombre in ("usuarios.csv", "doctores.csv"):
        for fila in grande[nombre]:
            assert set(fila["centros"].split(";")) - {""} <= codigos
    assert all(ZoneInfo(fila["zona_horaria"]) for fila in grande["centros.csv"])


def test_passwords_are_long_and_not_guessed_at_once() -> None:
    for filas in leer(DATOS).values():
        for fila in filas:
            contrasena = fila.get("contrasena")
            if contrasena:
                datos = [fila["nombre_usuario"], fila["nombres"], fila["apellidos"]]
                assert len(contrasena) >= 10
                assert zxcvbn(contrasena, user_inputs=datos)["score"] >= 3


def test_a_hundred_thousand_patients_are_so_many_people() -> None:
    valores: dict[str, list[str]] = {
        columna: [] for columna in ("referencia_externa", "identificacion", "nombre_usuario", "email")
    }
    for fila in generar.pacientes(100_000, semilla=2026):
        for columna, vistos in valores.items():
            if columna in fila:
                vistos.append(fila[columna])
    assert len(valores["referencia_externa"]) == len(valores["identificacion"]) == 100_000
    assert all(len(set(vistos)) == len(vistos) for vistos in valores.values())
