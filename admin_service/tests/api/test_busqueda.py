"""Search of patients: any part, without regard to case and accents, the same on both databases."""

import pytest
from flask import Flask

from admin.extensiones import db
from admin.modelos import Paciente, consultas
from admin.modelos.busqueda import al_leer, entre_pocas, palabras, por_indice
from comun.testing.client import ApiClient, ok, problem

from ..fabricas import buscar, crear_paciente, crear_pacientes

pytestmark = pytest.mark.both_databases

JOSE = {
    "nombres": "José María",
    "apellidos": "Núñez Peñafiel",
    "identificacion": "1714307103",
    "telefono": "+593991234567",
    "email": "jose.nunez@example.com",
}


@pytest.fixture(params=["por índice", "leyendo en orden"])
def jose(request: pytest.FixtureRequest, api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> str:
    """José among others, searched in each of the two ways."""
    if request.param == "leyendo en orden":
        monkeypatch.setattr(consultas, "FRECUENTE", 0)
    crear_paciente(api, nombres="Ana", apellidos="Otra", identificacion="1714616123", telefono="022345678")
    return str(crear_paciente(api, **JOSE)["nombre_completo"])


HALLAN = [
    *("José", "jose", "JOSÉ", "nuñez", "NUNEZ", "peñafiel", "osé mar", "fiel", "ñ"),
    *("maria jose", "peñafiel josé", "núñez 1714", "jose 0991"),
    *("1714307103", "171430", "307103", "171430710-3"),
    *("0991234567", "+593 99 123 4567", "099-123-4567", "593991", "1234567"),
    *("jose.nunez@example.com", "NUNEZ@", "example.com jose"),
]
NO_HALLAN = ["josefina", "jose ana", "1714307104", "%", "_", "jo%", "j_se", "\\", "'", '"', "*", "jose'--"]
SOLO_TEXTO = ["'; DROP TABLE paciente; --", '" OR 1=1', "NEAR(a b)", "a* AND b", "{x}:y", "{1,2}"]


def test_se_encuentra_por_cualquier_parte(api: ApiClient, jose: str) -> None:
    for q in HALLAN:
        hallados = buscar(api, q)
        assert jose in hallados, q
        assert len(hallados) == (2 if q == "ñ" else 1), q


def test_lo_que_no_esta_no_se_encuentra(api: ApiClient, jose: str) -> None:
    assert {q: buscar(api, q) for q in NO_HALLAN} == {q: [] for q in NO_HALLAN}


def test_el_texto_es_solo_texto(api: ApiClient, jose: str) -> None:
    for q in SOLO_TEXTO:
        assert buscar(api, q) == [], q
        assert len(ok(api.get("/admin/pacientes"))["datos"]) == 2, q


def test_los_comodines_se_buscan_como_letras(api: ApiClient) -> None:
    crear_paciente(api, nombres="Cien%", apellidos="Por_Ciento")
    crear_paciente(api, nombres="Ciena", apellidos="PorxCiento")
    assert buscar(api, "cien%") == ["Cien% Por_Ciento"]
    assert buscar(api, "por_ciento") == ["Cien% Por_Ciento"]


def test_lo_editado_se_encuentra_y_lo_viejo_no(api: ApiClient, jose: str) -> None:
    paciente = ok(api.get("/admin/pacientes?identificacion=1714307103"))["datos"][0]
    ok(api.put(f"/admin/pacientes/{paciente['id']}", {"apellidos": "Quishpe", "telefono": "022999888"}))
    assert buscar(api, "quishpe") == buscar(api, "2999888") == ["José María Quishpe"]
    assert buscar(api, "peñafiel") == buscar(api, "0991234567") == []


def test_lo_eliminado_no_se_encuentra(api: ApiClient, jose: str) -> None:
    paciente = ok(api.get("/admin/pacientes?identificacion=1714307103"))["datos"][0]
    api.delete(f"/admin/pacientes/{paciente['id']}")
    assert buscar(api, "jose") == []


def test_q_en_la_lista_es_lo_mismo(api: ApiClient, jose: str) -> None:
    assert [p["nombre_completo"] for p in ok(api.get("/admin/pacientes?q=peñafiel"))["datos"]] == [jose]
    assert len(ok(api.get("/admin/pacientes?search=jose&status=activo&orden=-apellidos"))["datos"]) == 1
    assert ok(api.get("/admin/pacientes?q=jose&estado_paciente=inactivo"))["datos"] == []


def test_sin_q_no_se_busca(api: ApiClient) -> None:
    assert "q" in problem(api.get("/admin/pacientes/buscar"), 422)["errores"]
    assert "q" in problem(api.get("/admin/pacientes/buscar?q=%20"), 422)["errores"]


def test_los_tres_caminos_hallan_lo_mismo(api: ApiClient, app: Flask) -> None:
    crear_pacientes(api, [{"nombres": f"Nombre{n % 3}", "apellidos": f"Apellido{n % 5} Común{n}"} for n in range(30)])
    with app.app_context():
        for q in ("nombre1", "apellido3 nombre0", "comun1", "o", "bre2 común2"):
            hallados = [
                {*db.session.scalars(db.select(Paciente.id).where(condicion(Paciente, palabras(q))))}
                for condicion in (al_leer, entre_pocas, por_indice)
            ]
            assert hallados[0] == hallados[1] == hallados[2] != set()


def test_una_busqueda_frecuente_se_pagina_entera(api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consultas, "FRECUENTE", 5)
    crear_pacientes(api, [{"nombres": "Ana", "apellidos": f"Mora {numero}"} for numero in range(12)])
    vistos: list[str] = []
    consulta = {"q": "mora", "tamano": 5}
    while True:
        pagina = ok(api.get("/admin/pacientes/buscar", query_string=consulta))
        vistos += [p["nombre_completo"] for p in pagina["datos"]]
        if not pagina["paginacion"]["hay_mas"]:
            break
        consulta["cursor"] = pagina["paginacion"]["siguiente"]
    assert vistos == [f"Ana Mora {numero}" for numero in range(12)]
