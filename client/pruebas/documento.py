"""Writes the documented tests as Markdown for people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pruebas.ejemplos import Grupo, Prueba

PROLOGO = """\
# Endpoints by example

Every endpoint with its full route, who calls it, what is sent and what must come back. This file and that of each
group are written by `python client/pruebas/ejecutar.py --documento` from the JSON files beside them and the files in
`entradas/`; don't edit them. The same examples run as tests against a live system that holds the sample data:

```
python client/pruebas/ejecutar.py --url http://127.0.0.1:8080                   # all
python client/pruebas/ejecutar.py --solo citas-reservar citas-doctor-ocupado    # some
python client/pruebas/ejecutar.py --alias                                       # all, and all by their aliases
```

A run ends with the operations of `/openapi.json` that no example uses, and with status 1 if there was any difference.
Each example makes what it needs first, so it can run alone and be repeated; what it makes stays behind. Those of a
group that need the same share it until one of them changes it, for which it waits until the others have looked, or
take it from the example that they need, if it has run.
A run takes three minutes, because it waits for the gateway, which lets an address log in only so often; with
`GATEWAY_LOGIN_RATE=1000r/s` one. A sixth run within a quarter of an hour meets 429: an address may
register itself only so often. Those of webhooks need a system whose `COMUNICACIONES_REDES_PERMITIDAS` lets it reach
them on 127.0.0.1, as `make run` does.

## How an example is written

| field | meaning |
|---|---|
| `id`, `titulo` | its name, and what it shows |
| `metodo`, `ruta` | the request; with `--alias` the first of each by its `gateway/aliases.csv` too |
| `rol` | `admin`, `secretaria`, `medico` or `paciente`: the first of the sample data; without it no token is sent |
| `como` | instead of `rol`: `{nombre_usuario, contrasena}` of somebody made before |
| `entrada` | the body, a file in `entradas/` |
| `archivos` | files of `archivos/` by the name of their field: the body is a form, `entrada` its other fields |
| `encabezados` | more request headers |
| `antes` | examples that run first, each once |
| `una_vez` | made once for all examples of a group that name it in `antes`, which must leave it as it is |
| `a_solas` | what it needs is made for it alone, also what others share: it changes that, or counts what is there |
| | (a list: these examples alone, it shares the rest) |
| `espera` | `estado`, `campos` that must be there (`cita.id`, `datos.0.id`), `valores` they have, `encabezados` |
| `espera.tipo` | media type of the answer |
| `espera.plazo` | seconds that it may take until that comes back |
| `fija` | values to keep under a name for the examples that come after |
| `guarda`, `guarda_encabezados` | values of the answer to keep under a name |

`{{name}}` stands for a kept value, or for

| name | value |
|---|---|
| `{{unico}}` | differs in each request |
| `{{hoy}}`, `{{ayer}}` | today and two days ago, on Ecuador's calendar |
| `{{dia}}`, `{{otro_dia}}` | two weekdays, over a week ahead; each time in other weeks where people are shared |
| `{{momento}}` | a half hour over a year ahead, differs in each request |
| `{{establecimiento}}`, `{{punto}}` | three digits each; together they differ in each request |
| `{{dia_semana}}`, `{{otro_dia_semana}}` | what they are called: `lunes`, `martes`, … |
| `{{codigo_totp}}` | what an authenticator application shows for `{{secreto_totp}}` |
"""


def documentos(grupos: list[Grupo]) -> dict[str, str]:
    """File name → text: README.md with a table of all examples, and each group's examples in full."""
    tablas = "\n".join(linea for grupo in grupos for linea in _tabla(grupo))
    textos = {"README.md": f"{PROLOGO}\n{tablas}\n"}
    lugares = {prueba.id: f"{grupo.nombre}.md#{prueba.id}" for grupo in grupos for prueba in grupo.pruebas}
    for grupo in grupos:
        ejemplos = "\n".join(linea for prueba in grupo.pruebas for linea in _prueba(prueba, lugares))
        textos[f"{grupo.nombre}.md"] = f"# {grupo.titulo}\n\n[How to read this](README.md)\n{ejemplos}\n"
    return textos


def _tabla(grupo: Grupo) -> Iterator[str]:
    yield f"## {grupo.titulo}\n"
    yield "| | method and route | role | status |"
    yield "|---|---|---|---|"
    for prueba in grupo.pruebas:
        enlace = f"[{prueba.titulo}]({grupo.nombre}.md#{prueba.id})"
        yield f"| {enlace} | `{prueba.metodo} {prueba.ruta}` | {_quien(prueba)} | {prueba.espera['estado']} |"
    yield ""


def _prueba(prueba: Prueba, lugares: dict[str, str]) -> Iterator[str]:
    yield f'\n## <a id="{prueba.id}"></a>{prueba.titulo}\n'
    yield f"`{prueba.metodo} {prueba.ruta}` · {_quien(prueba)}"
    if prueba.alias:
        yield "· also " + ", ".join(f"`{alias}`" for alias in prueba.alias)
    if prueba.antes:
        yield "· after " + ", ".join(f"[{id_}]({lugares[id_]})" for id_ in prueba.antes)
    for nombre, valor in prueba.encabezados.items():
        yield f"· `{nombre}: {valor}`"
    if prueba.entrada:
        yield f"\n[`entradas/{prueba.entrada}`](entradas/{prueba.entrada})\n"
        yield f"```json\n{prueba.texto_de_entrada().rstrip()}\n```"
    for campo, archivo in prueba.archivos.items():
        yield f"\n`{campo}`: [`archivos/{archivo}`](archivos/{archivo}); the body is a form (`multipart/form-data`)"
    yield f"\n→ **{prueba.espera['estado']}** " + "; ".join(_espera(prueba))


def _espera(prueba: Prueba) -> Iterator[str]:
    campos = prueba.espera.get("campos", [])
    if campos:
        yield "with " + ", ".join(f"`{campo}`" for campo in campos)
    for campo, valor in prueba.espera.get("valores", {}).items():
        yield f"`{campo}` = `{json.dumps(valor, ensure_ascii=False)}`"
    for nombre in prueba.espera.get("encabezados", []):
        yield f"header `{nombre}`"
    if "tipo" in prueba.espera:
        yield f"`{prueba.espera['tipo']}`"
    if "plazo" in prueba.espera:
        yield f"within {prueba.espera['plazo']} s"


def _quien(prueba: Prueba) -> str:
    if prueba.como:
        return f"as `{prueba.como['nombre_usuario']}`"
    return prueba.rol or "no token"
