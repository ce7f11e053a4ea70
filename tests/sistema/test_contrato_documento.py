"""Fuzzing of the published OpenAPI document: whatever is asked, no 5xx, and answers as the document says.

Each operation gets one good and one bad request; `--ejemplos 50` makes up more.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from local_system import System
from schemathesis.checks import not_a_server_error
from schemathesis.core.transport import Response
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from .conftest import Red, bien
from .documento import PUBLICO, de_ruta, documento, ids, una_de_cada
from .llamadas import Respuesta, conexiones
from .mundo import Desconocido, Mundo, permisos, revisar

Pregunta = tuple[requests.PreparedRequest, Respuesta]
CHEQUEOS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# It would end the session of whoever asks.
FUERA = {"POST /auth/logout"}
# One set of views serves all catalogues.
IGUALES = ("/admin/aseguradoras", "/admin/fuentes", "/admin/lineas-negocio")


def _operaciones(url: str) -> Iterator[Any]:
    esquema = schemathesis.openapi.from_dict(documento(url))
    # All but lone surrogates: the same characters as of UTF-8, whose table hypothesis takes seconds to make.
    esquema.config.generation.codec = None
    for resultado in esquema.get_all_operations():
        operacion = resultado.ok()
        if operacion.label not in FUERA and not operacion.path.startswith(IGUALES):
            yield operacion


def _probar(
    operacion: Any, modo: GenerationMode, ejemplos: int, propios: dict[str, Any], preguntar: Any
) -> list[str]:
    """What was wrong with the answers to some examples of one operation; the same examples each time.

    What exists is asked for, and of those things only one's own: other tests run on the same system. `preguntar`
    gives the answers that one example got.
    """
    fijos = {parte.name: propios[parte.name] for parte in operacion.path_parameters or () if parte.name in propios}
    raros: list[str] = []

    def probar(caso: Any) -> None:
        for pedido, respuesta in preguntar(caso):
            try:
                revisar(respuesta)
                caso.validate_response(_para_chequear(pedido, respuesta), checks=CHEQUEOS)
            except (AssertionError, schemathesis.errors.SchemathesisError, BaseExceptionGroup) as error:
                partes = getattr(error, "exceptions", [error])
                raros.append(
                    f"{operacion.label} {caso.body!r:.200} {respuesta.url}: {partes!r:.700} {respuesta.text:.300}"
                )

    # Short, because hypothesis reads its source each time.
    @seed(20260115)
    @settings(max_examples=ejemplos, phases=[Phase.generate], database=None, suppress_health_check=list(HealthCheck))
    @given(operacion.as_strategy(generation_mode=modo, **({"path_parameters": fijos} if fijos else {})))
    def uno(caso: Any) -> None:
        probar(caso)

    with contextlib.suppress(Unsatisfiable):  # an operation of which nothing is wrong
        uno()
    return raros


def _para_chequear(pedido: requests.PreparedRequest, respuesta: Respuesta) -> Response:
    """An answer as schemathesis takes it."""
    cabeceras = {nombre: [valor] for nombre, valor in respuesta.headers.items()}
    suya = respuesta.status_code, cabeceras, respuesta.content
    return Response(*suya, request=pedido, elapsed=0, verify=False, encoding="utf-8")


# The patient first: he can spoil less of what the other is to find.
ROLES = ("paciente", "admin")


@pytest.fixture
def sin_politicas_nuevas(red: Red) -> Iterator[None]:
    """A policy without centre or treatment holds for everybody, also in other tests: none of them stays."""
    antes = _politicas(red)
    yield
    for politica in _politicas(red) - antes:
        bien(red.admin.delete(f"/citas/politicas/{politica}"), 204)


def _politicas(red: Red) -> set[int]:
    todas: set[int] = set()
    pagina = bien(red.admin.get("/citas/politicas?tamano=200"))
    while True:
        todas |= {politica["id"] for politica in pagina["datos"]}
        if (cursor := pagina["paginacion"]["siguiente"]) is None:
            return todas
        pagina = bien(red.admin.get("/citas/politicas", params={"tamano": 200, "cursor": cursor}))


@pytest.mark.usefixtures("sin_politicas_nuevas")
def test_el_documento_dice_la_verdad(sistema: System, red: Red, request: pytest.FixtureRequest) -> None:
    m, raros = Mundo(red), []
    todos = {k: v for k, v in ids(m).items() if k != "token"}
    # Not the administrator of the other tests: whoever asks may well change his own account.
    tokens = {"paciente": m.quien["paciente"].token, "admin": m.entrar_como_nuevo("admin").token}
    permitido = {rol: permisos(token) for rol, token in tokens.items()}
    ejemplos: int = request.config.getoption("--ejemplos")

    def preguntar(caso: Any, rol: str) -> Pregunta:
        propios = de_ruta(todos, caso.path)
        publica = caso.operation.definition.raw["x-permiso"] == PUBLICO
        # Made up ids would only ever be told that there is no such thing.
        for parte in (caso.body, caso.query):
            if isinstance(parte, dict):
                parte |= {k: propios[k] for k, v in parte.items() if k in propios and type(v) is int}
        # In a record only doctors write.
        de_medico = rol == "admin" and caso.method != "GET" and caso.path.startswith("/historia-clinica/")
        suyo = m.quien["medico"].token if de_medico else tokens[rol]
        cabeceras = {} if publica else {"Authorization": f"Bearer {suyo}", "If-Match": "*"}
        pedido = requests.Request(**caso.as_transport_kwargs(base_url=sistema.url, headers=cabeceras)).prepare()
        # Strangers are throttled by address.
        usadas = Desconocido(sistema.url).conexiones if publica else conexiones(sistema.url)
        que = str(pedido.method), pedido.path_url, pedido.body, dict(pedido.headers)
        return pedido, usadas.enviar(*que)

    def cada_uno(caso: Any) -> Iterator[Pregunta]:
        permiso = caso.operation.definition.raw["x-permiso"]
        # Whom the guard keeps out test_derechos.py tells.
        roles = ["admin"] if permiso == PUBLICO else [rol for rol in ROLES if permiso in permitido[rol]]
        return (preguntar(caso, rol) for rol in roles)

    def el_administrador(caso: Any) -> Iterator[Pregunta]:
        yield preguntar(caso, "admin")

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for operacion in una_de_cada(_operaciones(sistema.url), sistema, request.config):
            propios = de_ruta(todos, operacion.path)
            raros += _probar(operacion, GenerationMode.POSITIVE, ejemplos, propios, cada_uno)
            # Bad ids and arguments are for test_ataques_rutas.py.
            if operacion.body:
                raros += _probar(operacion, GenerationMode.NEGATIVE, ejemplos, propios, el_administrador)
    assert not raros, "\n".join(raros[:40])
