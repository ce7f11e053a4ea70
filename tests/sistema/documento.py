"""The merged OpenAPI document, as tests walk it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any, TypeVar

import pytest
from local_system import System

from comun.testing.databases import BACKENDS

from .conftest import Quien, bien
from .mundo import Mundo

PUBLICO = "public"
METODOS = ("get", "post", "put", "patch", "delete")
Camino = tuple[str | int, ...]
T = TypeVar("T")


@dataclass(frozen=True)
class Operacion:
    """One method of one path."""

    metodo: str
    ruta: str
    detalle: dict[str, Any]
    documento: dict[str, Any]

    @property
    def nombre(self) -> str:
        return f"{self.metodo} {self.ruta}"

    @property
    def sin_nombres(self) -> str:
        """It with nameless parameters, as in the table of rights."""
        return re.sub(r"{[^}]*}", "{}", self.nombre)

    @property
    def permiso(self) -> str:
        """What its caller must be allowed."""
        return str(self.detalle["x-permiso"])

    @property
    def publica(self) -> bool:
        return self.permiso == PUBLICO

    @property
    def de_ruta(self) -> list[dict[str, Any]]:
        """The parameters of the path."""
        return [p for p in self.detalle.get("parameters", []) if p.get("in") == "path"]

    @property
    def servicio(self) -> str:
        """Whose it is, as the path says."""
        return self.ruta.split("/")[1]

    @property
    def argumentos(self) -> list[dict[str, Any]]:
        """The parameters of the query."""
        return [p for p in self.detalle.get("parameters", []) if p.get("in") == "query"]

    @property
    def formulario(self) -> bool:
        """Whether the body is a form with files."""
        return "multipart/form-data" in self.detalle.get("requestBody", {}).get("content", {})

    @property
    def esquema(self) -> dict[str, Any] | None:
        """The schema of the request's body."""
        contenido = self.detalle.get("requestBody", {}).get("content", {})
        return self.resuelto(next(iter(contenido.values()))["schema"]) if contenido else None

    def resuelto(self, esquema: dict[str, Any]) -> dict[str, Any]:
        """The schema itself, when it is a reference."""
        while "$ref" in esquema:
            esquema = self.documento["components"]["schemas"][esquema["$ref"].rsplit("/", 1)[1]]
        return esquema

    def campos(
        self, esquema: dict[str, Any] | None = None, camino: Camino = ()
    ) -> Iterator[tuple[Camino, str, dict[str, Any]]]:
        """Where the body holds a single value, of which type, and its schema: `("salas", 0, "nombre"), "string"`.

        One that may be a text or a number counts as a text.
        """
        esquema = self.resuelto((self.esquema or {}) if esquema is None else esquema)
        for opcion in esquema.get("anyOf", ()):
            if "$ref" in opcion:
                yield from self.campos(opcion, camino)
        tipos = esquema.get("type", ())
        tipos = [tipos] if isinstance(tipos, str) else list(tipos)
        if "array" in tipos:
            yield from self.campos(esquema.get("items", {}), (*camino, 0))
        for nombre, dentro in esquema.get("properties", {}).items():
            yield from self.campos(dentro, (*camino, nombre))
        simples = [tipo for tipo in ("string", "integer", "number", "boolean") if tipo in tipos]
        if simples and camino:
            yield camino, simples[0], esquema


@cache
def documento(url: str) -> dict[str, Any]:
    """What the gateway publishes, all of it."""
    publicado: dict[str, Any] = bien(Quien(url).get("/openapi.json"))
    return publicado


def operaciones(url: str) -> list[Operacion]:
    """All operations of the document."""
    publicado = documento(url)
    todas = []
    for ruta, item in publicado["paths"].items():
        for metodo in METODOS:
            if metodo in item:
                comunes = item.get("parameters", [])
                detalle = {**item[metodo], "parameters": [*comunes, *item[metodo].get("parameters", [])]}
                todas.append(Operacion(metodo.upper(), ruta, detalle, publicado))
    return todas


def ids(m: Mundo) -> dict[str, Any]:
    """A real value for each parameter of a path; see `de_ruta`."""
    ajuste = {"valores": {"prueba.ataques": 1}}
    bien(m.admin.put("/admin/configuracion", ajuste, headers={"If-Match": "*"}))
    return {
        "usuario_id": m["usuario_ajeno"],
        "rol_id": m["nuevo_rol"],
        "cliente_id": m["nuevo_cliente"],
        "entrada_id": m["nueva_entrada_especialidades"],
        "centro_id": m["centro"],
        "sala_id": m["sala"],
        "doctor_id": m["doctor"],
        "paciente_id": m["paciente"],
        "cita_id": m["cita"],
        "linea_id": m["extra"],
        "espera_id": m["nueva_espera"],
        "apartado_id": m["nuevo_apartado"],
        "serie_id": m["nueva_serie"],
        "calendario_id": m["nuevo_calendario"],
        "horario_id": m["nuevo_horario"],
        "bloqueo_id": m["nuevo_bloqueo"],
        "cierre_id": m["nuevo_cierre"],
        "politica_id": m["nueva_politica"],
        "producto_id": m["producto"],
        "categoria_id": m["nueva_categoria"],
        "proveedor_id": m["proveedor"],
        "bodega_id": m["bodega"],
        "lote_id": m["lote"],
        "movimiento_id": m["movimiento"],
        "traslado_id": m["traslado"],
        "conteo_id": m["conteo"],
        "tratamiento_id": m["tratamiento"],
        "incluye_id": m["tratamiento"],
        "consumo_id": m["consumo"],
        "orden_id": m["orden"],
        "recepcion_id": m["recepcion"],
        "emergencia_id": m["emergencia"],
        "texto_id": m["texto"],
        "nota_id": m["nota"],
        "receta_id": m["receta_optica"],
        "alergia_id": m["alergia"],
        "signos_id": m["signos"],
        "hallazgo_id": m["hallazgo"],
        "periodontograma_id": m["periodontograma"],
        "plan_id": m["plan_en_marcha"],
        "item_id": m["item"],
        "adjunto_id": m["adjunto"],
        "consentimiento_id": m["consentimiento"],
        "examen_id": m["examen"],
        "factura_id": m["factura"],
        "punto_id": m["punto"],
        "pago_id": m["pago"],
        "transaccion_id": m["transaccion"],
        "gasto_id": m["gasto"],
        "recurrente_id": m["gasto_recurrente"],
        "cotizacion_id": m["cotizacion"],
        "caja_id": m["caja"],
        "tarifa_id": m["tarifa"],
        "liquidacion_id": m["liquidacion"],
        "facturacion/nota_id": m["nota_credito"],
        "facturacion/categoria_id": m["categoria_gasto"],
        "facturacion/adjunto_id": m["comprobante"],
        "webhook_id": m["webhook"],
        "entrega_id": m["entrega"],
        "evento_id": m["evento"],
        "fecha": "2030-01-01",
        "clave": "prueba.ataques",
        "token": "x" * 40,
    }


def una_de_cada(todas: Iterable[T], sistema: System, config: pytest.Config) -> Iterable[T]:
    """Those that are for this system's database: every second one, the others are for the other database."""
    if config.getoption("--bd") != "turnos":
        return todas
    return islice(todas, BACKENDS.index(sistema.db), None, 2)


def de_ruta(valores: dict[str, Any], ruta: str) -> dict[str, Any]:
    """The values for that path: `facturacion/adjunto_id` is there what `adjunto_id` is elsewhere."""
    comienzo = f"{ruta.split('/')[1]}/"
    suyos = {clave.removeprefix(comienzo): valor for clave, valor in valores.items() if clave.startswith(comienzo)}
    return {clave: valor for clave, valor in valores.items() if "/" not in clave} | suyos
