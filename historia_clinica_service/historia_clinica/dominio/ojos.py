"""What of an eye exam a doctor should be told of: pressures and optic discs that are suspect."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

# mmHg. The range of the healthy is the mean and two standard deviations (European Glaucoma Society, Terminology and
# Guidelines for Glaucoma, 5th ed.).
PRESION_MINIMA, PRESION_MAXIMA = Decimal(10), Decimal(21)
PRESION_DIFERENCIA = Decimal(5)
EXCAVACION_MAXIMA, EXCAVACION_ASIMETRIA = Decimal("0.6"), Decimal("0.2")


class Ojo(StrEnum):
    """Right and left, as ophthalmologists write them: `ojo derecho`, `ojo izquierdo`."""

    OD = "od"
    OI = "oi"


@dataclass(frozen=True)
class Medidas:
    """Of one eye: pressure in mmHg, cup to disc ratio. None: was not measured."""

    presion: Decimal | None = None
    excavacion: Decimal | None = None


@dataclass(frozen=True)
class Aviso:
    """What should be looked at. `ojo` None: both together."""

    codigo: str
    ojo: Ojo | None
    descripcion: str


def avisos(od: Medidas, oi: Medidas) -> list[Aviso]:
    """Pressure over 21 mmHg or more than 5 apart; cup to disc over 0.6 or more than 0.2 apart."""
    dichos = []
    for ojo, medidas in ((Ojo.OD, od), (Ojo.OI, oi)):
        if medidas.presion is not None and medidas.presion > PRESION_MAXIMA:
            texto = f"Presión de {cifra(medidas.presion)} mmHg en {ojo.upper()}: mayor que {PRESION_MAXIMA}."
            dichos.append(Aviso("presion_alta", ojo, texto))
        if medidas.excavacion is not None and medidas.excavacion > EXCAVACION_MAXIMA:
            texto = f"Excavación de {cifra(medidas.excavacion)} en {ojo.upper()}: mayor que {EXCAVACION_MAXIMA}."
            dichos.append(Aviso("excavacion_amplia", ojo, texto))
    entre = _diferencia(od.presion, oi.presion)
    if entre is not None and entre > PRESION_DIFERENCIA:
        texto = f"Presiones de los dos ojos con {cifra(entre)} mmHg de diferencia: más de {PRESION_DIFERENCIA}."
        dichos.append(Aviso("presion_asimetrica", None, texto))
    entre = _diferencia(od.excavacion, oi.excavacion)
    if entre is not None and entre > EXCAVACION_ASIMETRIA:
        texto = f"Excavaciones con {cifra(entre)} de diferencia: más de {EXCAVACION_ASIMETRIA}."
        dichos.append(Aviso("excavacion_asimetrica", None, texto))
    return dichos


def cifra(valor: Decimal) -> str:
    """A figure without superfluous zeros."""
    escrita = f"{valor:f}"
    return escrita.rstrip("0").rstrip(".") if "." in escrita else escrita


def _diferencia(uno: Decimal | None, otro: Decimal | None) -> Decimal | None:
    return None if uno is None or otro is None else abs(uno - otro)
