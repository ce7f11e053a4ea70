"""Lists: orders, pages and cursors."""

import pytest

from comun.testing.client import ApiClient, ok, problem

from ..fabricas import crear_paciente

pytestmark = pytest.mark.both_databases

ORDENES = ["id", "-id", "apellidos", "-apellidos,nombres", "nombres", "creado_en", "-actualizado_en"]


def recorrer(api: ApiClient, orden: str, tamano: int = 2) -> list[dict]:
    """All patients, page after page by cursor."""
    pagina = ok(api.get("/admin/pacientes", query_string={"orden": orden, "tamano": tamano}))
    vistos = pagina["datos"]
    while cursor := pagina["paginacion"]["siguiente"]:
        pagina = ok(api.get("/admin/pacientes", query_string={"cursor": cursor, "tamano": tamano}))
        vistos += pagina["datos"]
    return vistos


def test_el_cursor_recorre_todos_una_vez(api: ApiClient) -> None:
    for apellidos in ("Mora", "Arce", "Mora", "Zea", "Arce"):
        crear_paciente(api, apellidos=apellidos)
    for orden in ORDENES:
        assert sorted(p["id"] for p in recorrer(api, orden)) == [1, 2, 3, 4, 5], orden


def test_los_que_llegan_no_mueven_la_lista(api: ApiClient) -> None:
    for _ in range(4):
        crear_paciente(api, apellidos="Mora")
    pagina = ok(api.get("/admin/pacientes?orden=apellidos&tamano=2"))
    crear_paciente(api, apellidos="Arce")
    siguiente = ok(api.get("/admin/pacientes", query_string={"cursor": pagina["paginacion"]["siguiente"]}))
    assert [p["id"] for p in pagina["datos"] + siguiente["datos"]] == [1, 2, 3, 4]


def test_el_total_solo_se_cuenta_si_se_pide(api: ApiClient) -> None:
    for _ in range(3):
        crear_paciente(api)
    assert ok(api.get("/admin/pacientes?tamano=2"))["paginacion"]["total"] is None
    contada = ok(api.get("/admin/pacientes?tamano=2&total=true&page=2"))
    assert contada["paginacion"] == {"pagina": 2, "tamano": 2, "hay_mas": False, "siguiente": None, "total": 3}


def test_lo_que_no_se_entiende_se_rechaza(api: ApiClient) -> None:
    for consulta in ("orden=telefono", "tamano=0", "tamano=201", "color=azul", "cursor=zzz", "q=a&q=b"):
        problem(api.get(f"/admin/pacientes?{consulta}"), 422)


def test_se_filtra_por_lo_que_identifica(api: ApiClient) -> None:
    crear_paciente(api, identificacion="1714307103", referencia_externa="PAC-1")
    crear_paciente(api)
    for consulta in ("identificacion=171430710-3", "cedula=1714307103", "dni=1714307103", "referencia_externa=PAC-1"):
        assert [p["id"] for p in ok(api.get(f"/admin/pacientes?{consulta}"))["datos"]] == [1]
