"""National holidays, from the `holidays` library (for Ecuador: Ley de Feriados, with its moved days)."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays
from holidays.registry import EntityLoader

# Of the registry: asking the library which countries it supports would load them all, 20 MiB in each process.
PAISES = frozenset(EntityLoader.get_country_codes())


@lru_cache(maxsize=500)
def del_ano(pais: str, ano: int) -> dict[date, str]:
    """The public holidays of a country (ISO 3166) in a year, with their names in Spanish where there are."""
    try:
        dias = holidays.country_holidays(pais, years=ano, language="es")
    except NotImplementedError:
        dias = holidays.country_holidays(pais, years=ano)
    return dict(sorted(dias.items()))


def nombre(pais: str | None, dia: date) -> str | None:
    """The name of the holiday that the day is, if any."""
    return del_ano(pais, dia.year).get(dia) if pais else None
