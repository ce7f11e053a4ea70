"""Bodies that nobody sends by accident: each gets its documented answer, in every route that takes one."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from local_system import System

from .blancos import Blanco, blancos
from .conftest import QUITO, Red, bien, manana, problema
from .documento import Camino, Operacion, una_de_cada
from .llamadas import Respuesta
from .mundo import CLAVE, EN_UNA_BASE, JSON, Mundo, unico, vigilado
from .mundo_comun import mundo_comun
from .mundo_historia import Formulario
from .tabla_derechos import cuerpo

SQL_Y_GUION = "Robert'); DROP TABLE paciente;--\"<script>alert('x')</script>{{7*7}}${7*7}%s%00\\"
NULO = "a\0b"
LARGO = "ñ" * 30_001
SECRETOS = {"contrasena", "contrasena_actual", "contrasena_nueva", "client_secret", "refresh_token"}

TIPOS = ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/json", "")
CAMPOS_AJENOS = ("campo_que_no_existe", "id", "creado_en", "eliminado_en", "version", "__class__", "$where")
OTROS = (b'"texto"', b"42", b"true", b"[[]]", b"[1]", b"null")


def _con(base: Any, camino: Camino, valor: Any) -> Any:
    """The body with another value at that place; what lies between is made."""
    if isinstance(base, Formulario):
        return replace(base, campos=_con(base.campos, camino, valor))
    if not camino:
        return valor
    clave, *resto = camino
    if clave == 0:
        lista = base if isinstance(base, list) and base else [None]
        return [_con(lista[0], tuple(resto), valor)]
    dentro = base if isinstance(base, dict) else {}
    return {**dentro, clave: _con(dentro.get(clave), tuple(resto), valor)}


def _en(base: Any, camino: Camino) -> Any:
    """The value at that place; None when there is none."""
    for clave in camino:
        try:
            base = base[clave]
        except (KeyError, IndexError, TypeError):
            return None
    return base


@pytest.fixture
def mundo(sistema: System) -> Iterator[Mundo]:
    mundo = mundo_comun(sistema)
    yield mundo
    mundo.reponer()


def test_sql_y_guiones_son_texto_y_lo_que_no_es_texto_se_rechaza(
    sistema: System, mundo: Mundo, request: pytest.FixtureRequest
) -> None:
    m = mundo
    raros: list[str] = []
    medidos: set[str] = set()
    for blanco in una_de_cada(blancos(m), sistema, request.config):
        campos = {camino: tipo for camino, tipo, _esquema in blanco.operacion.campos() if camino != ("archivo",)}
        textos = [camino for camino, tipo in campos.items() if tipo == "string"]
        publicos = [camino for camino in textos if camino[-1] not in SECRETOS]
        raros += _rechaza(blanco, dict.fromkeys(campos.keys() - textos, SQL_Y_GUION) | dict.fromkeys(publicos, NULO))
        por_medir = _sin_medir(blanco.operacion, medidos)
        for desde in range(0, len(por_medir), 12):  # more would be more than a body may be
            raros += _rechaza(blanco, dict.fromkeys(por_medir[desde : desde + 12], LARGO))
        raros += _guarda(blanco, publicos)
        for secreto in set(textos) - set(publicos):
            for ataque in (SQL_Y_GUION, NULO):
                respuesta = blanco.enviar(_con(blanco.bueno(), secreto, ataque))
                if respuesta.status_code not in (401, 404, 409, 422) and not (respuesta.ok and ataque != NULO):
                    raros.append(f"{blanco} {secreto}: {respuesta.status_code} {respuesta.text[:200]}")
    assert not raros, "\n".join(raros)
    for ruta in ("/admin/pacientes", "/auth/usuarios", "/citas", "/admin/centros"):
        assert bien(m.admin.get(ruta))["datos"], "the tables are still there"


def _sin_medir(operacion: Operacion, medidos: set[str]) -> list[Camino]:
    """Where a text may stand of which it is not known that it has an end.

    What the document says of a length, an enumeration or a format comes from the field that checks it: of each
    service, fields of which it says the same are tried once.
    """
    textos: list[Camino] = []
    for camino, tipo, esquema in operacion.campos():
        if tipo != "string" or camino == ("archivo",):
            continue
        clase = {k: v for k, v in esquema.items() if k in ("type", "format", "maxLength", "minLength", "enum")}
        if camino[-1] in SECRETOS or not {"maxLength", "enum", "format"} & clase.keys():
            textos.append(camino)
        elif (caso := f"{operacion.servicio} {json.dumps(clase, sort_keys=True)}") not in medidos:
            medidos.add(caso)
            textos.append(camino)
    return textos


def _con_todos(blanco: Blanco, ataques: dict[Camino, str]) -> Any:
    base = blanco.bueno()
    for camino, valor in ataques.items():
        base = _con(base, camino, valor)
    return base


def _rechaza(blanco: Blanco, ataques: dict[Camino, str]) -> list[str]:
    """What is wrong with the answer to a body with these in those places: each must be told."""
    if not ataques:
        return []
    respuesta = blanco.enviar(_con_todos(blanco, ataques))
    if respuesta.status_code != 422:
        return [f"{blanco} {[*ataques]}: {respuesta.status_code} {respuesta.text[:200]}"]
    errores = respuesta.json()["errores"]
    return [f"{blanco} {v[:8]!r} {c}: {errores}"[:300] for c, v in ataques.items() if not _nombrado(errores, c)]


def _guarda(blanco: Blanco, textos: list[Camino]) -> list[str]:
    """What is wrong with the answer to SQL in all that may be any text; what is told to be none is left as it was."""
    if not textos:
        return []
    respuesta = blanco.enviar(_con_todos(blanco, dict.fromkeys(textos, SQL_Y_GUION)))
    if respuesta.status_code == 422:
        errores = respuesta.json()["errores"]
        libres = [camino for camino in textos if not _nombrado(errores, camino)]
        if len(libres) < len(textos):
            return _guarda(blanco, libres)
        if len(textos) > 1:  # they don't go together
            return [raro for camino in textos for raro in _guarda(blanco, [camino])]
        return [] if errores else [f"{blanco} {textos}: {respuesta.text[:200]}"]
    # A state that is not there yet, a record that can't be linked.
    if not respuesta.ok:
        mal = respuesta.status_code not in (401, 404, 409)
        return [f"{blanco} {textos}: {respuesta.status_code} {respuesta.text[:200]}"] if mal else []
    vueltos = {camino: _en(respuesta.json() if respuesta.content else None, camino) for camino in textos}
    # Kept as it was sent, but for trimming and for what is kept in lower case.
    esperado = SQL_Y_GUION.strip().lower()
    return [f"{blanco} {c}: {v}" for c, v in vueltos.items() if isinstance(v, str) and v.lower() != esperado]


def _nombrado(errores: Any, camino: Camino) -> bool:
    """Whether the errors tell of that place, or of what it stands in."""
    for clave in camino:
        if isinstance(errores, list):
            return True
        if not isinstance(errores, dict) or str(clave) not in errores:
            return False
        errores = errores[str(clave)]
    return bool(errores)


@EN_UNA_BASE
def test_lo_que_no_es_el_json_esperado(sistema: System) -> None:
    """One parser reads all bodies: each service gets all that is wrong, and each route something."""
    raros: list[str] = []
    de_cada_servicio: dict[str, list[Blanco]] = {}
    for blanco in blancos(mundo_comun(sistema)):
        if blanco.operacion.formulario:
            raros += _debe(blanco, "JSON", blanco.enviar(b"{}"), 415)
        else:
            de_cada_servicio.setdefault(blanco.operacion.servicio, []).append(blanco)
            raros += _rechaza_campos_ajenos(blanco)
    for suyos in de_cada_servicio.values():
        cuantos = len(_que_no_es_json({}))
        for n in range(max(len(suyos), cuantos)):
            blanco = suyos[n % len(suyos)]
            que, (contenido, tipo, esperado) = list(_que_no_es_json(blanco.bueno()).items())[n % cuantos]
            raros += _debe(blanco, que, blanco.enviar(contenido, tipo), esperado)
    assert not raros, "\n".join(raros)


def _debe(blanco: Blanco, que: str, respuesta: Respuesta, esperado: int) -> list[str]:
    if respuesta.status_code == esperado:
        return []
    return [f"{blanco} {que}: {respuesta.status_code} {respuesta.text[:200]}"]


def _que_no_es_json(de_verdad: Any) -> dict[str, tuple[Any, str, int]]:
    """What is wrong → what is sent, as what, and the answer."""
    bueno = json.dumps(de_verdad).encode()
    rotos = {
        "broken": bueno[:-1],
        "twice": bueno + bueno,
        "single quotes": b"{'a': 1}",
        "trailing comma": bueno[:-1] + b"," + bueno[-1:],
        "comment": b"/* x */" + bueno,
        "NaN": b'{"id": NaN}',
        "infinity": b'{"id": -Infinity}',
        "lone surrogate": b'{"nombre": "\\ud800"}',
        "bad UTF-8": b'{"nombre": "\xff\xfe"}',
        "overlong UTF-8": b'{"nombre": "\xc0\x80"}',
        "UTF-16": bueno.decode().encode("utf-16"),
        "raw control": b'{"nombre": "a\x00b"}',
        "deep": b"[" * 50_000,
        "deep object": b'{"a":' * 50_000,
        "XML": b"<?xml version='1.0'?><a/>",
    }
    return {
        **{que: (roto, JSON, 400) for que, roto in rotos.items()},
        **{f"as {tipo}": (bueno, tipo, 415) for tipo in TIPOS},
        **{repr(otro): (otro, JSON, 422) for otro in OTROS},
        "the other shape": ({} if isinstance(de_verdad, list) else [de_verdad], JSON, 422),
    }


def _rechaza_campos_ajenos(blanco: Blanco) -> list[str]:
    """What is wrong with the answer to a body with fields that nobody knows: each must be told."""
    nuevo = blanco.bueno()
    dentro = nuevo[0] if isinstance(nuevo, list) else nuevo
    # Any name may be that of a setting.
    ajenos = ("__class__",) if blanco.operacion.ruta == "/admin/configuracion" else CAMPOS_AJENOS
    de_mas = {ajeno: 1 for ajeno in ajenos if ajeno not in dentro}
    respuesta = blanco.enviar([{**dentro, **de_mas}] if isinstance(nuevo, list) else {**dentro, **de_mas})
    if respuesta.status_code != 422:
        return _debe(blanco, "foreign fields", respuesta, 422)
    callados = [ajeno for ajeno in de_mas if repr(ajeno) not in str(respuesta.json()["errores"])]
    return [f"{blanco} {ajeno}: not named {respuesta.text[:200]}" for ajeno in callados]


@EN_UNA_BASE
def test_nombres_y_sus_sinonimos_a_la_vez_se_rechazan(sistema: System) -> None:
    m = mundo_comun(sistema)
    admin = m.quien["admin"]
    for ruta, mas in (
        ("/citas", {"id_paciente": m["paciente"]}),
        ("/citas", {"fecha": manana(dias=400)}),
        ("/citas", {"motivo": "Otro"}),
        ("/admin/pacientes", {"nombre": "Otra Persona"}),
        ("/auth/usuarios", {"username": unico()}),
        ("/auth/usuarios", {"password": CLAVE}),
    ):
        base = {"/citas": m.cita(), "/auth/usuarios": m.usuario("medico")}.get(ruta) or cuerpo("persona", m)
        problema(admin.post(ruta, {**base, **mas}), 422)


def _domingo(mes: int, cual: int) -> date:
    """That Sunday of a month of next year."""
    primero = date(datetime.now(QUITO).year + 1, mes, 1)
    return primero + timedelta(days=6 - primero.weekday(), weeks=cual - 1)


# The clocks of New York jump from two to three, and later from two back to one.
SALTAN, VUELVEN = _domingo(3, 2), _domingo(11, 1)
HORAS = {
    "2026-02-30T10:00:00": "datos_invalidos",
    "2027-02-29T10:00:00": "datos_invalidos",
    "2027-13-01T10:00:00": "datos_invalidos",
    "2027-00-10T10:00:00": "datos_invalidos",
    "2027-04-31T10:00:00": "datos_invalidos",
    "2027-01-01T24:30:00": "datos_invalidos",
    "2027-01-01T10:60:00": "datos_invalidos",
    "2027-01-01": "datos_invalidos",
    "10:00": "datos_invalidos",
    "mañana": "datos_invalidos",
    "1768478400": "datos_invalidos",
    "2027-01-01T10:00:00+25:00": "datos_invalidos",
    "9999-12-31T23:59:59": "datos_invalidos",
    "0001-01-01T00:00:00": "datos_invalidos",
    "-2027-01-01T10:00:00": "datos_invalidos",
    "٢٠٢٧-٠١-٠١T10:00:00": "datos_invalidos",
    "2020-01-15T10:00:00": "fecha_pasada",
    "2020-01-15T10:00:00-05:00": "fecha_pasada",
    f"{SALTAN}T02:30:00": "hora_inexistente",
    f"{VUELVEN}T01:30:00": "hora_ambigua",
}


def test_fechas_que_no_existen_y_horas_que_el_reloj_salta(red: Red) -> None:
    base = red.cita(centro_id=red.centro(zona_horaria="America/New_York"))
    admin = vigilado(red.admin)
    for hora, codigo in HORAS.items():
        errores = problema(admin.post("/citas", {**base, "fecha_hora": hora}), 422, codigo)["errores"]
        assert list(errores) == ["fecha_hora"], hora
    for hora in (f"{SALTAN}T03:30:00", f"{VUELVEN}T01:30:00-05:00", f"{VUELVEN}T01:30:00-04:00"):
        assert bien(admin.post("/citas", {**base, "fecha_hora": hora}), 201)["fecha_hora"].startswith(hora[:16])
    for duracion in (0, -30, 4, 100_000, 2**31, 30.5, "media hora", True, [30], "3_0", "٣٠"):
        respuesta = admin.post("/citas", {**base, "fecha_hora": manana(dias=9), "duracion_minutos": duracion})
        assert list(problema(respuesta, 422)["errores"]) == ["duracion_minutos"], duracion
    for campo in ("paciente_id", "doctor_id", "centro_id", "sala_id"):
        for valor in (0, -1, 2**31, 2**63, 10**30, 1.5, "x", "1; DROP", True, [1], {"$gt": 0}, "٣"):
            respuesta = admin.post("/citas", {**base, "fecha_hora": manana(dias=9), campo: valor})
            assert list(problema(respuesta, 422)["errores"]) == [campo], (campo, valor)
    for dia in ("2026-02-30", "2026-13-01", "hoy", "20260115", "2026-1-5", "9999-01-01", "2026-01-15T10:00:00"):
        for argumento in ("fecha", "desde", "hasta", "date", "start_date", "end_date"):
            problema(admin.get("/citas", params={argumento: dia}), 422)
    problema(admin.get("/citas", params={"desde": "2026-02-01", "hasta": "2026-01-01"}), 422)
    problema(admin.get("/api/v1/appointments/date/2026-02-30"), 422)


@EN_UNA_BASE
@pytest.mark.parametrize("por_partes", [False, True])
def test_los_cuerpos_enormes_no_pasan(sistema: System, red: Red, por_partes: bool) -> None:
    mega = 2**20
    rutas = {
        "POST /citas": 1,
        "POST /auth/login": 1,
        "PUT /admin/pacientes/1": 1,
        "PATCH /citas/1/estado": 1,
        "POST /api/v1/appointments": 1,
        "POST /admin/pacientes/carga": 10,
        "POST /historia-clinica/pacientes/1/adjuntos": 20,
        "POST /facturacion/gastos/1/adjuntos": 20,
        "POST /nada": 1,
    }
    for nombre, limite in rutas.items():
        metodo, ruta = nombre.split()
        for tamano in (limite * mega + 4096, 50 * mega, 2**40):
            if por_partes and tamano == 2**40:
                continue
            status, tipo, contenido = _enviar_enorme(red, metodo, ruta, tamano, por_partes)
            # Where there is nothing it does not matter how much of it.
            assert status == 413 or (status == 404 and ruta == "/nada"), (nombre, tamano, contenido)
            assert tipo == "application/problem+json", nombre
            assert json.loads(contenido)["status"] == status, nombre


def _enviar_enorme(red: Red, metodo: str, ruta: str, tamano: int, por_partes: bool) -> tuple[int, str | None, bytes]:
    destino = urlsplit(red.system.url)
    conexion = http.client.HTTPConnection(str(destino.hostname), destino.port, timeout=120)
    conexion.putrequest(metodo, ruta)
    conexion.putheader("Authorization", f"Bearer {red.admin.token}")
    conexion.putheader("Content-Type", "application/json")
    if por_partes:
        conexion.putheader("Transfer-Encoding", "chunked")
        conexion.endheaders()
        trozo = b"10000\r\n" + b" " * 65536 + b"\r\n"
        try:
            for _ in range(tamano // 65536 + 1):
                conexion.send(trozo)
        except OSError:  # it did not wait for the rest
            pass
    else:
        conexion.putheader("Content-Length", str(tamano))
        conexion.endheaders()
    respuesta = conexion.getresponse()
    contenido = respuesta.read()
    conexion.close()
    return respuesta.status, respuesta.getheader("Content-Type"), contenido
