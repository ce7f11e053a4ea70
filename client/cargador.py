"""Sends the rows of the CSV files to their endpoints so that a second run doubles nothing.

Two nets hold that promise. Each row has its own `Idempotency-Key`, made of the file, the row's natural
key and its content: the server answers a repeated request with the stored answer. And when the server
says that the row exists (409), it is looked up by its natural key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from archivos_csv import Fila
from carga_inventario import CargaInventario, Existencia, FilaRechazada, huella, presentacion
from odontocare_client import ApiError, OdontoCareClient

Json = dict[str, Any]
_SEPARADORES = re.compile(r"[\s-]")


@dataclass(frozen=True)
class Recurso:
    """Where the rows of a file go, and by which columns, best first, one is recognised again.

    An `opcional` file may be absent.
    """

    archivo: str
    ruta: str
    claves: tuple[str, ...]
    opcional: bool = False


CENTROS = Recurso("centros.csv", "/admin/centros", ("codigo",))
USUARIOS = Recurso("usuarios.csv", "/auth/usuarios", ("nombre_usuario", "email"))
PROVEEDORES = Recurso("proveedores.csv", "/inventario/proveedores", ("ruc",), opcional=True)
PRODUCTOS = Recurso("productos.csv", "/inventario/productos", ("codigo",), opcional=True)
TRATAMIENTOS = Recurso("tratamientos.csv", "/inventario/tratamientos", ("codigo",), opcional=True)
RECETAS = Recurso("recetas.csv", "/inventario/tratamientos/{}/receta", (), opcional=True)
PUNTOS_EMISION = Recurso("puntos_emision.csv", "/facturacion/puntos-emision", (), opcional=True)
CATEGORIAS_GASTO = Recurso("categorias_gasto.csv", "/facturacion/categorias-gasto", (), opcional=True)
DOCTORES = Recurso("doctores.csv", "/admin/doctores", ("identificacion",))
PACIENTES = Recurso("pacientes.csv", "/admin/pacientes", ("referencia_externa", "identificacion"))
# In this order: rows name those of earlier files by their codes.
RECURSOS = (
    CENTROS,
    USUARIOS,
    PROVEEDORES,
    PRODUCTOS,
    TRATAMIENTOS,
    RECETAS,
    PUNTOS_EMISION,
    CATEGORIAS_GASTO,
    DOCTORES,
    PACIENTES,
)


class Clave(NamedTuple):
    """A natural key: the column that identifies a row, and its value."""

    columna: str
    valor: str


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
        self._ids: dict[str, dict[str, int]] = {}
        self._por_nombre: dict[str, dict[str, Json]] = {}
        self._inventario = CargaInventario(api)

    def cargar(self, recurso: Recurso, filas: Iterable[Fila], informe: Informe) -> None:
        """Sends every row, one by one, and notes in `informe` what became of it.

        Raises `NotReachable` when the system stays away; what was sent so far is in the report.
        """
        if recurso is RECETAS:
            return self._cargar_recetas(filas, informe)
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
        self._ids.pop(recurso.archivo, None)
        return None

    def _cargar_recetas(self, filas: Iterable[Fila], informe: Informe) -> None:
        """All lines of a treatment are its recipe: they are sent together, and fail together."""
        recetas: dict[str, list[Fila]] = {}
        for fila in filas:
            recetas.setdefault(fila.celdas.get("tratamiento", ""), []).append(fila)
        for codigo, lineas in recetas.items():
            try:
                cuerpo = [self._ingrediente(linea) for linea in lineas]
                creada = self._inventario.fijar_receta(self._id_de(TRATAMIENTOS, codigo), cuerpo)
            except FilaRechazada as error:
                informe.fallidas += [(linea.linea, str(error)) for linea in lineas]
            except ApiError as error:
                informe.fallidas += [(linea.linea, error.summary()) for linea in lineas]
            else:
                informe.creadas += len(lineas) * creada
                informe.existentes += len(lineas) * (not creada)

    def _ingrediente(self, fila: Fila) -> Json:
        if fila.error:
            raise FilaRechazada(fila.error)
        cuerpo = fila.cuerpo()
        del cuerpo["tratamiento"]
        for columna, recurso, campo in (
            ("producto", PRODUCTOS, "producto_id"),
            ("incluye", TRATAMIENTOS, "incluye_id"),
        ):
            if columna in cuerpo:
                cuerpo[campo] = self._id_de(recurso, cuerpo.pop(columna))
        return cuerpo

    def _enviar(self, recurso: Recurso, fila: Fila, clave: Clave) -> tuple[Json, bool]:
        if fila.error:
            raise FilaRechazada(fila.error)
        cuerpo = fila.cuerpo()
        permisos = cuerpo.pop("permisos", None)
        existencias = self._existencias(cuerpo) if recurso is PRODUCTOS else []
        self._con_ids(cuerpo)
        if clave.columna == "referencia_externa":
            cuerpo.setdefault("referencia_externa", clave.valor)
        registro, creada = self._crear(recurso, clave, cuerpo)
        if permisos:
            self._conceder(registro["id"], permisos)
        self._inventario.ingresar(registro, existencias, recien_creado=creada)
        return registro, creada

    def _con_ids(self, cuerpo: Json) -> None:
        """Puts ids where the file has codes."""
        for columna, recurso in (("centros", CENTROS), ("servicios", TRATAMIENTOS)):
            if columna in cuerpo:
                cuerpo[columna] = [self._id_de(recurso, codigo) for codigo in cuerpo[columna]]
        if "centro" in cuerpo:
            cuerpo["centro_id"] = self._id_de(CENTROS, cuerpo.pop("centro"))
        if "proveedor" in cuerpo:
            cuerpo["proveedor_id"] = self._id_de(PROVEEDORES, cuerpo.pop("proveedor"))

    def _existencias(self, cuerpo: Json) -> list[Existencia]:
        """What a product's row says that the centres have of it: taken out of the body."""
        if "presentaciones" in cuerpo:
            cuerpo["presentaciones"] = [presentacion(texto) for texto in cuerpo["presentaciones"]]
        leidas = [Existencia.leer(texto) for texto in cuerpo.pop("existencias", ())]
        return [leida.en(self._id_de(CENTROS, leida.centro)) for leida in leidas]

    def _crear(self, recurso: Recurso, clave: Clave, cuerpo: Json) -> tuple[Json, bool]:
        if clave.columna == "nombre" and clave.valor in self._nombres(recurso):
            return self._nombres(recurso)[clave.valor], False
        firma = huella(recurso.archivo, *clave, json.dumps(cuerpo, sort_keys=True))
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
        """Rows by name, for files without any other key: few rows each."""
        if recurso.archivo not in self._por_nombre:
            filas = self._api.pages(recurso.ruta)
            self._por_nombre[recurso.archivo] = {_nombre(fila): fila for fila in filas}
        return self._por_nombre[recurso.archivo]

    def _id_de(self, recurso: Recurso, codigo: str) -> int:
        """The id of the row that has this code (or other first key); a short number is an id already."""
        columna = recurso.claves[0]
        if recurso.archivo not in self._ids:
            self._ids[recurso.archivo] = {str(fila[columna]): fila["id"] for fila in self._api.pages(recurso.ruta)}
        if codigo in self._ids[recurso.archivo]:
            return self._ids[recurso.archivo][codigo]
        if codigo.isdecimal() and len(codigo) < 10:
            return int(codigo)
        raise FilaRechazada(f"en {recurso.ruta} no hay ninguna fila con {columna} {codigo}")

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
        return Clave("referencia_externa", f"csv-{huella(json.dumps(fila.celdas, sort_keys=True))[:16]}")
    return Clave("nombre", _nombre(fila.celdas))


def _nombre(datos: Json) -> str:
    completo = datos.get("nombre") or f"{datos.get('nombres') or ''} {datos.get('apellidos') or ''}"
    return " ".join(str(completo).casefold().split())


def _igual(uno: object, otro: str) -> bool:
    # The server writes `1714307103` for `171430710-3`, and passports in upper case.
    return _SEPARADORES.sub("", str(uno)).casefold() == _SEPARADORES.sub("", otro).casefold()
