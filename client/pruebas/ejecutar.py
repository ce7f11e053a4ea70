#!/usr/bin/env python3
"""Runs the documented endpoint tests against a live system, or writes them as a document.

    python client/pruebas/ejecutar.py --url http://127.0.0.1:8080 [--solo ID ...]
    python client/pruebas/ejecutar.py --documento

A test is an entry of one of the JSON files beside this one; README.md says how one is written. The system must hold
the sample data (`carga_inicial.py`). Exit status: 0 all as expected, 1 not.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

AQUI = Path(__file__).resolve().parent
sys.path.insert(0, str(AQUI.parent))

from archivos_csv import leer  # noqa: E402
from odontocare_client import ApiError, NotReachable, OdontoCareClient  # noqa: E402
from pruebas.ejemplos import (  # noqa: E402
    Diferencia,
    Grupo,
    Prueba,
    buscar,
    codigo_totp,
    comprobar,
    grupos,
    rellenar,
    sin_prueba,
)

Json = Any
ECUADOR = timezone(timedelta(hours=-5))
# What `{{unico}}` begins with: differs between runs and between the groups of one run.
_CORRIDAS = itertools.count(time.time_ns() // 1_000_000)
SEMANA = ("lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo")
ARCHIVO_DE_ROL = {
    "admin": "usuarios.csv",
    "secretaria": "usuarios.csv",
    "medico": "doctores.csv",
    "paciente": "pacientes.csv",
}


class Muestra:
    """The people of the sample data, each logged in once: the gateway lets an address log in only so often."""

    def __init__(self, url: str, datos: Path) -> None:
        self.url, self._datos = url, datos
        self._sesiones: dict[str, OdontoCareClient] = {}
        self._candado = threading.Lock()

    def sesion(self, rol: str) -> OdontoCareClient:
        """The first of that role. Raises `LookupError` when there is none with a password."""
        with self._candado:
            if rol not in self._sesiones:
                self._sesiones[rol] = _entrar(self.url, self._credenciales(rol))
            return self._sesiones[rol]

    def _credenciales(self, rol: str) -> dict[str, str]:
        for fila in leer(self._datos / ARCHIVO_DE_ROL[rol]):
            if fila.celdas.get("contrasena") and fila.celdas.get("rol", rol) == rol:
                return fila.celdas
        raise LookupError(f"{ARCHIVO_DE_ROL[rol]} no tiene a nadie con rol {rol} y contraseña")


def _entrar(url: str, credenciales: dict[str, str]) -> OdontoCareClient:
    sesion = OdontoCareClient(url, credenciales["nombre_usuario"], credenciales["contrasena"])
    sesion.login()
    return sesion


@dataclass
class _Preparacion:
    """What is made for a test: the values kept so far, what is shared with others, which tests have run."""

    valores: dict[str, Json]
    de_una_vez: dict[str, dict[str, Json]]
    hechas: set[str] = field(default_factory=set)


class Ejecutor:
    """Runs tests against one system. Every test first runs those it needs, so any can run alone.

    Tests that change nothing and need the same share what was made for the first of them, or what the test that they
    need has just made itself, until somebody changes it.
    """

    def __init__(self, muestra: Muestra) -> None:
        self._muestra = muestra
        self.pruebas = {prueba.id: prueba for grupo in grupos() for prueba in grupo.pruebas}
        self._anonimo = OdontoCareClient(muestra.url)
        self._sesiones: dict[str, OdontoCareClient] = {}
        self._hecho: dict[tuple[str, ...], tuple[dict[str, Json], set[str]]] = {}
        self._cambiado: set[str] = set()
        self._de_una_vez: dict[str, dict[str, Json]] = {}
        self._corrida = f"{next(_CORRIDAS):x}"
        self._numero = 0

    def ejecutar(self, prueba: Prueba, ruta: str | None = None) -> None:
        """Runs one test by its own route or by an alias of it. Raises `Diferencia`."""
        necesita = (str(prueba.a_solas), *prueba.antes)
        if prueba.cambia or necesita not in self._hecho:
            self._cambiado = set()
            hecho = self._preparar(prueba), self._cambiado
        else:
            hecho = self._hecho[necesita]
        valores = dict(hecho[0])
        self._pedir(prueba, ruta or prueba.ruta, valores)
        if prueba.cambia:
            self._hecho[str(prueba.a_solas), prueba.id] = valores, self._cambiado
        else:
            self._hecho[necesita] = hecho

    def _preparar(self, prueba: Prueba) -> dict[str, Json]:
        """Runs the tests that it needs and gives what they keep."""
        preparacion = _Preparacion(dias(), {} if prueba.a_solas else self._de_una_vez)
        for previa in prueba.antes:
            self._previa(previa, preparacion)
        return preparacion.valores

    def _previa(self, id_: str, en: _Preparacion) -> None:
        if id_ in en.hechas:
            return
        en.hechas.add(id_)
        prueba = self.pruebas[id_]
        if not prueba.una_vez:
            self._hacer(prueba, en)
            return
        if id_ not in en.de_una_vez:
            aparte = _Preparacion(dias(), en.de_una_vez)
            self._hacer(prueba, aparte)
            en.de_una_vez[id_] = {nombre: valor for nombre, valor in aparte.valores.items() if nombre not in dias()}
        en.valores |= en.de_una_vez[id_]

    def _hacer(self, prueba: Prueba, en: _Preparacion) -> None:
        """Runs a test that another needs, after those that it needs itself."""
        for otra in prueba.antes:
            self._previa(otra, en)
        try:
            self._pedir(prueba, prueba.ruta, en.valores)
        except Diferencia as error:
            raise Diferencia(f"antes, en {prueba.id}: {error}") from error

    def _pedir(self, prueba: Prueba, ruta: str, valores: dict[str, Json]) -> None:
        self._numero += 1
        valores["unico"] = f"{self._corrida}{self._numero}"
        valores |= {"momento": _momento(self._numero), **_serie(self._corrida, self._numero), **prueba.fija}
        if "secreto_totp" in valores:
            valores["codigo_totp"] = codigo_totp(valores["secreto_totp"], time.time())
        sesion = self._sesion(prueba, valores)
        cuerpo = _cuerpo(prueba, valores)
        encabezados = rellenar(prueba.encabezados, valores)
        if "data" in cuerpo and "files" not in cuerpo:
            encabezados.setdefault("Content-Type", "application/json")
        anonima = not (prueba.rol or prueba.como)
        limite = time.monotonic() + prueba.espera.get("plazo", 0)
        while True:
            respuesta, _ = sesion.send(
                prueba.metodo,
                # An address that an answer told is used as it stands.
                rellenar(ruta, valores).removeprefix(self._muestra.url),
                **cuerpo,
                headers=encabezados,
                anonymous=anonima,
            )
            try:
                comprobar(prueba, respuesta, valores)
                break
            except Diferencia:
                if time.monotonic() > limite:
                    raise
                time.sleep(0.2)
        if prueba.cambia and prueba.metodo != "POST":
            self._anotar_cambio(rellenar(prueba.ruta, valores))
        valores |= {nombre: buscar(respuesta.json(), donde) for nombre, donde in prueba.guarda.items()}
        valores |= {nombre: respuesta.headers[cual] for nombre, cual in prueba.guarda_encabezados.items()}

    def _anotar_cambio(self, direccion: str) -> None:
        self._cambiado.add(direccion)
        self._hecho = {antes: hecho for antes, hecho in self._hecho.items() if direccion not in hecho[1]}

    def _sesion(self, prueba: Prueba, valores: dict[str, Json]) -> OdontoCareClient:
        if prueba.rol:
            return self._muestra.sesion(prueba.rol)
        if not prueba.como:
            return self._anonimo
        credenciales = rellenar(prueba.como, valores)
        nombre = credenciales["nombre_usuario"]
        if nombre not in self._sesiones:
            self._sesiones[nombre] = _entrar(self._muestra.url, credenciales)
        return self._sesiones[nombre]


def dias() -> dict[str, Json]:
    """Days of Ecuador's calendar that tests may use: `dia` and `otro_dia` are weekdays more than a week ahead."""
    hoy = datetime.now(ECUADOR).date()
    laborables = (hoy + timedelta(days=n) for n in range(8, 20) if (hoy + timedelta(days=n)).weekday() < 5)
    dia, otro = next(laborables), next(laborables)
    ayer: date = hoy - timedelta(days=2)
    fechas = {"hoy": hoy, "ayer": ayer, "dia": dia, "otro_dia": otro}
    semana = {f"{nombre}_semana": SEMANA[fechas[nombre].weekday()] for nombre in ("dia", "otro_dia")}
    return {nombre: str(fecha) for nombre, fecha in fechas.items()} | semana


def _momento(numero: int) -> str:
    """A half hour more than a year ahead; no two numbers have the same."""
    inicio = datetime.combine(datetime.now(ECUADOR).date() + timedelta(days=400), datetime.min.time())
    return (inicio + timedelta(minutes=30 * numero)).isoformat()


def _serie(corrida: str, numero: int) -> dict[str, Json]:
    """The two halves of an emission point's series; no two numbers below 7919 have the same, in any run."""
    establecimiento, punto = divmod((int(corrida, 16) * 7919 + numero) % (899 * 999), 999)
    return {"establecimiento": f"{100 + establecimiento}", "punto": f"{1 + punto:03d}"}


def _cuerpo(prueba: Prueba, valores: dict[str, Json]) -> dict[str, Json]:
    """The input as JSON, as a form with its files, or as bytes when the file is deliberately not JSON."""
    texto = prueba.texto_de_entrada()
    if prueba.archivos:
        partes = {nombre: (archivo, prueba.archivo(archivo)) for nombre, archivo in prueba.archivos.items()}
        return {"data": rellenar(json.loads(texto or "{}"), valores), "files": partes}
    if not texto:
        return {}
    try:
        return {"json": rellenar(json.loads(texto), valores)}
    except json.JSONDecodeError:
        return {"data": texto.encode()}


def main(argumentos: Sequence[str] | None = None) -> int:
    """Runs what the command line asks for and returns the exit status."""
    analizador = argparse.ArgumentParser(description="Pruebas documentadas de cada endpoint.")
    analizador.add_argument("--url", default="http://127.0.0.1:8080")
    analizador.add_argument("--datos", type=Path, default=AQUI.parent.parent / "data")
    analizador.add_argument("--solo", nargs="+", default=[], metavar="ID")
    analizador.add_argument("--a-la-vez", type=int, default=4, metavar="N", help="grupos que se ejecutan a la vez")
    analizador.add_argument("--documento", action="store_true", help="escribe los .md y termina")
    opciones = analizador.parse_args(argumentos)
    if opciones.documento:
        from documento import documentos  # noqa: PLC0415

        for nombre, texto in documentos(grupos()).items():
            (AQUI / nombre).write_text(texto, encoding="utf-8")
        return 0
    diferencias = 0
    muestra = Muestra(opciones.url, opciones.datos)
    with ThreadPoolExecutor(opciones.a_la_vez) as hilos:
        for lineas in hilos.map(lambda grupo: _grupo(grupo, muestra, opciones.solo), grupos()):
            sys.stdout.write("".join(f"{linea}\n" for linea in lineas))
            diferencias += sum(not linea.startswith("bien") for linea in lineas)
    if not opciones.solo:
        openapi, _ = OdontoCareClient(opciones.url).send("GET", "/openapi.json", anonymous=True)
        documentadas = [prueba for grupo in grupos() for prueba in grupo.pruebas]
        for operacion in sin_prueba(documentadas, openapi.json()):
            sys.stdout.write(f"SIN PRUEBA  {operacion}\n")
            diferencias += 1
    sys.stdout.write("Todo como está documentado.\n" if not diferencias else f"{diferencias} diferencias.\n")
    return 1 if diferencias else 0


def _grupo(grupo: Grupo, muestra: Muestra, solo: list[str]) -> list[str]:
    """Runs the chosen tests of a group one after the other; a line about each."""
    ejecutor = Ejecutor(muestra)
    return [
        _una(ejecutor, prueba, ruta)
        for prueba in grupo.pruebas
        if prueba.id in solo or not solo
        for ruta in [prueba.ruta, *prueba.alias]
    ]


def _una(ejecutor: Ejecutor, prueba: Prueba, ruta: str) -> str:
    try:
        ejecutor.ejecutar(prueba, ruta)
    except (Diferencia, ApiError, NotReachable, LookupError) as error:
        return f"FALLA  {prueba.id}: {prueba.metodo} {ruta}: {error}"
    return f"bien   {prueba.id}: {prueba.metodo} {ruta}"


if __name__ == "__main__":
    sys.exit(main())
