"""The loader: interrupted, throttled, cut off and repeated, each row exists once."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import carga_inicial
import generar

DATOS = Path(generar.__file__).parent
PROGRAMA = Path(carga_inicial.__file__)
with (DATOS / "productos.csv").open(encoding="utf-8", newline="") as _archivo:
    EXISTENCIAS = sum(len(fila["existencias"].split(";")) for fila in csv.DictReader(_archivo))
TOTALES = {
    "/auth/usuarios": 4,
    "/admin/centros": 3,
    "/admin/doctores": 12,
    "/admin/pacientes": 60,
    "/inventario/proveedores": 8,
    "/inventario/productos": 69,
    "/inventario/tratamientos": 42,
    "/inventario/movimientos": EXISTENCIAS,
    "/facturacion/puntos-emision": 3,
    "/facturacion/categorias-gasto": 10,
    "/citas": 1,
}


# What repetitions and faults are tried on: a few rows of each file that name each other.
TRATAMIENTOS = {"KIT-ODO", "ODO-001", "ODO-002"}
POCOS = {
    "/auth/usuarios": 4,
    "/admin/centros": 3,
    "/admin/doctores": 3,
    "/admin/pacientes": 12,
    "/inventario/proveedores": 8,
    "/inventario/productos": 11,
    "/inventario/tratamientos": 3,
    "/inventario/movimientos": 37,
    "/facturacion/puntos-emision": 3,
    "/facturacion/categorias-gasto": 10,
    "/citas": 1,
}


def cargar(servidor: Any, datos: Path, *opciones: str) -> int:
    return carga_inicial.main(["--url", servidor.url, "--datos", str(datos), "--paciencia", "60", *opciones])


def cuantas(servidor: Any) -> dict[str, int]:
    return {ruta: len(filas) for ruta, filas in servidor.filas.items()}


class Carga(NamedTuple):
    """A load that ended, and where it went."""

    estado: int
    salida: str
    tabla: str
    servidor: Any


@pytest.fixture(scope="module")
def muestra(servidor_compartido: Any) -> Carga:
    """The whole sample, loaded once."""
    with redirect_stdout(io.StringIO()) as salida, redirect_stderr(io.StringIO()) as tabla:
        estado = cargar(servidor_compartido, DATOS)
    return Carga(estado, salida.getvalue(), tabla.getvalue(), servidor_compartido)


@contextmanager
def cambiar(archivo: Path) -> Iterator[list[dict[str, str]]]:
    """The rows of a file, to be changed."""
    with archivo.open(encoding="utf-8", newline="") as texto:
        filas = list(csv.DictReader(texto))
    yield filas
    generar.escribir(archivo, iter(filas))


@pytest.fixture
def datos(tmp_path: Path) -> Path:
    """A few rows of each file of the sample."""
    for nombre in generar.COLUMNAS:
        (tmp_path / nombre).write_bytes((DATOS / nombre).read_bytes())
    with cambiar(tmp_path / "recetas.csv") as recetas:
        recetas[:] = [fila for fila in recetas if fila["tratamiento"] in TRATAMIENTOS]
    with cambiar(tmp_path / "productos.csv") as productos:
        productos[:] = [fila for fila in productos if fila["codigo"] in {linea["producto"] for linea in recetas}]
    with cambiar(tmp_path / "tratamientos.csv") as tratamientos:
        tratamientos[:] = [fila for fila in tratamientos if fila["codigo"] in TRATAMIENTOS]
    with cambiar(tmp_path / "doctores.csv") as doctores:
        del doctores[3:]
        for doctor in doctores:
            doctor["servicios"] = ";".join(s for s in doctor["servicios"].split(";") if s in TRATAMIENTOS)
    with cambiar(tmp_path / "pacientes.csv") as pacientes:
        del pacientes[12:]
    return tmp_path


def test_every_row_is_sent_and_an_appointment_booked(muestra: Carga) -> None:
    assert muestra.estado == 0
    assert cuantas(muestra.servidor) == TOTALES
    cita = json.loads(muestra.salida)
    assert (cita["paciente_id"], cita["doctor_id"], cita["centro_id"]) == (1, 1, 1)
    assert "pacientes.csv           60           0         0           0" in muestra.tabla
    assert "recetas.csv            208           0         0           0" in muestra.tabla
    assert "usuarios.csv             3           1         0           0" in muestra.tabla  # admin was there already


def test_rows_reach_the_api_as_it_wants_them(muestra: Carga) -> None:
    servidor = muestra.servidor
    centro = servidor.filas["/admin/centros"][2]
    assert centro["zona_horaria"] == "Pacific/Galapagos"
    assert centro["salas"][0] == {"nombre": "Sillón 1", "tipo": "sillon"}
    doctor = servidor.filas["/admin/doctores"][1]
    assert doctor["centros"] == [2]
    assert doctor["especialidades"] == ["Odontología general", "Endodoncia"]
    menor = next(fila for fila in servidor.filas["/admin/pacientes"] if "representante" in fila)
    assert menor["crear_usuario"] is False
    assert menor["representante"]["parentesco"] in ("madre", "padre")
    assert all(valor != "" for fila in servidor.filas["/admin/pacientes"] for valor in fila.values())


def test_products_come_with_their_packages_their_supplier_and_what_each_centre_has(muestra: Carga) -> None:
    servidor = muestra.servidor
    [anestesia] = [fila for fila in servidor.filas["/inventario/productos"] if fila["codigo"] == "MED-001"]
    assert anestesia["presentaciones"] == [{"nombre": "caja", "factor": "50"}]
    proveedor = servidor.filas["/inventario/proveedores"][anestesia["proveedor_id"] - 1]
    assert proveedor["nombre"] == "Distribuidora Farmacéutica Río Guayas S.A."
    entradas = [fila for fila in servidor.filas["/inventario/movimientos"] if fila["producto_id"] == anestesia["id"]]
    assert {fila["centro_id"] for fila in entradas} == {1, 2, 3}
    assert sum(int(fila["cantidad"]) for fila in entradas if fila["centro_id"] == 1) == 200
    assert all(fila["tipo"] == "entrada" and fila["lote"] and fila["caducidad"] > "2028" for fila in entradas)


def test_recipes_name_products_and_other_treatments(muestra: Carga) -> None:
    servidor = muestra.servidor
    ids = {
        fila["codigo"]: fila["id"]
        for ruta in ("productos", "tratamientos")
        for fila in servidor.filas[f"/inventario/{ruta}"]
    }
    assert len(servidor.recetas) == 42
    assert servidor.recetas[ids["ODO-001"]] == [{"incluye_id": ids["KIT-ODO"], "cantidad": "1"}]
    profilaxis = servidor.recetas[ids["ODO-002"]]
    assert profilaxis[1] == {"producto_id": ids["PRE-001"], "cantidad": "4", "unidad": "g"}
    assert profilaxis[3]["opcional"] is True
    doctor = servidor.filas["/admin/doctores"][0]
    assert doctor["servicios"][0] == ids["ODO-001"]
    assert servidor.filas["/citas"][0]["tratamientos"] == [{"tratamiento_id": ids["ODO-001"]}]


def test_stock_waits_for_the_news_of_its_centre(servidor: Any, datos: Path) -> None:
    servidor.centros_por_saber = 3
    assert cargar(servidor, datos) == 0
    assert cuantas(servidor) == POCOS


def test_a_recipe_that_exists_stays(servidor: Any, capsys: Any, datos: Path) -> None:
    cargar(servidor, datos)
    servidor.recetas[2] = otra = [{"producto_id": 1, "cantidad": 9}]
    assert cargar(servidor, datos) == 0
    assert servidor.recetas[2] == otra
    assert "recetas.csv              0          13         0           0" in capsys.readouterr().err


def test_a_line_that_names_no_product_fails_with_its_recipe_only(servidor: Any, capsys: Any, datos: Path) -> None:
    with (datos / "recetas.csv").open("a", encoding="utf-8") as archivo:
        archivo.write("ODO-002,NO-HAY,,1,,,\n")
    assert cargar(servidor, datos) == 1
    assert len(servidor.recetas) == 2
    assert "recetas.csv, línea 15: en /inventario/productos no hay ninguna fila con codigo NO-HAY" in (
        capsys.readouterr().err
    )


def test_secretaries_may_create_patients_and_are_not_granted_it_twice(servidor: Any, datos: Path) -> None:
    cargar(servidor, datos)
    assert servidor.permisos == {numero: ["admin:pacientes:crear"] for numero in (2, 3, 4)}
    servidor.permisos = {numero: ["admin:pacientes:crear", "otro"] for numero in (2, 3, 4)}
    cargar(servidor, datos)
    assert servidor.permisos[2] == ["admin:pacientes:crear", "otro"]


@pytest.mark.parametrize("respuestas_guardadas", [True, False])
def test_a_second_run_doubles_nothing(servidor: Any, capsys: Any, respuestas_guardadas: bool, datos: Path) -> None:
    cargar(servidor, datos)
    primera = json.loads(capsys.readouterr().out)
    if not respuestas_guardadas:
        servidor.respuestas.clear()
    assert cargar(servidor, datos) == 0
    assert cuantas(servidor) == POCOS
    salida, tabla = capsys.readouterr()
    assert json.loads(salida) == primera
    assert "pacientes.csv            0          12         0           0" in tabla


def test_a_cancelled_first_appointment_is_booked_anew(servidor: Any, datos: Path) -> None:
    cargar(servidor, datos)
    servidor.filas["/citas"][0]["estado"] = "cancelada"
    assert cargar(servidor, datos) == 0
    assert [cita["estado"] for cita in servidor.filas["/citas"]] == ["cancelada", "programada"]


def test_the_booking_takes_the_first_free_half_hour(servidor: Any, datos: Path) -> None:
    cargar(servidor, datos)
    servidor.filas["/citas"][0]["motivo_consulta"] = "otra"
    assert cargar(servidor, datos) == 0
    horas = [cita["fecha_hora"] for cita in servidor.filas["/citas"]]
    assert [hora[11:] for hora in horas] == ["09:00:00", "09:30:00"]


@pytest.mark.parametrize("fallo", ["429", "503", "401", "409", "corte"])
def test_a_passing_fault_costs_nothing(servidor: Any, capsys: Any, fallo: str, datos: Path) -> None:
    servidor.guion = dict.fromkeys((1, 5, 20, 50), fallo)
    assert cargar(servidor, datos) == 0
    assert cuantas(servidor) == POCOS
    assert "pacientes.csv           12           0         0           0" in capsys.readouterr().err


def test_a_system_that_stays_away_stops_the_load(servidor: Any, capsys: Any, datos: Path) -> None:
    servidor.guion = dict.fromkeys(range(10, 10_000), "503")
    assert carga_inicial.main(["--url", servidor.url, "--datos", str(datos), "--paciencia", "0"]) == 1
    salida, tabla = capsys.readouterr()
    assert salida == ""
    assert "Se detiene la carga" in tabla
    servidor.guion.clear()
    assert cargar(servidor, datos) == 0
    assert cuantas(servidor) == POCOS


@pytest.mark.processes
@pytest.mark.parametrize("en_la_creacion", [2, 40, 65, 88])
def test_killed_half_way_and_run_again(servidor: Any, en_la_creacion: int, datos: Path, capsys: Any) -> None:
    orden = [sys.executable, str(PROGRAMA), "--url", servidor.url, "--datos", str(datos)]
    proceso: subprocess.Popen[bytes]

    def matar(numero: int) -> None:
        if numero == en_la_creacion:
            proceso.kill()

    servidor.al_crear = matar
    proceso = subprocess.Popen(orden, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert proceso.wait(60) == -9
    assert sum(cuantas(servidor).values()) < sum(POCOS.values())
    servidor.al_crear = lambda numero: None
    assert cargar(servidor, datos) == 0
    assert cuantas(servidor) == POCOS
    assert json.loads(capsys.readouterr().out)["estado"] == "programada"


def test_failed_rows_are_listed_by_line_and_the_rest_goes_on(servidor: Any, capsys: Any, datos: Path) -> None:
    archivo = datos / "pacientes.csv"
    lineas = archivo.read_text(encoding="utf-8").splitlines()
    lineas[4] = lineas[4].replace("PAC-000004", "no-valido")
    lineas[6] += ",de más"
    lineas.append(lineas[10].replace("PAC-000010", "PAC-000002"))
    archivo.write_text("\n".join(lineas), encoding="utf-8")
    assert cargar(servidor, datos) == 1
    salida, tabla = capsys.readouterr()
    assert json.loads(salida)["estado"] == "programada"
    assert "pacientes.csv           10           0         3           0" in tabla
    assert "pacientes.csv, línea 5: 422 datos_invalidos" in tabla
    assert "pacientes.csv, línea 7: tiene más celdas que columnas" in tabla
    assert "pacientes.csv, línea 14: repite referencia_externa de la línea 3 con otros datos" in tabla


def test_an_identification_of_somebody_else_is_not_taken_for_the_same_row(servidor: Any, datos: Path) -> None:
    cargar(servidor, datos)
    servidor.respuestas.clear()
    archivo = datos / "pacientes.csv"
    archivo.write_text(archivo.read_text(encoding="utf-8").replace("PAC-000007", "OTRA-7"), encoding="utf-8")
    assert cargar(servidor, datos) == 1


def test_files_from_other_systems_load_with_their_own_names(servidor: Any, tmp_path: Path) -> None:
    archivos = {
        "usuarios.csv": "username;password;rol\nadmin;Iguana-Chagra-8426;admin\n",
        "centros.csv": "nombre;direccion\nClínica Ñuñoa;Av. Quito\n",
        "doctores.csv": "nombre;especialidad\nAna Núñez;Ortodoncia\n",
        "pacientes.csv": "nombre;telefono;estado\nJosé Peña;0999999999;ACTIVO\nLuis Sáenz;;ACTIVO\n",
    }
    for nombre, contenido in archivos.items():
        (tmp_path / nombre).write_bytes(contenido.encode("cp1252"))
    servidor.filas["/auth/usuarios"][0]["username"] = "admin"
    for _ in range(2):
        assert cargar(servidor, tmp_path, "--sin-cita") == 0
        servidor.respuestas.clear()
    assert {ruta: numero for ruta, numero in cuantas(servidor).items() if numero} == {
        "/auth/usuarios": 1,
        "/admin/centros": 1,
        "/admin/doctores": 1,
        "/admin/pacientes": 2,
    }
    assert servidor.filas["/admin/pacientes"][0]["nombre"] == "José Peña"


@pytest.mark.parametrize(
    ("nombre", "contenido"),
    [
        ("usuarios.csv", "nombre_usuario,contrasena,rol\nana,Iguana-Chagra-8426,secretaria\n"),
        ("centros.csv", None),
    ],
)
def test_it_says_why_it_cannot_begin(
    servidor: Any, capsys: Any, datos: Path, nombre: str, contenido: str | None
) -> None:
    (datos / nombre).unlink()
    if contenido:
        (datos / nombre).write_text(contenido)
    assert cargar(servidor, datos) == 2
    assert nombre in capsys.readouterr().err
