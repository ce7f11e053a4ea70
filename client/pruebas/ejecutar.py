#!/usr/bin/env python3
"""Runs the documented endpoint tests against a live system, or writes them as a document.

    python client/pruebas/ejecutar.py --url http://127.0.0.1:8080 [--solo ID ...] [--alias]
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
from collections.abc import Iterator, Sequence
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
ASolas = bool | list[str]
# So many weeks lie between the appointments of two preparations: a series goes on for four.
SEMANAS = 4
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
class _Hecho:
    """What some tests have made: the values they keep, and the addresses that they read or changed."""

    valores: dict[str, Json]
    direcciones: set[str] = field(default_factory=set)


@dataclass
class _Preparacion(_Hecho):
    """What is being made for a test: also what it does not share with others, and which tests have run."""

    a_solas: ASolas = False
    propio: dict[str, dict[str, Json]] = field(default_factory=dict)
    hechas: set[str] = field(default_factory=set)


class Ejecutor:
    """Runs tests against one system. Every test first runs those it needs, so any can run alone.

    What was made for a test, or what the test that it needs has just made itself, serves all that need the same until
    somebody changes it: the first that does takes it over. What may take some seconds may take `plazo` at least.
    """

    def __init__(self, muestra: Muestra, plazo: float = 0) -> None:
        self._muestra, self._plazo = muestra, plazo
        self.pruebas = {prueba.id: prueba for grupo in grupos() for prueba in grupo.pruebas}
        self._anonimo = OdontoCareClient(muestra.url)
        self._sesiones: dict[str, OdontoCareClient] = {}
        self._hecho: dict[tuple[str, ...], _Hecho] = {}
        self._de_una_vez: dict[str, dict[str, Json]] = {}
        self._corrida = f"{next(_CORRIDAS):x}"
        self._numero = 0
        self._semanas = 0

    def ejecutar(self, prueba: Prueba, ruta: str | None = None) -> None:
        """Runs one test by its own route or by an alias of it. Raises `Diferencia`."""
        hecho = self._tomar(prueba, prueba.a_solas)
        valores = dict(hecho.valores)
        self._pedir(prueba, ruta or prueba.ruta, valores, hecho.direcciones)
        if prueba.cambia:
            self._hecho[str(prueba.a_solas), prueba.id] = _Hecho(valores, hecho.direcciones)
        else:
            self._hecho[str(prueba.a_solas), *prueba.antes] = hecho

    def _tomar(self, prueba: Prueba, a_solas: ASolas) -> _Hecho:
        """What the tests that it needs have made, from now on its own: what is there already, or made anew."""
        if hecho := self._hecho.pop((str(a_solas), *prueba.antes), None):
            return hecho
        if len(prueba.antes) == 1 and not (previa := self.pruebas[prueba.antes[0]]).una_vez:
            hecho = self._tomar(previa, a_solas)
            self._pedir_antes(previa, hecho.valores, hecho.direcciones)
            return hecho
        preparacion = _Preparacion(self._dias(prueba, a_solas), a_solas=a_solas)
        for id_ in prueba.antes:
            self._previa(id_, preparacion)
        return _Hecho(preparacion.valores, preparacion.direcciones)

    def _previa(self, id_: str, en: _Preparacion) -> None:
        if id_ in en.hechas:
            return
        en.hechas.add(id_)
        prueba = self.pruebas[id_]
        if not prueba.una_vez:
            self._hacer(prueba, en)
            return
        de_una_vez = en.propio if _es_aparte(id_, en.a_solas) else self._de_una_vez
        if id_ not in de_una_vez:
            aparte = _Preparacion(dias(), en.direcciones, en.a_solas, en.propio)
            self._hacer(prueba, aparte)
            de_una_vez[id_] = {nombre: valor for nombre, valor in aparte.valores.items() if nombre not in dias()}
        en.valores |= de_una_vez[id_]

    def _dias(self, prueba: Prueba, a_solas: ASolas) -> dict[str, Json]:
        """Days for a test and what it needs: where that is made with people that others share, in other weeks."""
        if a_solas is not True and any(una.cambia and not una.una_vez for una in self._con_previas(prueba)):
            self._semanas += SEMANAS
            return dias(self._semanas)
        return dias()

    def _con_previas(self, prueba: Prueba) -> Iterator[Prueba]:
        yield prueba
        for previa in prueba.antes:
            if not self.pruebas[previa].una_vez:
                yield from self._con_previas(self.pruebas[previa])

    def _hacer(self, prueba: Prueba, en: _Preparacion) -> None:
        """Runs a test that another needs, after those that it needs itself."""
        for otra in prueba.antes:
            self._previa(otra, en)
        self._pedir_antes(prueba, en.valores, en.direcciones)

    def _pedir_antes(self, prueba: Prueba, valores: dict[str, Json], direcciones: set[str]) -> None:
        try:
            self._pedir(prueba, prueba.ruta, valores, direcciones)
        except Diferencia as error:
            raise Diferencia(f"antes, en {prueba.id}: {error}") from error

    def _pedir(self, prueba: Prueba, ruta: str, valores: dict[str, Json], direcciones: set[str]) -> None:
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
        limite = time.monotonic() + (max(prueba.espera["plazo"], self._plazo) if "plazo" in prueba.espera else 0)
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
        self._anotar(prueba, rellenar(prueba.ruta, valores), direcciones)
        valores |= {nombre: buscar(respuesta.json(), donde) for nombre, donde in prueba.guarda.items()}
        valores |= {nombre: respuesta.headers[cual] for nombre, cual in prueba.guarda_encabezados.items()}

    def _anotar(self, prueba: Prueba, direccion: str, direcciones: set[str]) -> None:
        """Forgets what was made with things that it has changed just now, or what is above them."""
        if prueba.metodo == "POST":
            return
        if prueba.cambia:
            self._hecho = {
                que: hecho for que, hecho in self._hecho.items() if not direccion.startswith(tuple(hecho.direcciones))
            }
        if prueba.cambia or prueba.guarda or prueba.guarda_encabezados:
            direcciones.add(direccion)

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


def _es_aparte(id_: str, a_solas: ASolas) -> bool:
    return a_solas if isinstance(a_solas, bool) else id_ in a_solas


def dias(semanas: int = 0) -> dict[str, Json]:
    """Days of Ecuador's calendar that tests may use: `dia` and `otro_dia` are weekdays more than a week ahead.

    Those of other `semanas` are as many weeks later.
    """
    hoy = datetime.now(ECUADOR).date()
    laborables = (hoy + timedelta(days=n) for n in range(8, 20) if (hoy + timedelta(days=n)).weekday() < 5)
    dia, otro = next(laborables), next(laborables)
    ayer: date = hoy - timedelta(days=2)
    despues = timedelta(weeks=semanas)
    fechas = {"hoy": hoy, "ayer": ayer, "dia": dia + despues, "otro_dia": otro + despues}
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
    analizador.add_argument("--alias", action="store_true", help="cada uno también por sus alias")
    analizador.add_argument("--a-la-vez", type=int, default=4, metavar="N", help="grupos que se ejecutan a la vez")
    analizador.add_argument(
        "--plazo", type=float, default=0, help="segundos que se espera al menos, en una máquina lenta"
    )
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
        for lineas in hilos.map(lambda grupo: _grupo(grupo, muestra, opciones), grupos()):
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


def _grupo(grupo: Grupo, muestra: Muestra, opciones: argparse.Namespace) -> list[str]:
    """Runs the chosen tests of a group one after the other; a line about each."""
    ejecutor = Ejecutor(muestra, opciones.plazo)
    return [
        _una(ejecutor, prueba, ruta)
        for prueba in _en_orden(grupo.pruebas)
        if prueba.id in opciones.solo or not opciones.solo
        for ruta in [prueba.ruta, *(prueba.alias if opciones.alias else [])]
    ]


def _en_orden(pruebas: Sequence[Prueba]) -> list[Prueba]:
    """Before one that changes what it needs, those that only look at the same: it needn't be made for them again."""
    orden: dict[str, Prueba] = {}
    for prueba in pruebas:
        if prueba.cambia and prueba.antes:
            suyo = prueba.a_solas, prueba.antes
            orden |= {otra.id: otra for otra in pruebas if not otra.cambia and (otra.a_solas, otra.antes) == suyo}
        orden.setdefault(prueba.id, prueba)
    return list(orden.values())


def _una(ejecutor: Ejecutor, prueba: Prueba, ruta: str) -> str:
    try:
        ejecutor.ejecutar(prueba, ruta)
    except (Diferencia, ApiError, NotReachable, LookupError) as error:
        return f"FALLA  {prueba.id}: {prueba.metodo} {ruta}: {error}"
    return f"bien   {prueba.id}: {prueba.metodo} {ruta}"


if __name__ == "__main__":
    sys.exit(main())
