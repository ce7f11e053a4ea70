"""The documented examples: what is in the JSON files beside this one, and what an answer must look like."""

from __future__ import annotations

import base64
import csv
import hmac
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

AQUI = Path(__file__).resolve().parent
Json = Any
GRUPOS = (
    *("auth-acceso", "auth-segundo-factor", "auth-usuarios", "auth-roles"),
    *("admin-centros", "admin-doctores", "admin-pacientes", "admin-derechos", "admin-catalogos"),
    *("citas", "citas-cambios", "citas-horarios", "citas-turnos", "citas-espera-series", "citas-agenda"),
    *("citas-tratamientos", "inventario-productos", "inventario-movimientos", "inventario-tratamientos"),
    *("inventario-consumos", "historia-antecedentes", "historia-notas", "historia-odontologia"),
    *("historia-oftalmologia", "historia-documentos", "historia-expediente", "historia-accesos"),
    *("facturacion-facturas", "facturacion-cotizaciones", "facturacion-pagos", "facturacion-cajas"),
    *("facturacion-transacciones", "facturacion-gastos", "facturacion-honorarios", "facturacion-reportes"),
    *("comunicaciones-webhooks", "comunicaciones-eventos", "gateway"),
)
METODOS = {"get", "post", "put", "patch", "delete"}
ALIAS = AQUI.parent.parent / "gateway" / "aliases.csv"
PARAMETRO = re.compile(r"\{+[\w.:]+\}+")
VARIABLE = re.compile(r"\{\{([\w.]+)\}\}")


class Diferencia(Exception):
    """The system answered otherwise than documented."""


@dataclass(frozen=True)
class Prueba:
    """One documented request: what is sent, by whom, after which others, and what must come back."""

    id: str
    titulo: str
    metodo: str
    ruta: str
    espera: dict[str, Json]
    alias: list[str] = field(default_factory=list)
    rol: str | None = None
    como: dict[str, str] = field(default_factory=dict)
    entrada: str | None = None
    archivos: dict[str, str] = field(default_factory=dict)
    encabezados: dict[str, str] = field(default_factory=dict)
    antes: list[str] = field(default_factory=list)
    una_vez: bool = False
    a_solas: bool | list[str] = False
    fija: dict[str, str] = field(default_factory=dict)
    guarda: dict[str, str] = field(default_factory=dict)
    guarda_encabezados: dict[str, str] = field(default_factory=dict)

    @property
    def cambia(self) -> bool:
        """Whether it leaves things otherwise than it found them. Refused logins count: they lead to a wait."""
        return self.metodo != "GET" and (self.espera["estado"] < 400 or self.espera["estado"] in (401, 429))

    def texto_de_entrada(self) -> str:
        """The input file as it stands, with its `{{variables}}`."""
        return (AQUI / "entradas" / self.entrada).read_text(encoding="utf-8") if self.entrada else ""

    @staticmethod
    def archivo(nombre: str) -> bytes:
        """A file that is uploaded."""
        return (AQUI / "archivos" / nombre).read_bytes()


@dataclass(frozen=True)
class Grupo:
    """The tests of one file: what one service does in one matter."""

    nombre: str
    titulo: str
    pruebas: list[Prueba]


def grupos() -> list[Grupo]:
    """All documented tests, in reading order; the first of each operation has its aliases."""
    alias = _alias_del_gateway()
    todos = []
    for nombre in GRUPOS:
        contenido = json.loads((AQUI / f"{nombre}.json").read_text(encoding="utf-8"))
        pruebas = [Prueba(**prueba) for prueba in contenido["pruebas"]]
        con_alias = [
            replace(prueba, alias=[_rellenar_ruta(ruta, prueba.ruta) for ruta in alias.pop(_operacion(prueba), [])])
            for prueba in pruebas
        ]
        todos.append(Grupo(nombre, contenido["titulo"], con_alias))
    return todos


def _alias_del_gateway() -> dict[tuple[str, str], list[str]]:
    """(method, canonical template) → the other routes by which the gateway serves it."""
    alias: dict[tuple[str, str], list[str]] = {}
    with ALIAS.open(encoding="utf-8", newline="") as archivo:
        for fila in csv.DictReader(archivo):
            operacion = fila["method"], _plantilla(fila["canonical"])
            alias.setdefault(operacion, []).append(fila["path"])
    return alias


def _operacion(prueba: Prueba) -> tuple[str, str]:
    return prueba.metodo, _plantilla(prueba.ruta)


def _plantilla(ruta: str) -> str:
    """`/citas/{{cita_id}}/estado` and `/citas/{id}/estado` alike become `/citas/{}/estado`."""
    return PARAMETRO.sub("{}", ruta)


def _rellenar_ruta(alias: str, ruta: str) -> str:
    """The alias with the variables that stand in `ruta`, in their order."""
    variables = iter(PARAMETRO.findall(ruta))
    return PARAMETRO.sub(lambda _: next(variables), alias)


def rellenar(dato: Json, valores: dict[str, Json]) -> Json:
    """Puts values in place of `{{name}}`; a string that is only a variable takes the value's own type."""
    if isinstance(dato, dict):
        return {rellenar(clave, valores): rellenar(valor, valores) for clave, valor in dato.items()}
    if isinstance(dato, list):
        return [rellenar(valor, valores) for valor in dato]
    if not isinstance(dato, str):
        return dato
    entera = VARIABLE.fullmatch(dato)
    if entera:
        return valores[entera[1]]
    return VARIABLE.sub(lambda hallada: str(valores[hallada[1]]), dato)


def codigo_totp(secreto: str, segundos: float) -> str:
    """The code that an authenticator application shows at that time (RFC 6238: SHA-1, 30 s, 6 digits)."""
    clave = base64.b32decode(secreto)
    resumen = hmac.digest(clave, int(segundos // 30).to_bytes(8, "big"), "sha1")
    inicio = resumen[-1] & 15
    numero = int.from_bytes(resumen[inicio : inicio + 4], "big") & 0x7FFFFFFF
    return f"{numero % 1_000_000:06d}"


def buscar(dato: Json, camino: str) -> Json:
    """The value at `cita.id` or `datos.0.id`. Raises `LookupError`."""
    for parte in camino.split("."):
        if isinstance(dato, list):
            dato = dato[int(parte)]
        elif isinstance(dato, dict):
            dato = dato[parte]
        else:
            raise KeyError(camino)
    return dato


def comprobar(prueba: Prueba, respuesta: Any, valores: dict[str, Json]) -> None:
    """Raises `Diferencia` when the answer is not the documented one."""
    espera = prueba.espera
    if respuesta.status_code != espera["estado"]:
        raise Diferencia(f"estado {respuesta.status_code} en vez de {espera['estado']}: {respuesta.text[:400]}")
    for nombre in espera.get("encabezados", []):
        if nombre not in respuesta.headers:
            raise Diferencia(f"falta el encabezado {nombre}")
    tipo = respuesta.headers.get("Content-Type", "").partition(";")[0]
    if tipo != espera.get("tipo", tipo):
        raise Diferencia(f"el tipo es {tipo} en vez de {espera['tipo']}")
    es_json = tipo == "application/json" or tipo.endswith("+json")
    cuerpo = respuesta.json() if es_json and respuesta.content else None
    for camino in espera.get("campos", []):
        try:
            buscar(cuerpo, camino)
        except LookupError:
            raise Diferencia(f"falta {camino} en {respuesta.text[:400]}") from None
    for camino, esperado in rellenar(espera.get("valores", {}), valores).items():
        try:
            valor = buscar(cuerpo, camino)
        except LookupError:
            raise Diferencia(f"falta {camino} en {respuesta.text[:400]}") from None
        if valor != esperado:
            raise Diferencia(f"{camino} es {valor!r} en vez de {esperado!r}")


def sin_prueba(documentadas: list[Prueba], openapi: Json) -> Iterator[str]:
    """The operations of an OpenAPI document that no test uses."""
    usadas = {(prueba.metodo, _plantilla(prueba.ruta.partition("?")[0])) for prueba in documentadas}
    for ruta, operaciones in openapi["paths"].items():
        for metodo in METODOS & operaciones.keys():
            if (metodo.upper(), _plantilla(ruta)) not in usadas:
                yield f"{metodo.upper()} {ruta}"
