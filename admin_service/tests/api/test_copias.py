"""What other services may copy: everything by id, with the number of the last news about it."""

from __future__ import annotations

from typing import Any

import pytest

from comun.testing.client import ApiClient, ok, problem

from ..fabricas import crear_centro, crear_doctor, crear_paciente


def copias(api: ApiClient, que: str, **consulta: Any) -> dict[str, Any]:
    return dict(ok(api.as_("servicio").get(f"/interno/copias/{que}", query_string=consulta)))


def test_pagina_a_pagina_estan_todos_una_vez(api: ApiClient) -> None:
    for _ in range(5):
        crear_paciente(api)
    ids, cursor = [], None
    while True:
        pagina = copias(api, "pacientes", tamano=2, **({"cursor": cursor} if cursor else {}))
        ids += [ficha["id"] for ficha in pagina["datos"]]
        cursor = pagina["paginacion"]["siguiente"]
        assert pagina["paginacion"]["hay_mas"] is (cursor is not None)
        if cursor is None:
            break
    assert ids == [1, 2, 3, 4, 5]
    assert [f["id"] for f in copias(api, "pacientes", ids="2,4,99")["datos"]] == [2, 4]


def test_la_secuencia_es_la_de_su_ultima_noticia(api: ApiClient) -> None:
    crear_paciente(api)
    ok(api.put("/admin/pacientes/1", {"apellidos": "Otro"}, headers={"If-Match": "*"}))
    (ficha,) = copias(api, "pacientes")["datos"]
    assert (ficha["apellidos"], ficha["secuencia"], ficha["eliminado"]) == ("Otro", 2, False)


def test_de_los_fusionados_se_dice_en_quien(api: ApiClient) -> None:
    crear_paciente(api)
    crear_paciente(api)
    ok(api.post("/admin/pacientes/1/fusion", {"absorbido_id": 2, "motivo": "Duplicado"}))
    queda, absorbido = copias(api, "pacientes")["datos"]
    assert (queda["eliminado"], queda["fusionado_en_id"]) == (False, None)
    assert (absorbido["eliminado"], absorbido["fusionado_en_id"]) == (True, 1)


def test_de_doctores_y_centros_lo_mismo_que_cuentan_sus_eventos(api: ApiClient) -> None:
    crear_centro(api, salas=[{"nombre": "Sillón 1"}])
    crear_doctor(api, especialidades=["Ortodoncia"])
    (centro,), (doctor,) = copias(api, "centros")["datos"], copias(api, "doctores")["datos"]
    assert [sala["nombre"] for sala in centro["salas"]] == ["Sillón 1"]
    assert (doctor["especialidades"], doctor["servicios"], doctor["secuencia"]) == (["Ortodoncia"], [], 1)
    ok(api.delete("/admin/doctores/1"), 204)
    (doctor,) = copias(api, "doctores")["datos"]
    assert doctor["eliminado"] is True


@pytest.mark.parametrize("que", ["pacientes", "doctores", "centros"])
def test_solo_para_servicios(api: ApiClient, que: str) -> None:
    problem(api.get(f"/interno/copias/{que}"), 403)
    problem(api.as_("servicio").get(f"/interno/copias/{que}?cursor=x"), 422)


def test_las_fichas_dicen_lo_que_un_documento_nombra(api: ApiClient) -> None:
    centro = ok(api.post("/admin/centros", {"nombre": "Norte", "ruc": "1790011674001"}), 201)
    especialidad = ok(api.post("/admin/especialidades", {"nombre": "Endodoncia"}), 201)["nombre"]
    doctor = {"nombres": "Ana", "apellidos": "Muñoz", "registro_profesional": "MSP-1", "crear_usuario": False}
    doctor = ok(api.post("/admin/doctores", {**doctor, "especialidades": [especialidad]}), 201)
    paciente = {"nombres": "José", "apellidos": "Paz", "identificacion": "1714307103", "crear_usuario": False}
    paciente = ok(api.post("/admin/pacientes", {**paciente, "fecha_nacimiento": "1990-05-17"}), 201)
    ids = {"paciente_id": paciente["id"], "doctor_id": doctor["id"], "centro_id": centro["id"]}
    fichas = ok(api.as_("servicio").get("/interno/fichas", query_string=ids))
    assert (fichas["paciente"]["identificacion"], fichas["paciente"]["fecha_nacimiento"]) == (
        "1714307103",
        "1990-05-17",
    )
    assert (fichas["doctor"]["registro_profesional"], fichas["doctor"]["especialidades"]) == ("MSP-1", ["Endodoncia"])
    assert (fichas["centro"]["nombre"], fichas["centro"]["ruc"]) == ("Norte", "1790011674001")
    assert ok(api.as_("servicio").get("/interno/fichas?paciente_id=999"))["paciente"] is None
    aseguradora = ok(api.post("/admin/aseguradoras", {"nombre": "Salud Total"}), 201)
    ruta = "/interno/fichas?aseguradora_id="
    assert ok(api.as_("servicio").get(f"{ruta}{aseguradora['id']}"))["aseguradora"] == {
        "id": aseguradora["id"],
        "nombre": "Salud Total",
        "activo": True,
    }
    otro_catalogo = ok(api.get("/admin/especialidades"))["datos"][0]["id"]
    assert ok(api.as_("servicio").get(f"{ruta}{otro_catalogo}"))["aseguradora"] is None
    problem(api.get("/interno/fichas?paciente_id=1"), 403)
