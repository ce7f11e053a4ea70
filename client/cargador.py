"""Sends the rows of the CSV files to their endpoints so that a second run doubles nothing.

Two nets hold that promise. Each row has its own `Idempotency-Key`, made of the file, the row's natural
key and its content: the server answers a repeated request with the stored answer. And when the server
says that the row exists (409), it is looked up by its natural key.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from archivos_csv import Fila
from odontocare_client import ApiError, OdontoCareClient

Json = dict[str, Any]
_SEPARADORES = re.compile(r"[\s-]")


@dataclass(frozen=True)
class Recurso:
    """Where the rows of a file go, and by which columns, best first, one is recognised again."""

    archivo: str
    ruta: str
    claves: tuple[str, ...]


CENTROS = Recurso("centros.csv", "/admin/centros", ("codigo",))
USUARIOS = Recurso("usuarios.csv", "/auth/usuarios", ("nombre_usuario", "email"))
DOCTORES = Recurso("doctores.csv", "/admin/doctores", ("identificacion",))
PACIENTES = Recurso("pacientes.csv", "/admin/pacientes", ("referencia_externa", "identificacion"))
# Centres first: the rows of the other files name them by code.
RECURSOS = (CENTROS, USUARIOS, DOCTORES, PACIENTES)


class Clave(NamedTuple):
    """A natural key: the column that identifies a row, and its value."""

    columna: str
    valor: str


class FilaRechazada(Exception):
    """The row can't be sent as it is; the message says why."""


@dataclass
class Informe:
    """What became of a file: counters, reasons of failed rows by line, ids of its first rows."""

    archivo: str
    filas: int = 0
    creadas: int = 0
    existentes: int = 0
    fallidas: list[tuple[int, str]] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)

    @property
    def sin_enviar(self) -> int:
        return self.filas - self.creadas - self.existentes - len(self.fallidas)


class Cargador:
    """Loads files in the order of `RECURSOS` on behalf of a logged-in administrator."""

    def __init__(self, api: OdontoCareClient) -> None:
        self._api = api
        self._centros: dict[str, int] | None = None
        self._por_nombre: dict[str, dict[str, Json]] = {}

    def cargar(self, recurso: Recurso, filas: Iterable[Fila], informe: Informe) -> None:
        """Sends every row, one by one, and notes in `informe` what became of it.

        Raises `NotReachable` when the system stays away; what was sent so far is in the report.
        """
        vistas: dict[Clave, Fila] = {}
        for fila in filas:
            try:
                clave = _clave_natural(recurso, fila)
                otra = vistas.setdefault(clave, fila)
                if otra.celdas != fila.celdas:
                    raise FilaRechazada(f"repite {clave.columna} de la línea {otra.linea} con otros datos")
                registro, creada = self._enviar(recurso, fila, clave)
            except FilaRechazada as error:
                informe.fallidas.append((fila.linea, str(error)))
            except ApiError as error:
                informe.fallidas.append((fila.linea, error.summary()))
            else:
                informe.creadas += creada
                informe.existentes += not creada
                # The booking wants an active one; a few are enough to find it.
                if len(informe.ids) < 20:
                    informe.ids.append(registro["id"])
        if recurso is CENTROS:
            self._centros = None

    def _enviar(self, recurso: Recurso, fila: Fila, clave: Clave) -> tuple[Json, bool]:
        if fila.error:
            raise FilaRechazada(fila.error)
        cuerpo = fila.cuerpo()
        permisos = cuerpo.pop("permisos", None)
        if "centros" in cuerpo:
            cuerpo["centros"] = [self._centro_id(codigo) for codigo in cuerpo["centros"]]
        if clave.columna == "referencia_externa":
            cuerpo.setdefault("referencia_externa", clave.valor)
        registro, creada = self._crear(recurso, clave, cuerpo)
        if permisos:
            self._conceder(registro["id"], permisos)
        return registro, creada

    def _crear(self, recurso: Recurso, clave: Clave, cuerpo: Json) -> tuple[Json, bool]:
        if clave.columna == "nombre" and clave.valor in self._nombres(recurso):
            return self._nombres(recurso)[clave.valor], False
        firma = _huella(recurso.archivo, *clave, json.dumps(cuerpo, sort_keys=True))
        try:
            respuesta = self._api.post(recurso.ruta, cuerpo, key=firma)
        except ApiError as error:
            existente = self._buscar(recurso, clave) if error.status == 409 else None
            if existente is None:
                raise
            return existente, False
        # A stored answer to a second attempt means that the first one made it, just now.
        return respuesta.body, not respuesta.replayed or respuesta.attempts > 1

    def _buscar(self, recurso: Recurso, clave: Clave) -> Json | None:
        """The living row that has the same natural key, or None."""
        encontrados = self._api.get(recurso.ruta, **{clave.columna: clave.valor})["datos"]
        return next((uno for uno in encontrados if _igual(uno.get(clave.columna), clave.valor)), None)

    def _nombres(self, recurso: Recurso) -> dict[str, Json]:
        """Rows by name, for files without any natural key (centres and doctors: few)."""
        if recurso.archivo not in self._por_nombre:
            filas = self._api.pages(recurso.ruta)
            self._por_nombre[recurso.archivo] = {_nombre(fila): fila for fila in filas}
        return self._por_nombre[recurso.archivo]

    def _centro_id(self, codigo: str) -> int:
        if self._centros is None:
            self._centros = {str(c["codigo"]): c["id"] for c in self._api.pages(CENTROS.ruta)}
        if codigo in self._centros:
            return self._centros[codigo]
        if codigo.isdecimal():
            return int(codigo)
        raise FilaRechazada(f"no hay un centro con código {codigo}")

    def _conceder(self, usuario_id: int, permisos: list[str]) -> None:
        """Grants what is missing; a needless write would revoke the user's running sessions."""
        ruta = f"/auth/usuarios/{usuario_id}/permisos"
        concedidos = self._api.get(ruta)["concedidos"]
        if not set(permisos) <= set(concedidos):
            self._api.put(ruta, {"concedidos": sorted({*concedidos, *permisos})})


def _clave_natural(recurso: Recurso, fila: Fila) -> Clave:
    """What makes the row recognisable; a row without any of its file's columns gets a key from its words."""
    for columna in recurso.claves:
        valor = fila.valor(columna)
        if valor:
            return Clave(columna, valor)
    if recurso is PACIENTES:
        return Clave("referencia_externa", f"csv-{_huella(json.dumps(fila.celdas, sort_keys=True))[:16]}")
    return Clave("nombre", _nombre(fila.celdas))


def _nombre(datos: Json) -> str:
    completo = datos.get("nombre") or f"{datos.get('nombres') or ''} {datos.get('apellidos') or ''}"
    return " ".join(str(completo).casefold().split())


def _igual(uno: object, otro: str) -> bool:
    # The server writes `1714307103` for `171430710-3`, and passports in upper case.
    return _SEPARADORES.sub("", str(uno)).casefold() == _SEPARADORES.sub("", otro).casefold()


def _huella(*partes: str) -> str:
    return hashlib.sha256("\0".join(partes).encode()).hexdigest()
