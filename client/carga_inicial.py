#!/usr/bin/env python3
"""Sets up a network of clinics from CSV files and books its first appointment.

    python client/carga_inicial.py --url http://127.0.0.1:8080 --datos data

Progress and the closing table go to stderr, the appointment's JSON to stdout. It may be stopped at any
moment and run again. Exit status: 0 all well, 1 some rows failed or were not sent, or no appointment,
2 it could not begin, 130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from archivos_csv import ArchivoIlegible, Fila, leer
from cargador import CENTROS, DOCTORES, PACIENTES, RECURSOS, USUARIOS, Cargador, Informe
from odontocare_client import ApiError, NotReachable, OdontoCareClient
from primera_cita import SinCita, primera_cita

MAXIMO_DE_MOTIVOS = 50


def main(argumentos: Sequence[str] | None = None) -> int:
    """Runs the load and returns the exit status."""
    opciones = _opciones(argumentos)
    try:
        recursos = [uno for uno in RECURSOS if not uno.opcional or (opciones.datos / uno.archivo).exists()]
        filas = {recurso.archivo: leer(opciones.datos / recurso.archivo) for recurso in recursos}
        api = _entrar(opciones.url, filas[USUARIOS.archivo], opciones.paciencia)
    except (ArchivoIlegible, ApiError, NotReachable, LookupError) as error:
        _decir(f"No se pudo empezar: {error}")
        return 2
    informes = {archivo: Informe(archivo, len(leidas)) for archivo, leidas in filas.items()}
    try:
        completa = _cargar(api, filas, informes)
    except KeyboardInterrupt:
        _decir("\nInterrumpido. Se puede ejecutar otra vez: continúa donde quedó.")
        _tabla(informes)
        return 130
    _tabla(informes)
    if not completa:
        return 1
    reservada = opciones.sin_cita or _reservar(api, informes)
    return 0 if reservada and not any(informe.fallidas for informe in informes.values()) else 1


def _opciones(argumentos: Sequence[str] | None) -> argparse.Namespace:
    analizador = argparse.ArgumentParser(description="Carga los CSV por la API y reserva una cita.")
    analizador.add_argument("--url", default="http://127.0.0.1:8080", help="puerta de entrada del sistema")
    analizador.add_argument("--datos", type=Path, default=Path(__file__).resolve().parent.parent / "data")
    analizador.add_argument("--sin-cita", action="store_true", help="solo carga, no reserva")
    analizador.add_argument(
        "--paciencia", type=float, default=120, help="segundos de espera por fila si el sistema no responde"
    )
    return analizador.parse_args(argumentos)


def _entrar(url: str, usuarios: list[Fila], paciencia: float) -> OdontoCareClient:
    """Logs in as the first `admin` row of usuarios.csv. Raises `LookupError` when there is none."""
    for fila in usuarios:
        nombre = fila.valor("nombre_usuario")
        contrasena = fila.celdas.get("contrasena") or fila.celdas.get("password")
        if nombre and contrasena and fila.celdas.get("rol", "").casefold() == "admin":
            api = OdontoCareClient(url, nombre, contrasena, patience=paciencia)
            api.login()
            return api
    raise LookupError("usuarios.csv no tiene una fila con rol admin, nombre de usuario y contraseña")


def _cargar(api: OdontoCareClient, filas: dict[str, list[Fila]], informes: dict[str, Informe]) -> bool:
    cargador = Cargador(api)
    for recurso in RECURSOS:
        archivo = recurso.archivo
        if archivo not in filas:
            continue
        # disable=None: a bar on a terminal, silence in a log.
        avance = tqdm(filas[archivo], desc=f"{archivo:16}", unit="fila", file=sys.stderr, disable=None)
        try:
            cargador.cargar(recurso, avance, informes[archivo])
        except NotReachable as error:
            _decir(f"Se detiene la carga: {error}. Ejecute de nuevo cuando el sistema responda.")
            return False
    return True


def _reservar(api: OdontoCareClient, informes: dict[str, Informe]) -> bool:
    candidatos = [informes[recurso.archivo].ids for recurso in (PACIENTES, DOCTORES, CENTROS)]
    try:
        cita = primera_cita(api, *candidatos)
    except (SinCita, ApiError, NotReachable) as error:
        _decir(f"No se reservó la cita: {error}")
        return False
    sys.stdout.write(json.dumps(cita, ensure_ascii=False, indent=2) + "\n")
    return True


def _tabla(informes: dict[str, Informe]) -> None:
    _decir(f"\n{'archivo':<17}{'creadas':>9}{'existentes':>12}{'fallidas':>10}{'sin enviar':>12}")
    for informe in informes.values():
        _decir(
            f"{informe.archivo:<17}{informe.creadas:>9}{informe.existentes:>12}"
            f"{len(informe.fallidas):>10}{informe.sin_enviar:>12}"
        )
    for informe in informes.values():
        for linea, motivo in informe.fallidas[:MAXIMO_DE_MOTIVOS]:
            _decir(f"{informe.archivo}, línea {linea}: {motivo}")
        if len(informe.fallidas) > MAXIMO_DE_MOTIVOS:
            _decir(f"{informe.archivo}: y {len(informe.fallidas) - MAXIMO_DE_MOTIVOS} filas fallidas más")


def _decir(texto: str) -> None:
    sys.stderr.write(texto + "\n")


if __name__ == "__main__":
    sys.exit(main())
