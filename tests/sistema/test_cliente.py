"""The client against a whole system: loading, killed and repeated; the documented examples; the demonstrations.

On one database: ../despliegue/test_make_run.py loads the same data on the other. What the client meets of the API
does not depend on it.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from local_settings import REPOSITORY
from local_system import System

from odontocare_client import OdontoCareClient

CLIENTE = REPOSITORY / "client"
CARGA = CLIENTE / "carga_inicial.py"
DEMOSTRACIONES = (
    *("entrar_por_rol", "reservar", "doble_reserva", "mover", "cancelar", "agenda"),
    *("existencias", "consumo", "cobro", "webhooks", "expediente"),
)
SEGUNDOS = 900
DATOS = REPOSITORY / "data"
# What these start with is entered at each centre, what the others start with at the secretary's alone.
EN_CADA_CENTRO = ("BIO-01", "DES-")
DE_LA_SECRETARIA = "UIO:"

pytestmark = pytest.mark.parametrize("sistema", ["postgresql"], indirect=True)


def filas(archivo: str, datos: Path = DATOS) -> list[dict[str, str]]:
    with (datos / archivo).open(encoding="utf-8", newline="") as abierto:
        return list(csv.DictReader(abierto))


def ejecutar(*orden: str | Path) -> subprocess.CompletedProcess[str]:
    # Where scripts say python3 they get this one: one that looks for itself first takes five times as long.
    entorno = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run([*map(str, orden)], capture_output=True, text=True, timeout=SEGUNDOS, env=entorno)


def cargar(sistema: System, datos: Path) -> subprocess.CompletedProcess[str]:
    return ejecutar(*orden_de_carga(sistema, datos))


def orden_de_carga(sistema: System, datos: Path) -> list[str]:
    return [sys.executable, str(CARGA), "--url", sistema.url, "--datos", str(datos)]


def tabla(salida: str) -> dict[str, list[int]]:
    """File → created, existing, failed, not sent, as the load says at its end."""
    partes = (linea.split() for linea in salida.splitlines() if ".csv" in linea)
    return {archivo: [int(numero) for numero in numeros] for archivo, *numeros in partes}


# A load whose process is killed when its n-th POST to a path has been sent, before any answer to it is read.
INTERRUMPIDA = """
import http.client, os, runpy, signal, sys

_, ruta, faltan, programa, *argumentos = sys.argv
faltan = int(faltan)
conexion = http.client.HTTPConnection
empezar, leer = conexion.putrequest, conexion.getresponse

def contar(self, metodo, direccion, *otros, **mas):
    global faltan
    faltan -= (metodo, direccion) == ("POST", ruta)
    empezar(self, metodo, direccion, *otros, **mas)

def leer_si_vive(self, *otros):
    if faltan == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return leer(self, *otros)

conexion.putrequest, conexion.getresponse = contar, leer_si_vive
sys.argv = [programa, *argumentos]
sys.path.insert(0, os.path.dirname(programa))
runpy.run_path(programa, run_name="__main__")
"""


def interrumpir(orden: list[str], ruta: str, peticion: int) -> None:
    """Run a load that dies of SIGKILL as it sends its n-th POST to a path."""
    python, *resto = orden
    muerta = ejecutar(python, "-c", INTERRUMPIDA, ruta, str(peticion), *resto)
    assert muerta.returncode == -signal.SIGKILL, muerta.stderr


@pytest.fixture(scope="module")
def datos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample data, with less stock to start with."""
    carpeta = tmp_path_factory.mktemp("datos")
    for archivo in DATOS.glob("*.csv"):
        shutil.copy(archivo, carpeta)
    productos = filas("productos.csv")
    for fila in productos:
        if not fila["codigo"].startswith(EN_CADA_CENTRO):
            existencias = fila["existencias"].split(";")
            fila["existencias"] = ";".join(una for una in existencias if una.startswith(DE_LA_SECRETARIA))
    with (carpeta / "productos.csv").open("w", encoding="utf-8", newline="") as abierto:
        escritor = csv.DictWriter(abierto, productos[0])
        escritor.writeheader()
        escritor.writerows(productos)
    return carpeta


@pytest.fixture(scope="module")
def api(sistema: System) -> OdontoCareClient:
    """The administrator of the sample data, on a system that is up."""
    sistema.wait_ready()
    admin = next(fila for fila in filas("usuarios.csv") if fila["rol"] == "admin")
    cliente = OdontoCareClient(sistema.url, admin["nombre_usuario"], admin["contrasena"])
    cliente.login()
    return cliente


@pytest.fixture(scope="module")
def cargado(sistema: System, api: OdontoCareClient, datos: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A system loaded by a client that was killed three times; the appointment that the last run printed."""
    orden = orden_de_carga(sistema, datos)
    gente = tmp_path_factory.mktemp("gente")
    for archivo in ("centros.csv", "usuarios.csv", "doctores.csv", "pacientes.csv"):
        shutil.copy(datos / archivo, gente)

    interrumpir(orden, "/inventario/productos", 15)
    interrumpir(orden, "/admin/doctores", 5)
    # What comes before the people is there; the third time these alone are gone through again.
    interrumpir(orden_de_carga(sistema, gente), "/admin/pacientes", 21)
    final = cargar(sistema, datos)
    assert final.returncode == 0, final.stderr
    cuentas = tabla(final.stderr)
    assert [sum(numeros) for numeros in cuentas.values()] == [3, 4, 8, 69, 42, 208, 3, 10, 12, 60]
    assert cuentas["doctores.csv"] == [0, 12, 0, 0]
    creados, existentes, fallidos, sin_enviar = cuentas["pacientes.csv"]
    assert (fallidos, sin_enviar) == (0, 0)
    assert existentes >= 20
    assert creados > 0
    return final.stdout


def test_una_carga_interrumpida_tres_veces_deja_uno_de_cada_uno(api: OdontoCareClient, cargado: str) -> None:
    def veces(ruta: str, campo: str, quienes: list[str]) -> Iterator[int]:
        hallados = Counter(fila[campo] for fila in api.pages(ruta))
        return (hallados[quien] for quien in quienes)

    personas = [*filas("usuarios.csv"), *filas("doctores.csv"), *filas("pacientes.csv")]
    cuentas = [fila["nombre_usuario"] for fila in personas if fila["nombre_usuario"]]
    for ruta, campo, quienes in (
        ("/admin/centros", "codigo", [fila["codigo"] for fila in filas("centros.csv")]),
        ("/admin/doctores", "identificacion", [fila["identificacion"] for fila in filas("doctores.csv")]),
        ("/admin/pacientes", "referencia_externa", [fila["referencia_externa"] for fila in filas("pacientes.csv")]),
        ("/auth/usuarios", "nombre_usuario", cuentas),
        ("/inventario/proveedores", "ruc", [fila["ruc"] for fila in filas("proveedores.csv")]),
        ("/inventario/productos", "codigo", [fila["codigo"] for fila in filas("productos.csv")]),
        ("/inventario/tratamientos", "codigo", [fila["codigo"] for fila in filas("tratamientos.csv")]),
        ("/facturacion/puntos-emision", "nombre", [fila["nombre"] for fila in filas("puntos_emision.csv")]),
        ("/facturacion/categorias-gasto", "nombre", [fila["nombre"] for fila in filas("categorias_gasto.csv")]),
    ):
        assert set(veces(ruta, campo, quienes)) == {1}, ruta


def test_lo_que_habia_al_empezar_entro_una_vez(api: OdontoCareClient, datos: Path, cargado: str) -> None:
    hay = {fila["codigo"]: fila["stock_actual"] for fila in api.pages("/inventario/productos")}
    for fila in filas("productos.csv", datos):
        partes = (existencia.split(":") for existencia in fila["existencias"].split(";"))
        assert hay[fila["codigo"]] == sum(int(cantidad) for _, cantidad, *_ in partes), fila["codigo"]


def test_cada_cuenta_de_la_muestra_es_de_su_persona(api: OdontoCareClient, cargado: str) -> None:
    usuarios = {usuario["id"]: usuario for usuario in api.pages("/auth/usuarios")}
    nombres = {fila["identificacion"]: fila["nombre_usuario"] for fila in filas("doctores.csv")}
    for doctor in api.pages("/admin/doctores"):
        if nombres.get(doctor["identificacion"]):
            usuario = usuarios[doctor["usuario_id"]]
            assert (usuario["nombre_usuario"], usuario["doctor_id"]) == (
                nombres[doctor["identificacion"]],
                doctor["id"],
            )


def test_otra_carga_no_crea_nada_y_muestra_la_misma_cita(sistema: System, datos: Path, cargado: str) -> None:
    otra = cargar(sistema, datos)
    assert otra.returncode == 0, otra.stderr
    assert tabla(otra.stderr) == {
        "centros.csv": [0, 3, 0, 0],
        "usuarios.csv": [0, 4, 0, 0],
        "proveedores.csv": [0, 8, 0, 0],
        "productos.csv": [0, 69, 0, 0],
        "tratamientos.csv": [0, 42, 0, 0],
        "recetas.csv": [0, 208, 0, 0],
        "puntos_emision.csv": [0, 3, 0, 0],
        "categorias_gasto.csv": [0, 10, 0, 0],
        "doctores.csv": [0, 12, 0, 0],
        "pacientes.csv": [0, 60, 0, 0],
    }
    cita = json.loads(cargado)
    assert json.loads(otra.stdout) == cita
    assert (cita["estado"], cita["duracion_minutos"]) == ("programada", 30)
    assert cita["paciente"]["nombres"]
    assert cita["doctor"]["apellidos"]


@pytest.mark.usefixtures("en_un_dia")
def test_cada_ejemplo_documentado_se_cumple(sistema: System, cargado: str) -> None:
    orden = [CLIENTE / "pruebas" / "ejecutar.py", "--url", sistema.url, "--plazo", "240"]
    corrida = ejecutar(sys.executable, *orden)
    diferencias = [linea for linea in corrida.stdout.splitlines() if not linea.startswith("bien")]
    assert diferencias == ["Todo como está documentado."], corrida.stderr
    assert corrida.returncode == 0


@pytest.mark.parametrize("nombre", DEMOSTRACIONES)
def test_las_demostraciones_en_python_y_en_curl(
    sistema: System, cargado: str, nombre: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))  # where they put what they print
    en_python = ejecutar(sys.executable, CLIENTE / "demo" / f"{nombre}.py", sistema.url)
    assert en_python.returncode == 0, en_python.stdout + en_python.stderr
    en_curl = ejecutar("bash", CLIENTE / "demo" / "curl" / f"{nombre}.sh", sistema.url)
    assert en_curl.returncode == 0, en_curl.stdout + en_curl.stderr
    assert "Todo como se esperaba." in en_python.stdout
    assert "Todo como se esperaba." in en_curl.stdout


def test_el_receptor_se_suscribe_muestra_y_se_despide(sistema: System, api: OdontoCareClient, cargado: str) -> None:
    antes = {webhook["id"] for webhook in api.pages("/comunicaciones/webhooks")}
    orden = [sys.executable, str(CLIENTE / "demo" / "receptor_webhooks.py"), "--registrar", "--puerto", "0"]
    receptor = subprocess.Popen([*orden, "--url", sistema.url, "centro.*"], stdout=subprocess.PIPE, text=True)
    limite = threading.Timer(SEGUNDOS, receptor.kill)
    limite.start()
    assert receptor.stdout
    for linea in receptor.stdout:
        if "Escucha en" in linea:
            [nuevo] = [webhook for webhook in api.pages("/comunicaciones/webhooks") if webhook["id"] not in antes]
            assert nuevo["tipos"] == ["centro.*"]
            centro = api.post("/admin/centros", {"nombre": f"Centro de {nuevo['id']}"}).body
        elif "centro.creado.v1" in linea:
            assert f"centro/{centro['id']} (n.º 1)" in linea
            break
    receptor.send_signal(signal.SIGTERM)
    assert "* La suscripción terminó" in receptor.stdout.read()
    assert receptor.wait() == 0
    limite.cancel()
    assert {webhook["id"] for webhook in api.pages("/comunicaciones/webhooks")} == antes
