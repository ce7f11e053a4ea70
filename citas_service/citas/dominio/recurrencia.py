"""Recurrence rules (RFC 5545, RRULE) over the wall clock: weekly lunch, yearly leave, a series of appointments."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import MAXYEAR, date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

FRECUENCIAS = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
PARTES = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"}
LARGO_MAXIMO = 200
REPETICIONES_MAXIMAS = 5000
# After so many years the calendar is the same again, weekdays and leap years.
CICLO = 400
_LECTURA = "%Y%m%dT%H%M%S"


class ReglaInvalida(ValueError):
    """Not a rule that is understood here; the message is a Spanish sentence for a person."""


def normalizar(texto: str, primera: datetime, zona: ZoneInfo) -> str:
    """The rule in capitals without its `RRULE:`; an UNTIL in UTC becomes a reading of the zone's clock.

    `primera` is the reading from which it counts.

    Raises ReglaInvalida. Rules repeat by the day or more rarely, so that the first time of day is that of all.
    """
    texto = texto.strip().upper().removeprefix("RRULE:")
    if len(texto) > LARGO_MAXIMO:
        raise ReglaInvalida("La regla es demasiado larga.")
    partes: dict[str, str] = {}
    for parte in texto.split(";"):
        nombre, signo, valor = parte.partition("=")
        if nombre not in PARTES or not signo or not valor or nombre in partes:
            raise ReglaInvalida(f"No se entiende «{parte}»; admite {', '.join(sorted(PARTES))}, una vez cada una.")
        partes[nombre] = valor
    if partes.get("FREQ") not in FRECUENCIAS:
        raise ReglaInvalida(f"FREQ debe ser uno de: {', '.join(sorted(FRECUENCIAS))}.")
    if "COUNT" in partes and "UNTIL" in partes:
        raise ReglaInvalida("COUNT y UNTIL no van juntos.")
    _limitar(partes)
    if "UNTIL" in partes:
        partes["UNTIL"] = _hasta_local(partes["UNTIL"], zona)
    regla = ";".join(f"{nombre}={valor}" for nombre, valor in partes.items())
    try:
        nunca = not _ocurre(partes, primera)
    except (ValueError, TypeError, KeyError, IndexError, OverflowError):
        raise ReglaInvalida("No es una regla RRULE (RFC 5545) válida.") from None
    if nunca:
        raise ReglaInvalida("La regla no da ninguna fecha.")
    return regla


def _ocurre(partes: dict[str, str], primera: datetime) -> bool:
    """Whether the rule gives any date within a cycle of the calendar.

    Tried one cycle before the end of all years: the library searches for what never comes until 9999.
    """
    sin_final = ";".join(f"{nombre}={valor}" for nombre, valor in partes.items() if nombre not in ("COUNT", "UNTIL"))
    anos = max(0, (MAXYEAR - CICLO - primera.year) // CICLO * CICLO)
    hallada = next(iter(rrulestr(sin_final, dtstart=primera.replace(year=primera.year + anos))), None)
    if hallada is None:
        return False
    return "UNTIL" not in partes or f"{hallada.replace(year=hallada.year - anos):{_LECTURA}}" <= partes["UNTIL"]


def _limitar(partes: dict[str, str]) -> None:
    """Only what surely comes again."""
    if partes["FREQ"] in ("DAILY", "WEEKLY") and (vedadas := {"BYMONTHDAY", "BYSETPOS"} & set(partes)):
        raise ReglaInvalida(f"{' y '.join(sorted(vedadas))} va con FREQ=MONTHLY o YEARLY.")
    if partes["FREQ"] == "DAILY" and "BYDAY" in partes:
        raise ReglaInvalida("BYDAY no va con FREQ=DAILY; use FREQ=WEEKLY.")
    if not all(mes.isdigit() and 1 <= int(mes) <= 12 for mes in partes.get("BYMONTH", "1").split(",")):
        raise ReglaInvalida("BYMONTH va de 1 a 12.")
    for nombre, maximo in (("COUNT", REPETICIONES_MAXIMAS), ("INTERVAL", 400)):
        if nombre in partes and not (partes[nombre].isdigit() and 1 <= int(partes[nombre]) <= maximo):
            raise ReglaInvalida(f"{nombre} va de 1 a {maximo}.")


def _hasta_local(texto: str, zona: ZoneInfo) -> str:
    formato = {8: "%Y%m%d", 15: "%Y%m%dT%H%M%S", 16: "%Y%m%dT%H%M%SZ"}.get(len(texto), "")
    try:
        leido = datetime.strptime(texto, formato)  # noqa: DTZ007 - a reading, or UTC as the Z says
    except ValueError:
        raise ReglaInvalida("UNTIL debe ser AAAAMMDD o AAAAMMDDTHHMMSS, con Z si es UTC.") from None
    if len(texto) == 8:
        leido = datetime.combine(leido.date(), time(23, 59, 59))
    elif len(texto) == 16:
        leido = leido.replace(tzinfo=ZoneInfo("UTC")).astimezone(zona).replace(tzinfo=None)
    return leido.strftime(_LECTURA)


def ultima(regla: str, primera: datetime) -> datetime | None:
    """The last repetition of a rule that ends, as a reading; None for one that does not."""
    if "COUNT=" not in regla and "UNTIL=" not in regla:
        return None
    final = primera
    for numero, lectura in enumerate(rrulestr(regla, dtstart=primera)):
        if numero >= REPETICIONES_MAXIMAS:
            break
        final = lectura
    return final


def primeras(regla: str, primera: datetime, cuantas: int) -> list[datetime]:
    """Readings of the first repetitions, at most so many."""
    return list(islice(rrulestr(regla, dtstart=primera), cuantas))


def repeticiones(regla: str, primera: datetime, desde: date, hasta: date) -> Iterator[datetime]:
    """Readings of the repetitions whose day lies in [desde, hasta], in order."""
    mes = date(desde.year, desde.month, 1)
    while mes <= hasta:
        for lectura in _del_mes(regla, primera, mes.year, mes.month):
            if desde <= lectura.date() <= hasta:
                yield lectura
        mes = (mes + timedelta(days=31)).replace(day=1)


@lru_cache(maxsize=20_000)
def _del_mes(regla: str, primera: datetime, ano: int, mes: int) -> tuple[datetime, ...]:
    # The library counts from the first one on each time, so a month is worked out once.
    inicio = datetime(ano, mes, 1)  # noqa: DTZ001 - a reading
    fin = (inicio + timedelta(days=31)).replace(day=1) - timedelta(seconds=1)
    return tuple(rrulestr(regla, dtstart=primera).between(inicio, fin, inc=True))
