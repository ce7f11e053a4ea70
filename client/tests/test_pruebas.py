"""The documented endpoint tests: whole, readable, and really able to fail."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import generar
from pruebas import ejecutar
from pruebas.documento import documentos
from pruebas.ejecutar import SEMANAS, Ejecutor, Muestra, _cuerpo, _en_orden, _momento, _serie
from pruebas.ejemplos import Diferencia, Prueba, buscar, codigo_totp, comprobar, grupos, rellenar, sin_prueba

AQUI = Path(ejecutar.__file__).parent
PRUEBAS = {prueba.id: prueba for grupo in grupos() for prueba in grupo.pruebas}
PROPIAS = {"unico", "momento", "hoy", "ayer", "dia", "otro_dia", "dia_semana", "otro_dia_semana", "codigo_totp"}
PROPIAS |= {"establecimiento", "punto"}


def test_the_readable_documents_are_up_to_date() -> None:
    escritos = {archivo.name: archivo.read_text(encoding="utf-8") for archivo in AQUI.glob("*.md")}
    assert escritos == documentos(grupos()), "run: python client/pruebas/ejecutar.py --documento"


def test_names_are_unique_and_every_input_file_is_used() -> None:
    assert sum(len(grupo.pruebas) for grupo in grupos()) == len(PRUEBAS)
    usadas = {prueba.entrada for prueba in PRUEBAS.values() if prueba.entrada}
    assert usadas == {archivo.name for archivo in (AQUI / "entradas").iterdir()}
    subidos = {archivo for prueba in PRUEBAS.values() for archivo in prueba.archivos.values()}
    assert subidos == {archivo.name for archivo in (AQUI / "archivos").iterdir()}


def _previas(prueba: Prueba) -> list[Prueba]:
    return [otra for id_ in prueba.antes for otra in [*_previas(PRUEBAS[id_]), PRUEBAS[id_]]]


def test_every_variable_is_made_by_an_earlier_example() -> None:
    usan = {prueba.id: _usadas(prueba) for prueba in PRUEBAS.values()}
    for prueba in PRUEBAS.values():
        conocidas = set(PROPIAS)
        for cada in [*_previas(prueba), prueba]:
            conocidas |= {*cada.fija}
            assert usan[cada.id] <= conocidas, (prueba.id, cada.id)
            conocidas |= {*cada.guarda, *cada.guarda_encabezados}


def _usadas(prueba: Prueba) -> set[str]:
    partes = [prueba.ruta, *prueba.encabezados.values(), *prueba.como.values(), prueba.texto_de_entrada()]
    return set(re.findall(r"\{\{([\w.]+)\}\}", " ".join(partes) + json.dumps(prueba.espera)))


def test_the_first_of_each_operation_has_its_aliases() -> None:
    assert PRUEBAS["citas-reservar"].alias == ["/api/v1/appointments", "/api/citas/appointments"]
    assert PRUEBAS["admin-doctor-ver"].alias == ["/api/v1/doctors/{{doctor_id}}"]
    assert PRUEBAS["citas-del-dia"].alias == ["/api/v1/appointments/date/{{dia}}"]


def test_variables_keep_their_type_where_they_stand_alone() -> None:
    valores = {"id": 7, "unico": "ab1"}
    dato = {"id": "{{id}}", "lista": ["{{id}}"], "texto": "p{{id}}-{{unico}}", "n": 3}
    assert rellenar(dato, valores) == {"id": 7, "lista": [7], "texto": "p7-ab1", "n": 3}
    assert buscar({"datos": [{"id": 4}]}, "datos.0.id") == 4
    with pytest.raises(LookupError):
        buscar({"datos": []}, "datos.0.id")


@pytest.mark.parametrize(
    ("espera", "porque"),
    [
        ({"estado": 200}, "estado 201"),
        ({"estado": 201, "campos": ["codigo"]}, "falta codigo"),
        ({"estado": 201, "valores": {"id": 8}}, "id es 7"),
        ({"estado": 201, "valores": {"otro": 8}}, "falta otro"),
        ({"estado": 201, "encabezados": ["ETag"]}, "ETag"),
        ({"estado": 201, "tipo": "application/pdf"}, "el tipo es application/json"),
    ],
)
def test_a_different_answer_fails(espera: dict[str, Any], porque: str) -> None:
    texto = '{"id": 7}'
    respuesta = SimpleNamespace(
        status_code=201,
        headers={"Content-Type": "application/json"},
        text=texto,
        content=texto.encode(),
        json=lambda: json.loads(texto),
    )
    with pytest.raises(Diferencia, match=porque):
        comprobar(Prueba("x", "x", "POST", "/x", espera), respuesta, {})


def test_operations_without_an_example_are_named() -> None:
    openapi = {"paths": {"/citas/{cita_id}": {"get": {}, "parameters": []}, "/citas/nueva": {"post": {}}}}
    assert list(sin_prueba([PRUEBAS["citas-ver"]], openapi)) == ["POST /citas/nueva"]


def test_codes_of_the_second_factor() -> None:
    # RFC 6238, appendix B, without its two leading digits.
    secreto = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert [codigo_totp(secreto, momento) for momento in (59, 1111111109, 20000000000)] == [
        "287082",
        "081804",
        "353130",
    ]


def test_an_answer_that_takes_a_while_is_waited_for(servidor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ejecutor = Ejecutor(Muestra(servidor.url, Path(generar.__file__).parent))
    vacia = {"estado": 200, "valores": {"datos": []}}
    crear = replace(PRUEBAS["admin-centro-crear"], espera={"estado": 201}, guarda={})
    ejecutor.ejecutar(Prueba("ver", "x", "GET", "/admin/centros", vacia, rol="admin"))
    ejecutor.ejecutar(crear)
    hay = {"estado": 200, "campos": ["datos.0.id"], "plazo": 1}
    ejecutor.ejecutar(Prueba("ver", "x", "GET", "/admin/centros", hay, rol="admin"))
    servidor.peticiones.clear()
    pausas: list[float] = []
    # No time goes by but what it waits.
    reloj = SimpleNamespace(time=time.time, monotonic=lambda: sum(pausas), sleep=pausas.append)
    monkeypatch.setattr(ejecutar, "time", reloj)
    with pytest.raises(Diferencia):
        ejecutor.ejecutar(Prueba("ver", "x", "GET", "/admin/centros", {**vacia, "plazo": 0.5}, rol="admin"))
    assert len(servidor.peticiones) == len(pausas) + 1 > 2


@pytest.mark.parametrize(
    ("metodo", "estado", "cambia"),
    [
        *[("GET", 200, False), ("GET", 401, False), ("POST", 201, True), ("DELETE", 204, True)],
        *[("PUT", 412, False), ("POST", 422, False), ("POST", 401, True), ("POST", 429, True)],
    ],
)
def test_what_changes_something(metodo: str, estado: int, cambia: bool) -> None:
    assert Prueba("x", "x", metodo, "/x", {"estado": estado}).cambia is cambia


def test_an_example_makes_what_it_needs_and_keeps_values(servidor: Any) -> None:
    ejecutor = Ejecutor(Muestra(servidor.url, Path(generar.__file__).parent))
    crear = Prueba(
        "crear",
        "x",
        "POST",
        "/admin/centros",
        {"estado": 201, "campos": ["id"]},
        rol="admin",
        entrada="admin-centro-crear.json",
        guarda={"centro_id": "id"},
    )
    ver = Prueba(
        "ver",
        "x",
        "GET",
        "/admin/centros/{{centro_id}}",
        {"estado": 200, "valores": {"id": "{{centro_id}}"}},
        rol="admin",
        antes=["crear"],
    )
    otro = replace(crear, id="otro", antes=["crear"])
    ejecutor.pruebas = {"crear": crear, "ver": ver, "otro": otro}
    # What changes nothing shares what it needs; what changes it takes it over, and for the next it is made anew.
    ejecutor.ejecutar(ver)
    ejecutor.ejecutar(ver)
    assert len(servidor.filas["/admin/centros"]) == 1
    ejecutor.ejecutar(otro)
    ejecutor.ejecutar(otro)
    nombres = [centro["nombre"] for centro in servidor.filas["/admin/centros"]]
    assert len(set(nombres)) == 2 * 2
    assert servidor.peticiones.count(("POST", "/auth/login")) == 1


def test_what_is_made_once_is_shared_by_what_changes_something_too(servidor: Any) -> None:
    ejecutor = Ejecutor(Muestra(servidor.url, Path(generar.__file__).parent))
    hacer = {"espera": {"estado": 201}, "rol": "admin", "entrada": "admin-centro-crear.json"}
    crear = Prueba("crear", "x", "POST", "/admin/centros", guarda={"centro_id": "id"}, una_vez=True, **hacer)
    ver = {"estado": 200, "valores": {"id": "{{centro_id}}"}}
    pruebas = [
        crear,
        Prueba("ver", "x", "GET", "/admin/centros/{{centro_id}}", ver, rol="admin", antes=["crear"]),
        Prueba("otro", "x", "POST", "/admin/centros", antes=["crear"], **hacer),
    ]
    ejecutor.pruebas = {prueba.id: prueba for prueba in pruebas}
    for id_ in ("otro", "ver", "otro"):
        ejecutor.ejecutar(ejecutor.pruebas[id_])
    assert len(servidor.filas["/admin/centros"]) == 1 + 2


def test_what_is_a_solas_shares_nothing(servidor: Any) -> None:
    ejecutor = Ejecutor(Muestra(servidor.url, Path(generar.__file__).parent))
    hacer = {"espera": {"estado": 201}, "rol": "admin", "entrada": "admin-centro-crear.json"}
    crear = Prueba("crear", "x", "POST", "/admin/centros", guarda={"centro_id": "id"}, una_vez=True, **hacer)
    ver = Prueba("ver", "x", "GET", "/admin/centros", {"estado": 200}, rol="admin", antes=["crear"])
    ejecutor.pruebas = {"crear": crear}
    sola, sin_ese, sin_otro = (replace(ver, a_solas=cual) for cual in (True, ["crear"], ["otro"]))
    for prueba, hay in ((ver, 1), (sola, 2), (sola, 2), (sin_ese, 3), (sin_otro, 3), (ver, 3)):
        ejecutor.ejecutar(prueba)
        assert len(servidor.filas["/admin/centros"]) == hay


def test_what_is_made_with_shared_people_is_in_other_weeks(servidor: Any) -> None:
    ejecutor = Ejecutor(Muestra(servidor.url, Path(generar.__file__).parent))
    hacer = {"espera": {"estado": 201}, "rol": "admin", "entrada": "admin-centro-crear.json"}
    ejecutor.pruebas = {
        "doctora": Prueba("doctora", "x", "POST", "/admin/centros", una_vez=True, **hacer),
        "cita": Prueba("cita", "x", "POST", "/admin/centros", antes=["doctora"], **hacer),
    }
    ver = Prueba("ver", "x", "GET", "/admin/centros", {"estado": 200}, rol="admin")
    tomados = [
        ejecutor._tomar(replace(ver, antes=antes), a_solas).valores
        for antes, a_solas in ((["doctora"], False), (["cita"], True), (["cita"], False), (["cita"], False))
    ]
    fechas = [date.fromisoformat(valores["dia"]) for valores in tomados]
    assert [(fecha - fechas[0]).days // 7 for fecha in fechas] == [0, 0, SEMANAS, 2 * SEMANAS]
    assert len({(valores["dia_semana"], valores["hoy"]) for valores in tomados}) == 1


def test_an_input_with_files_is_a_form() -> None:
    prueba = PRUEBAS["historia-adjuntar"]
    cuerpo = _cuerpo(prueba, {})
    assert cuerpo["data"]["categoria"] == "radiografia"
    assert cuerpo["files"]["archivo"] == ("radiografia.png", (AQUI / "archivos" / "radiografia.png").read_bytes())


def test_half_hours_that_no_other_request_has() -> None:
    assert len({_momento(numero) for numero in range(1000)}) == 1000


def test_series_of_emission_points_that_no_other_request_has() -> None:
    series = {tuple(_serie(f"{corrida:x}", numero).values()) for corrida in (1, 2, 3) for numero in range(1000)}
    assert len(series) == 3000
    assert all(re.fullmatch("[1-9][0-9]{2}", centro) and re.fullmatch("[0-9]{3}", caja) for centro, caja in series)
    assert not any(caja == "000" for _, caja in series)


def test_what_is_shared_is_made_anew_when_somebody_changed_it(servidor: Any) -> None:
    ejecutor = Ejecutor(Muestra(servidor.url, Path(generar.__file__).parent))
    ruta = "/auth/usuarios/1/permisos"
    poner = Prueba("poner", "x", "PUT", ruta, {"estado": 200}, rol="admin", entrada="auth-permiso-inexistente.json")
    ver = Prueba("ver", "x", "GET", ruta, {"estado": 200}, rol="admin", antes=["poner"])
    ejecutor.pruebas = {"poner": poner, "ver": ver}
    puestos = []
    for prueba in (ver, ver, replace(poner, id="otro"), ver, poner, ver):
        servidor.permisos.clear()
        ejecutor.ejecutar(prueba)
        puestos.append(bool(servidor.permisos))
    # The last one looks at what was put just before it.
    assert puestos == [True, False, True, True, True, False]


def test_what_only_looks_comes_before_what_changes_the_same() -> None:
    def prueba(id_: str, metodo: str, *antes: str, a_solas: bool = False) -> Prueba:
        return Prueba(id_, id_, metodo, "/cosas", {"estado": 200}, antes=[*antes], a_solas=a_solas)

    pruebas = [
        prueba("crear", "POST"),
        prueba("cambiar", "PUT", "crear"),
        prueba("cambiada", "GET", "cambiar"),
        prueba("ver", "GET", "crear"),
        prueba("sola", "GET", "crear", a_solas=True),
        prueba("lista", "GET"),
    ]
    assert [una.id for una in _en_orden(pruebas)] == ["crear", "ver", "cambiar", "cambiada", "sola", "lista"]
    for grupo in grupos():
        assert {una.id for una in _en_orden(grupo.pruebas)} == {una.id for una in grupo.pruebas}
