"""The catalogue: every event of the network with its contract, from the schema files of this package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from comun.events import EventSchemas
from comunicaciones.dominio.patrones import coincide
from comunicaciones.eventos.ejemplos import evento_de_ejemplo

_AQUI = Path(__file__).parent

# Who tells of what.
ORIGENES = {
    "usuario": "/auth",
    "centro": "/admin",
    "doctor": "/admin",
    "paciente": "/admin",
    "cita": "/citas",
    "espera": "/citas",
    **dict.fromkeys(("producto", "lote", "stock", "tratamiento", "consumo", "orden_compra"), "/inventario"),
    **dict.fromkeys(("acceso", "bitacora", "nota", "receta", "consentimiento", "plan"), "/historia-clinica"),
    **dict.fromkeys(("gasto", "liquidacion"), "/facturacion"),
    "webhook": "/comunicaciones",
}
# What stands for personal data that must be forgotten, where a contract demands a text.
OLVIDADO = "anonimizado"


@dataclass(frozen=True)
class TipoEvento:
    """One version of one event."""

    tipo: str
    esquema: Mapping[str, Any]

    @property
    def version(self) -> int:
        """1 of `cita.completada.v1`."""
        return int(self.tipo.rpartition(".v")[2])

    @property
    def origen(self) -> str:
        """The source of its CloudEvents."""
        return ORIGENES[self.tipo.partition(".")[0]]

    @property
    def descripcion(self) -> str:
        """What happened."""
        return str(self.esquema["description"])

    @cached_property
    def personales(self) -> list[str]:
        """The fields of its data that tell who somebody is, or are for that person alone."""
        return [campo for campo, esquema in self.esquema["properties"].items() if esquema.get("x-personal")]

    @cached_property
    def ejemplo(self) -> dict[str, Any]:
        """Such an event, as it is delivered."""
        return evento_de_ejemplo(self.tipo, self.origen, self.esquema)

    def sin_personales(self, datos: Mapping[str, Any]) -> dict[str, Any]:
        """The data without what is personal in it, still as the contract says."""
        olvidados = {
            campo: None if "null" in self.esquema["properties"][campo]["type"] else OLVIDADO
            for campo in self.personales
            if campo in datos
        }
        return {**datos, **olvidados}


def _leer() -> dict[str, TipoEvento]:
    carpetas = (EventSchemas(_AQUI / "esquemas_consumidos"), EventSchemas(_AQUI / "esquemas"))
    tipos = {tipo: TipoEvento(tipo, esquemas.schema(tipo)) for esquemas in carpetas for tipo in esquemas.types}
    return dict(sorted(tipos.items()))


CATALOGO = _leer()


def tipos_de(patron: str) -> list[str]:
    """The types of the catalogue that a pattern means."""
    return [tipo for tipo in CATALOGO if coincide(patron, tipo)]
