"""The dental form 033 of the Ministry of Health of Ecuador (SNS-MSP / HCU-form.033/2021), beside what a note has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

# Section 6, stomatognathic system, as the form numbers them.
REGIONES = (
    *("labios", "mejillas", "maxilar_superior", "maxilar_inferior", "lengua", "paladar", "piso", "carrillos"),
    *("glandulas_salivales", "orofaringe", "atm", "ganglios"),
)
# Section 8, oral hygiene: of each group one tooth is looked at.
GRUPOS: tuple[tuple[int, int, int], ...] = (
    *((16, 17, 55), (11, 21, 51), (26, 27, 65)),
    *((36, 37, 75), (31, 41, 71), (46, 47, 85)),
)
PLACA_MAXIMA = CALCULO_MAXIMO = 3  # thirds of the surface
GINGIVITIS_MAXIMA = 1  # bleeds or not
GRADOS = ("leve", "moderada", "severa")
ANGLE = ("I", "II", "III")
EXAMENES = ("biometria", "quimica_sanguinea", "rayos_x", "otros")
MEDIDAS = ("placa", "calculo", "gingivitis")

Higiene = Iterable[Mapping[str, Any]]


def grupo_de(pieza: int) -> int | None:
    """The place from 0 of the group that a tooth stands for; None when the form doesn't look at it."""
    return next((lugar for lugar, grupo in enumerate(GRUPOS) if pieza in grupo), None)


def defecto_de_higiene(higiene: Higiene) -> str | None:
    """What is wrong with the teeth looked at: one that the form does not name, or two of one group."""
    vistos: set[int] = set()
    for examinada in higiene:
        grupo = grupo_de(examinada["pieza"])
        if grupo is None:
            return f"El formulario no examina la pieza {examinada['pieza']}."
        if grupo in vistos:
            return f"Ya se examinó una pieza del grupo {'-'.join(map(str, GRUPOS[grupo]))}."
        vistos.add(grupo)
    return None


def medias(higiene: Higiene) -> dict[str, Decimal | None]:
    """The mean of each measure over the teeth looked at, to the hundredth; None when there was none."""
    filas = list(higiene)
    if not filas:
        return dict.fromkeys(MEDIDAS)
    return {
        medida: (sum((Decimal(fila[medida]) for fila in filas), Decimal(0)) / len(filas)).quantize(
            Decimal("0.01"), ROUND_HALF_UP
        )
        for medida in MEDIDAS
    }
