"""Reads the CSV files that people send: any usual delimiter and encoding, cells turned into JSON."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LISTAS = {"centros", "especialidades", "existencias", "permisos", "presentaciones", "servicios"}
BOOLEANOS = {"activo", "activa", "controla_lotes", "crear_usuario", "opcional", "permite_negativo"}
PALABRAS_BOOLEANAS = {"true": True, "verdadero": True, "si": True, "sí": True, "1": True} | {
    "false": False, "falso": False, "no": False, "0": False,
}  # fmt: skip
# Other names the API takes for the columns that identify a row.
ALIAS = {"cedula": "identificacion", "dni": "identificacion", "username": "nombre_usuario"}


class ArchivoIlegible(Exception):
    """The file can't be read as CSV; the message says why."""


@dataclass(frozen=True)
class Fila:
    """One row: the line on which it starts (the header is line 1) and its cells that are not empty."""

    linea: int
    celdas: dict[str, str]
    error: str = ""

    def valor(self, columna: str) -> str | None:
        """The cell of a column, by its own name or by one of its aliases."""
        nombres = [columna, *(alias for alias, canonico in ALIAS.items() if canonico == columna)]
        return next((self.celdas[nombre] for nombre in nombres if nombre in self.celdas), None)

    def cuerpo(self) -> dict[str, Any]:
        """The row as the JSON body that the API takes; `a.b` columns become nested fields."""
        cuerpo: dict[str, Any] = {}
        for columna, celda in self.celdas.items():
            destino, *resto = columna.split(".")
            contenedor = cuerpo
            for parte in resto:
                contenedor = contenedor.setdefault(destino, {})
                destino = parte
            contenedor[destino] = _json(destino, celda)
        return cuerpo


def leer(ruta: Path) -> list[Fila]:
    """The rows of a CSV file. Raises `ArchivoIlegible`."""
    try:
        texto = _texto(ruta.read_bytes())
    except OSError as error:
        raise ArchivoIlegible(f"{ruta}: {error.strerror}") from error
    encabezado = texto.lstrip().partition("\n")[0]
    delimitador = max(",;\t|", key=encabezado.count)
    lector = csv.reader(io.StringIO(texto, newline=""), delimiter=delimitador)
    try:
        return list(_filas(ruta, lector))
    except csv.Error as error:
        raise ArchivoIlegible(f"{ruta}, línea {lector.line_num}: {error}") from error


def _filas(ruta: Path, lector: Any) -> Iterator[Fila]:
    columnas: list[str] = []
    linea = 1
    for celdas in lector:
        inicio, linea = linea, lector.line_num + 1
        if not any(celda.strip() for celda in celdas):
            continue
        if not columnas:
            columnas = [celda.strip() for celda in celdas]
            repetidas = {columna for columna in columnas if columna and columnas.count(columna) > 1}
            if repetidas:
                raise ArchivoIlegible(f"{ruta}: columnas repetidas: {', '.join(sorted(repetidas))}")
            continue
        de_mas = any(celda.strip() for celda in celdas[len(columnas) :])
        pares = zip(columnas, (celda.strip() for celda in celdas), strict=False)
        valores = {columna: celda for columna, celda in pares if columna and celda}
        yield Fila(inicio, valores, "tiene más celdas que columnas" if de_mas else "")


def _texto(contenido: bytes) -> str:
    """Excel saves UTF-8 with a mark, UTF-16, or the Windows code page, as it pleases."""
    if contenido.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return contenido.decode("utf-16")
    try:
        return contenido.decode("utf-8-sig")
    except UnicodeDecodeError:
        return contenido.decode("cp1252", errors="replace")


def _json(columna: str, celda: str) -> Any:
    if columna == "salas":
        return [_sala(texto) for texto in celda.split(";") if texto.strip()]
    if columna in LISTAS:
        return [parte.strip() for parte in celda.split(";") if parte.strip()]
    if columna in BOOLEANOS:
        return PALABRAS_BOOLEANAS.get(celda.casefold(), celda)
    if (columna.startswith("id_") or columna.endswith("_id")) and celda.isdecimal():
        return int(celda)
    return celda


def _sala(texto: str) -> dict[str, str]:
    nombre, _, tipo = texto.partition(":")
    return {"nombre": nombre.strip()} | ({"tipo": tipo.strip()} if tipo.strip() else {})
