"""Emission points: which is principal, and that a series never begins anew."""

from __future__ import annotations

from typing import Any

from flask import Flask

from comun.testing.client import ApiClient, ok, problem

from ..conftest import como_secretaria
from ..fabricas import nuevo_punto
from ..facturas import emitida

URL = "/facturacion/puntos-emision"


def crear(api: ApiClient, **datos: Any) -> dict[str, Any]:
    campos = {"centro_id": 1, "establecimiento": "001", "punto": "001", "nombre": "Recepción"}
    return dict(ok(api.post(URL, {**campos, **datos}), 201))


def test_el_primero_de_un_centro_es_el_principal(admin: ApiClient) -> None:
    assert crear(admin)["principal"]
    assert not crear(admin, punto="002")["principal"]
    assert crear(admin, punto="003", principal=True)["principal"]
    principales = [uno["punto"] for uno in ok(admin.get(URL))["datos"] if uno["principal"]]
    assert principales == ["003"]
    problem(admin.put(f"{URL}/3", {"principal": False}), 409, "punto_principal")
    assert ok(admin.put(f"{URL}/1", {"principal": True, "nombre": "Caja 1"}))["principal"]
    assert not ok(admin.get(f"{URL}/3"))["principal"]


def test_ni_dos_iguales_ni_mal_escritos(admin: ApiClient) -> None:
    crear(admin)
    cuerpo = {"centro_id": 2, "establecimiento": "001", "punto": "001", "nombre": "Otro"}
    problem(admin.post(URL, cuerpo), 409, "punto_duplicado")
    for malo in ("1", "000", "0001", "abc"):
        assert "punto" in problem(admin.post(URL, {**cuerpo, "punto": malo}), 422)["errores"]
    assert "centro_id" in problem(admin.post(URL, {**cuerpo, "punto": "009", "centro_id": 99}), 422)["errores"]


def test_la_numeracion_sigue_a_la_de_otro_sistema(admin: ApiClient) -> None:
    crear(admin, ultima_factura=418)
    assert emitida(admin)["numero"] == "001-001-000000419"


def test_lo_que_ya_numero_no_se_elimina_ni_cambia_de_serie(admin: ApiClient, app: Flask) -> None:
    punto = nuevo_punto(app)
    emitida(admin)
    problem(admin.delete(f"{URL}/{punto}"), 409, "punto_con_documentos")
    problem(admin.put(f"{URL}/{punto}", {"punto": "007"}), 409, "punto_con_documentos")
    assert not ok(admin.put(f"{URL}/{punto}", {"activo": False, "punto": "001"}))["activo"]
    sin_usar = crear(admin, punto="005")["id"]
    assert admin.delete(f"{URL}/{sin_usar}").status_code == 204
    problem(admin.get(f"{URL}/{sin_usar}"), 404)
    assert crear(admin, punto="005")["id"] != sin_usar


def test_cada_secretaria_ve_los_de_sus_centros(api: ApiClient, admin: ApiClient) -> None:
    crear(admin)
    crear(admin, centro_id=2, establecimiento="002")
    del_dos = como_secretaria(api, 2)
    assert [uno["centro_id"] for uno in ok(del_dos.get(URL))["datos"]] == [2]
    problem(del_dos.get(f"{URL}/1"), 404)
    problem(del_dos.put(f"{URL}/2", {"nombre": "X"}), 403)
