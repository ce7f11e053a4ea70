"""`make estado`: a running system at a glance, asked through its gateway.

    python deploy/local/estado.py [--url http://127.0.0.1:8080]

Needs nothing beside Python. Ends with status 1 when something is wrong: a service is down or not ready, events
are stuck or were given up on, no worker works, a job is late or fails, an endpoint of a webhook fails.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

ASK_SECONDS = 6  # the gateway itself waits for 5 before it calls a service absent
Json = dict[str, Any]
Row = Sequence[str]


class NoGateway(Exception):
    """Nothing that could be OdontoCare's gateway answers."""


def ask(url: str) -> Json:
    """The JSON object at a URL, whatever the status; empty when there is none."""
    found: Any = {}
    with contextlib.suppress(OSError, ValueError):
        try:
            with urllib.request.urlopen(url, timeout=ASK_SECONDS) as answer:  # noqa: S310 - what the person typed
                found = json.load(answer)
        except urllib.error.HTTPError as refusal:
            found = json.load(refusal)
    return found if isinstance(found, dict) else {}


def look(url: str) -> dict[str, Json]:
    """Service → what its readiness tells, empty when it does not answer. Raises NoGateway."""
    services = list(ask(f"{url}/health").get("servicios", ()))
    if not services:
        raise NoGateway(f"no responde ningún OdontoCare en {url}")
    with ThreadPoolExecutor(len(services)) as pool:
        answers = pool.map(lambda service: ask(f"{url}/{service}/health/ready"), services)
        # Whatever else speaks there, the gateway's own error too, knows nothing of the service.
        return {s: answer if "comprobaciones" in answer else {} for s, answer in zip(services, answers, strict=True)}


def services_table(found: dict[str, Json]) -> Iterator[Row]:
    """Alive, ready, its database, its worker."""
    yield "servicio", "estado", "base de datos", "trabajador"
    for service, ready in found.items():
        if not ready:
            yield service, "no responde", "–", "–"
            continue
        checks = ready["comprobaciones"]
        work = checks.get("trabajos", {})
        beat = work.get("latido_hace_segundos")
        worker = "sin noticias" if beat is None else f"visto hace {duration(beat)}"
        state = "listo" if ready["estado"] == "listo" else "vivo, no listo"
        yield service, state, checks.get("base_de_datos", {}).get("estado", "–"), worker


def events_table(found: dict[str, Json]) -> Iterator[Row]:
    """What each subscriber of each service has not got yet."""
    yield "eventos", "esperan", "fallidos", "atraso", ""
    for service, ready in found.items():
        for subscriber, figures in _checks(ready, "eventos").get("suscriptores", {}).items():
            lag = duration(figures["atraso_segundos"]) if figures["pendientes"] or figures["fallidos"] else "–"
            stuck = "atascado" if figures["atascado"] else ""
            yield f"{service} → {subscriber}", f"{figures['pendientes']}", f"{figures['fallidos']}", lag, stuck


def problems(found: dict[str, Json]) -> Iterator[str]:
    """All that is wrong, a sentence each."""
    for service, ready in found.items():
        if not ready:
            yield f"{service} no responde"
            continue
        checks = ready["comprobaciones"]
        bad = [name for name, check in checks.items() if check["estado"] == "mal"]
        if bad:
            yield f"{service} no está listo: {', '.join(bad)}"
        yield from (f"{service}: no se sabe de {n}" for n, c in checks.items() if c["estado"] == "desconocido")
        yield from _events_problems(service, _checks(ready, "eventos"))
        yield from _work_problems(service, _checks(ready, "trabajos"))
        if failing := _checks(ready, "webhooks").get("fallando"):
            yield f"{_count(failing, 'webhook')} de {service} sin respuesta desde hace más de 5 min"


def _events_problems(service: str, events: Json) -> Iterator[str]:
    for subscriber, figures in events.get("suscriptores", {}).items():
        if figures["fallidos"]:
            repeat = f"python -m {service.replace('-', '_')} eventos repetir {subscriber}"
            yield f"{service} se rindió con {_count(figures['fallidos'], 'evento')} para {subscriber} ({repeat})"
        elif figures["atascado"]:
            yield f"{subscriber} no recibe los eventos de {service} desde hace {duration(figures['atraso_segundos'])}"


def _work_problems(service: str, work: Json) -> Iterator[str]:
    if not work.get("trabajador_activo", True):
        yield f"nadie trabaja para {service}: ni eventos ni trabajos avanzan"
        return
    for job in work.get("detalle", ()):
        if job["error"]:
            yield f"{service}: {job['nombre']} falló ({job['error']}); {_last_good(job)}"
        elif job["atrasado"]:
            yield f"{service}: {job['nombre']} espera su turno desde hace {duration(job['atraso_segundos'])}"


def webhooks_lines(found: dict[str, Json]) -> Iterator[str]:
    """What goes to endpoints outside, of a service that has such; an empty line behind it."""
    for ready in found.values():
        figures = _checks(ready, "webhooks")
        if figures.get("estado") == "bien":
            waiting = _count(figures["pendientes"], "entrega") + " por hacer"
            since = f", la primera desde hace {duration(figures['atraso_segundos'])}" if figures["pendientes"] else ""
            states = f"{_count(figures['activos'], 'activo')}, {figures['pausados']} en pausa"
            yield from (f"webhooks: {states}; {waiting}{since}", "")


def _count(count: int, thing: str) -> str:
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def _last_good(job: Json) -> str:
    if not job["ultimo_fin"]:
        return "nunca terminó bien"
    ago = (datetime.now(UTC) - datetime.fromisoformat(job["ultimo_fin"])).total_seconds()
    return f"terminó bien hace {duration(ago)}"


def _checks(ready: Json, name: str) -> Json:
    checks: Json = ready.get("comprobaciones", {}).get(name, {})
    return checks


def duration(seconds: float) -> str:
    """A length of time as a person says it: its largest unit."""
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(0.0, seconds):.0f} s"


def aligned(rows: Iterator[Row]) -> Iterator[str]:
    """Rows as lines, each column as wide as it must be; numbers to the right."""
    table = list(rows)
    widths = [max(len(row[n]) for row in table) for n in range(len(table[0]))]
    for row in table:
        cells = (
            cell.rjust(width) if cell.isdigit() else cell.ljust(width)
            for cell, width in zip(row, widths, strict=True)
        )
        yield "   ".join(cells).rstrip()


def main() -> int:
    """Look, print, judge. Returns the exit status."""
    parser = argparse.ArgumentParser(description="A running OdontoCare at a glance.")
    parser.add_argument("--url", default="http://127.0.0.1:8080", help="its gateway")
    url = parser.parse_args().url.rstrip("/")
    try:
        found = look(url)
    except NoGateway as error:
        sys.stdout.write(f"Mal: {error}\n")
        return 1
    jobs = [job for ready in found.values() for job in _checks(ready, "trabajos").get("detalle", ())]
    well = sum(not job["error"] and not job["atrasado"] for job in jobs)
    wrong = list(problems(found))
    lines = [
        f"OdontoCare en {url}, {datetime.now().astimezone():%Y-%m-%d %H:%M:%S}",
        "",
        *aligned(services_table(found)),
        "",
        *aligned(events_table(found)),
        "",
        *webhooks_lines(found),
        f"trabajos: {well} de {len(jobs)} al día",
        "",
        *(f"Mal: {sentence}." for sentence in wrong),
    ]
    sys.stdout.write("\n".join(lines if wrong else [*lines, "Todo bien."]) + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
