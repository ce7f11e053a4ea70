"""Vital signs: units, what a living body can have, and what is usual at each age.

`posible` are limits of physiology and of the instruments: beyond them it is a slip of the pen. `usual` marks what
somebody should look at. Usual pulse, respiration and pressure of children are those of the AHA's Pediatric Advanced
Life Support (2020); of adults, the AHA's (2017) stage 2 hypertension and NEWS2 (RCP 2017). Saturation is judged as
at 2,850 m (Quito), where well people have 91–97 %.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

Rango = tuple[Decimal, Decimal]


class GrupoEdad(StrEnum):
    """How old somebody is, as far as what is usual depends on it."""

    NEONATO = "neonato"
    LACTANTE = "lactante"
    NINO_PEQUENO = "nino_pequeno"
    PREESCOLAR = "preescolar"
    ESCOLAR = "escolar"
    ADOLESCENTE = "adolescente"
    ADULTO = "adulto"


@dataclass(frozen=True)
class Signo:
    """A sign: what it is called, its unit in UCUM and its LOINC code; how many decimals it is told with."""

    campo: str
    nombre: str
    unidad: str
    loinc: str
    minimo: Decimal
    maximo: Decimal
    decimales: int = 0


def _signo(campo: str, nombre: str, unidad: str, loinc: str, minimo: str, maximo: str, decimales: int = 0) -> Signo:
    return Signo(campo, nombre, unidad, loinc, Decimal(minimo), Decimal(maximo), decimales)


SIGNOS: Mapping[str, Signo] = {
    signo.campo: signo
    for signo in (
        _signo("temperatura_c", "Temperatura", "Cel", "8310-5", "25", "45", 1),
        _signo("pulso_lpm", "Pulso", "/min", "8867-4", "20", "300"),
        _signo("frecuencia_respiratoria_rpm", "Frecuencia respiratoria", "/min", "9279-1", "3", "120"),
        _signo("presion_sistolica_mmhg", "Presión sistólica", "mm[Hg]", "8480-6", "20", "300"),
        _signo("presion_diastolica_mmhg", "Presión diastólica", "mm[Hg]", "8462-4", "10", "200"),
        _signo("saturacion_o2_pct", "Saturación de oxígeno", "%", "59408-5", "30", "100"),
        _signo("peso_kg", "Peso", "kg", "29463-7", "0.3", "600", 2),
        _signo("talla_cm", "Talla", "cm", "8302-2", "20", "260", 1),
        _signo("glucosa_mg_dl", "Glucosa capilar", "mg/dL", "41653-7", "10", "2000"),
        _signo("dolor", "Dolor (0 a 10)", "{score}", "72514-3", "0", "10"),
    )
}

_G = GrupoEdad
# From that many months of age on.
_DESDE_MESES = (
    (_G.ADULTO, 216),
    (_G.ADOLESCENTE, 144),
    (_G.ESCOLAR, 72),
    (_G.PREESCOLAR, 36),
    (_G.NINO_PEQUENO, 12),
    (_G.LACTANTE, 1),
)


def _rango(minimo: str | int, maximo: str | int) -> Rango:
    return Decimal(minimo), Decimal(maximo)


# Narrower than those of SIGNOS, where age tells.
_POSIBLES: Mapping[str, Mapping[GrupoEdad, Rango]] = {
    "pulso_lpm": {_G.ADULTO: _rango(20, 250), _G.ADOLESCENTE: _rango(20, 260), _G.ESCOLAR: _rango(30, 280)},
    "frecuencia_respiratoria_rpm": {_G.ADULTO: _rango(3, 80), _G.ADOLESCENTE: _rango(3, 80)},
    "presion_sistolica_mmhg": {
        _G.NEONATO: _rango(20, 150),
        _G.LACTANTE: _rango(30, 180),
        _G.NINO_PEQUENO: _rango(30, 200),
        _G.PREESCOLAR: _rango(30, 220),
        _G.ADULTO: _rango(30, 300),
    },
    "peso_kg": {
        _G.NEONATO: _rango("0.3", 8),
        _G.LACTANTE: _rango(1, 20),
        _G.NINO_PEQUENO: _rango(4, 35),
        _G.PREESCOLAR: _rango(6, 70),
        _G.ESCOLAR: _rango(9, 180),
        _G.ADOLESCENTE: _rango(15, 350),
        _G.ADULTO: _rango(15, 600),
    },
    "talla_cm": {
        _G.NEONATO: _rango(20, 65),
        _G.LACTANTE: _rango(35, 95),
        _G.NINO_PEQUENO: _rango(50, 120),
        _G.PREESCOLAR: _rango(60, 145),
        _G.ESCOLAR: _rango(75, 190),
        _G.ADOLESCENTE: _rango(90, 240),
        _G.ADULTO: _rango(55, 260),
    },
}

_TODA_EDAD: Mapping[str, Rango] = {
    "temperatura_c": _rango("35.5", "37.8"),
    "saturacion_o2_pct": _rango(91, 100),
    "glucosa_mg_dl": _rango(70, 140),
    "dolor": _rango(0, 3),
}
_USUALES: Mapping[GrupoEdad, Mapping[str, Rango]] = {
    grupo: {
        "pulso_lpm": pulso,
        "frecuencia_respiratoria_rpm": respiracion,
        "presion_sistolica_mmhg": sistolica,
        "presion_diastolica_mmhg": diastolica,
    }
    for grupo, pulso, respiracion, sistolica, diastolica in (
        (_G.NEONATO, _rango(100, 205), _rango(30, 60), _rango(60, 84), _rango(30, 53)),
        (_G.LACTANTE, _rango(100, 180), _rango(30, 53), _rango(72, 104), _rango(37, 56)),
        (_G.NINO_PEQUENO, _rango(98, 140), _rango(22, 37), _rango(86, 106), _rango(42, 63)),
        (_G.PREESCOLAR, _rango(80, 120), _rango(20, 28), _rango(89, 112), _rango(46, 72)),
        (_G.ESCOLAR, _rango(75, 118), _rango(18, 25), _rango(97, 120), _rango(57, 80)),
        (_G.ADOLESCENTE, _rango(60, 100), _rango(12, 20), _rango(100, 131), _rango(60, 83)),
        (_G.ADULTO, _rango(50, 100), _rango(12, 20), _rango(90, 139), _rango(50, 89)),
    )
}
_IMC_ADULTO = _rango("18.5", "24.9")  # WHO


def grupo_de(nacimiento: date | None, dia: date) -> GrupoEdad | None:
    """The age group on that day; None when the birth is not known, or lies after it."""
    if nacimiento is None or nacimiento > dia:
        return None
    meses = (dia.year - nacimiento.year) * 12 + dia.month - nacimiento.month - (dia.day < nacimiento.day)
    return next((grupo for grupo, desde in _DESDE_MESES if meses >= desde), GrupoEdad.NEONATO)


def posible(campo: str, grupo: GrupoEdad | None) -> Rango:
    """The least and the most that a sign can be at that age; at any age when it is not known."""
    signo = SIGNOS[campo]
    general = (signo.minimo, signo.maximo)
    return _POSIBLES.get(campo, {}).get(grupo, general) if grupo else general


def usual(campo: str, grupo: GrupoEdad | None) -> Rango | None:
    """What is usual at that age; None when nobody can say."""
    if campo == "imc":
        return _IMC_ADULTO if grupo is GrupoEdad.ADULTO else None
    return _TODA_EDAD.get(campo) or (_USUALES[grupo].get(campo) if grupo else None)


def revisar(signos: Mapping[str, Any], grupo: GrupoEdad | None) -> dict[str, list[str]]:
    """What can't have been measured: field → messages. `signos`: value by field, None for what was not taken."""
    tomados = {campo: signos[campo] for campo in SIGNOS if signos.get(campo) is not None}
    if not tomados:
        return {"_cuerpo": ["Dé al menos un signo."]}
    errores = {}
    for campo, valor in tomados.items():
        minimo, maximo = posible(campo, grupo)
        if not minimo <= valor <= maximo:
            errores[campo] = [f"{SIGNOS[campo].nombre}: de {_escrito(minimo)} a {_escrito(maximo)}{_edad(grupo)}."]
    sistolica, diastolica = (tomados.get(f"presion_{cual}_mmhg") for cual in ("sistolica", "diastolica"))
    if diastolica is not None and (sistolica is None or diastolica >= sistolica):
        errores.setdefault("presion_diastolica_mmhg", ["Va con la sistólica, y es menor que ella."])
    return errores


def fuera_de_rango(signos: Mapping[str, Any], grupo: GrupoEdad | None) -> list[dict[str, Any]]:
    """What is not usual at that age: `campo`, `sentido` (alto, bajo), and the usual `minimo` and `maximo`."""
    raros = []
    for campo in (*SIGNOS, "imc"):
        valor, rango = signos.get(campo), usual(campo, grupo)
        if valor is not None and rango and not rango[0] <= valor <= rango[1]:
            sentido = "bajo" if valor < rango[0] else "alto"
            raros.append({"campo": campo, "sentido": sentido, "minimo": rango[0], "maximo": rango[1]})
    return raros


def imc(peso_kg: Decimal | None, talla_cm: Decimal | None) -> Decimal | None:
    """The body mass index in kg/m², with one decimal; None without both."""
    if peso_kg is None or talla_cm is None:
        return None
    return (peso_kg / (talla_cm / 100) ** 2).quantize(Decimal("0.1"))


def _escrito(valor: Decimal) -> str:
    return f"{valor:f}".replace(".", ",")


def _edad(grupo: GrupoEdad | None) -> str:
    return " a su edad" if grupo else ""
