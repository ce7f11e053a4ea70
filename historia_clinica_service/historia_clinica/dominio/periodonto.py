"""The periodontal chart: six sites of each tooth, and what follows from them.

`sondaje`: probing depth in mm, from the gum's margin to the bottom of the pocket, 0–15. `margen`: where the margin
lies against the cement-enamel junction, in mm, −10 to 15: positive is recession (the root shows), negative is gum
over the crown. Clinical attachment level (NIC) = sondaje + margen: pockets and recession both add to what was lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from historia_clinica.dominio.piezas import tiene_furca

# Mesial, middle and distal of the vestibular side, then of the lingual (palatal) one.
SITIOS = ("mv", "v", "dv", "ml", "l", "dl")
SONDAJE_MAXIMO = 15
MARGEN_MINIMO, MARGEN_MAXIMO = -10, 15
GRADO_MAXIMO = 3
BOLSA = 4  # mm: from here on a site is a pocket
BOLSA_PROFUNDA = 6


@dataclass(frozen=True)
class Sitio:
    """What was measured at one site of a tooth; None: not measured."""

    pieza: int
    sitio: str
    sondaje: int | None = None
    margen: int | None = None
    sangrado: bool | None = None
    supuracion: bool | None = None
    placa: bool | None = None

    @property
    def nic(self) -> int | None:
        """Clinical attachment level in mm; None unless both were measured."""
        return None if self.sondaje is None or self.margen is None else self.sondaje + self.margen


@dataclass(frozen=True)
class Resumen:
    """A chart in figures. Percentages are of the sites where that was looked at; None: nowhere."""

    piezas: int
    sitios_medidos: int
    sangrado_pct: Decimal | None
    placa_pct: Decimal | None
    supuracion_pct: Decimal | None
    sondaje_medio_mm: Decimal | None
    nic_medio_mm: Decimal | None
    sondaje_maximo_mm: int | None
    sitios_con_bolsa: int
    sitios_con_bolsa_profunda: int


def resumir(sitios: Iterable[Sitio]) -> Resumen:
    """The figures of a chart."""
    todos = list(sitios)
    hondos = [s.sondaje for s in todos if s.sondaje is not None]
    return Resumen(
        piezas=len({s.pieza for s in todos}),
        sitios_medidos=len(hondos),
        sangrado_pct=_porcentaje([s.sangrado for s in todos]),
        placa_pct=_porcentaje([s.placa for s in todos]),
        supuracion_pct=_porcentaje([s.supuracion for s in todos]),
        sondaje_medio_mm=_media(hondos),
        nic_medio_mm=_media([s.nic for s in todos if s.nic is not None]),
        sondaje_maximo_mm=max(hondos, default=None),
        sitios_con_bolsa=sum(mm >= BOLSA for mm in hondos),
        sitios_con_bolsa_profunda=sum(mm >= BOLSA_PROFUNDA for mm in hondos),
    )


def defectos(pieza: int, furca: int | None, *, vacia: bool) -> dict[str, list[str]]:
    """Field → messages: what of a tooth's measurements can't be. `vacia`: nothing was measured at all."""
    errores: dict[str, list[str]] = {}
    if furca and not tiene_furca(pieza):
        errores["furca"] = [f"La pieza {pieza} tiene una sola raíz: no tiene furca."]
    if vacia:
        errores["sitios"] = ["Diga qué se midió en la pieza."]
    return errores


def _porcentaje(vistos: Sequence[bool | None]) -> Decimal | None:
    dichos = [visto for visto in vistos if visto is not None]
    return _redondo(Decimal(100 * sum(dichos)) / len(dichos)) if dichos else None


def _media(valores: Sequence[int]) -> Decimal | None:
    return _redondo(Decimal(sum(valores)) / len(valores)) if valores else None


def _redondo(valor: Decimal) -> Decimal:
    return valor.quantize(Decimal("0.1"), ROUND_HALF_UP)
