"""Writes the documented tests as Markdown for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ejecutar import Grupo, Prueba

PROLOGO = """\
# Endpoints by example

Every endpoint with its full route, who calls it, what is sent and what must come back. This file is written by
`python client/pruebas/ejecutar.py --documento` from `auth.json`, `admin.json`, `citas.json` and the input files in
`entradas/`; don't edit it. The same examples run as tests against a live system that holds the sample data:

```
python client/pruebas/ejecutar.py --url http://127.0.0.1:8080                   # all, by route and by alias
python client/pruebas/ejecutar.py --solo citas-reservar citas-doctor-ocupado    # some
```

A run ends with the operations of `/openapi.json` that no example uses, and with status 1 if there was any difference.
Each example makes what it needs first, so it can run alone and be repeated; what it makes stays behind.

## How an example is written

| field | meaning |
|---|---|
| `id`, `titulo` | its name, and what it shows |
| `metodo`, `ruta` | the request; the first example of each runs by every alias of `gateway/aliases.csv` as well |
| `rol` | `admin`, `secretaria`, `medico` or `paciente`: the first of the sample data; without it no token is sent |
| `como` | instead of `rol`: `{nombre_usuario, contrasena}` of somebody made before |
| `entrada` | the body, a file in `entradas/` |
| `encabezados` | more request headers |
| `antes` | examples that run first, each once |
| `espera` | `estado`, `campos` that must be there (`cita.id`, `datos.0.id`), `valores` they have, `encabezados` |
| `guarda`, `guarda_encabezados` | values of the answer to keep under a name |

`{{name}}` stands for a kept value, or for `{{unico}}` (differs in each request), `{{hoy}}`, `{{ayer}}`, `{{dia}}` and
`{{otro_dia}}` (two weekdays, over a week ahead).
"""


def documento(grupos: list[Grupo]) -> str:
    """The whole document."""
    return "\n".join(linea for grupo in grupos for linea in _grupo(grupo)).join((PROLOGO + "\n", "\n"))


def _grupo(grupo: Grupo) -> Iterator[str]:
    yield f"## {grupo.titulo}\n"
    yield "| | method and route | role | status |"
    yield "|---|---|---|---|"
    for prueba in grupo.pruebas:
        yield (
            f"| [{prueba.titulo}](#{prueba.id}) | `{prueba.metodo} {prueba.ruta}` | {_quien(prueba)} "
            f"| {prueba.espera['estado']} |"
        )
    for prueba in grupo.pruebas:
        yield from _prueba(prueba)
    yield ""


def _prueba(prueba: Prueba) -> Iterator[str]:
    yield f'\n### <a id="{prueba.id}"></a>{prueba.titulo}\n'
    yield f"`{prueba.metodo} {prueba.ruta}` · {_quien(prueba)}"
    if prueba.alias:
        yield "· also " + ", ".join(f"`{alias}`" for alias in prueba.alias)
    if prueba.antes:
        yield "· after " + ", ".join(f"[{id_}](#{id_})" for id_ in prueba.antes)
    for nombre, valor in prueba.encabezados.items():
        yield f"· `{nombre}: {valor}`"
    if prueba.entrada:
        yield f"\n[`entradas/{prueba.entrada}`](entradas/{prueba.entrada})\n"
        yield f"```json\n{prueba.texto_de_entrada().rstrip()}\n```"
    yield f"\n→ **{prueba.espera['estado']}** " + "; ".join(_espera(prueba))


def _espera(prueba: Prueba) -> Iterator[str]:
    campos = prueba.espera.get("campos", [])
    if campos:
        yield "with " + ", ".join(f"`{campo}`" for campo in campos)
    for campo, valor in prueba.espera.get("valores", {}).items():
        yield f"`{campo}` = `{valor}`"
    for nombre in prueba.espera.get("encabezados", []):
        yield f"header `{nombre}`"


def _quien(prueba: Prueba) -> str:
    if prueba.como:
        return f"as `{prueba.como['nombre_usuario']}`"
    return prueba.rol or "no token"
