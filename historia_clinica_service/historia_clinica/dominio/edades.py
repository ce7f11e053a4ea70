"""How old somebody is, as documents say it."""

from __future__ import annotations

from datetime import date


def edad(nacimiento: date, dia: date) -> str:
    """`34 años`; in months below two years, in days below a month. A birth after `dia` is `0 días`."""
    meses = (dia.year - nacimiento.year) * 12 + dia.month - nacimiento.month - (dia.day < nacimiento.day)
    if meses >= 24:
        return f"{meses // 12} años"
    if meses >= 1:
        return "1 mes" if meses == 1 else f"{meses} meses"
    dias = max((dia - nacimiento).days, 0)
    return "1 día" if dias == 1 else f"{dias} días"
