"""Periodontal charts: measured, corrected while a draft, closed for good, drawn."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from comun.testing.client import ApiClient, ok, problem
from historia_clinica.extensiones import db

from ..conftest import como_medico
from ..fabricas import conocer_cita

LISTA = "/historia-clinica/pacientes/1/periodontogramas"
PIEZA = {
    "pieza": 16,
    "furca": 1,
    "sitios": {"mv": {"sondaje": 5, "margen": 2, "sangrado": True}, "l": {"sondaje": 2}},
}


def nuevo(api: ApiClient, *piezas: dict[str, Any]) -> dict[str, Any]:
    return dict(ok(api.post(LISTA, {"piezas": piezas or [PIEZA], "cita_id": 1}), 201))


def test_de_medir_a_cerrar(medico: ApiClient) -> None:
    borrador = nuevo(medico)
    uno = f"/historia-clinica/periodontogramas/{borrador['id']}"
    assert borrador["piezas"][0]["sitios"]["mv"]["nic"] == 7
    resumen = borrador["resumen"]
    assert (
        resumen["sitios_medidos"],
        resumen["sangrado_pct"],
        resumen["placa_pct"],
        resumen["sitios_con_bolsa"],
    ) == (
        2,
        100,
        None,
        1,
    )
    problem(medico.put(uno, {"observaciones": "x"}), 428)
    otra = {"pieza": 16, "movilidad": 1, "sitios": {"mv": {"sondaje": 3, "margen": 0}}}
    leido = medico.get(uno)
    etiqueta = {"If-Match": leido.headers["ETag"]}
    corregido = ok(medico.put(uno, {"piezas": [otra]}, headers=etiqueta))
    assert [(p["furca"], list(p["sitios"])) for p in corregido["piezas"]] == [(None, ["mv"])]
    problem(medico.put(uno, {"observaciones": "x"}, headers=etiqueta), 412)
    assert ok(medico.patch(f"{uno}/estado", {"estado": "cerrado"}))["estado"] == "cerrado"
    problem(medico.put(uno, {"observaciones": "x"}, headers={"If-Match": "*"}), 409, "periodontograma_cerrado")
    problem(medico.delete(uno), 409, "periodontograma_cerrado")
    assert [p["estado"] for p in ok(medico.get(LISTA))["datos"]] == ["cerrado"]
    dibujo = medico.get(f"{uno}/imagen")
    assert dibujo.mimetype == "image/svg+xml" and "Sondaje medio 3.0 mm" in dibujo.get_data(as_text=True)


def test_lo_cerrado_no_cambia_ni_por_debajo(app: Flask, medico: ApiClient) -> None:
    ok(medico.patch(f"/historia-clinica/periodontogramas/{nuevo(medico)['id']}/estado", {"estado": "cerrado"}))
    for orden in (
        "UPDATE periodontograma SET observaciones = 'x'",
        "UPDATE sitio_periodontal SET sondaje = 1",
        "DELETE FROM sitio_periodontal",
        "INSERT INTO pieza_periodontal (periodontograma_id, pieza) SELECT id, 17 FROM periodontograma",
    ):
        with app.app_context(), pytest.raises(IntegrityError):
            db.session.execute(text(orden))


def test_solo_su_autor_lo_cambia_y_no_mide_lo_imposible(app: Flask, api: ApiClient, medico: ApiClient) -> None:
    borrador = nuevo(medico)
    uno = f"/historia-clinica/periodontogramas/{borrador['id']}"
    conocer_cita(app, 2, paciente_id=1, doctor_id=8)
    problem(como_medico(api, 8).patch(f"{uno}/estado", {"estado": "cerrado"}), 403, "solo_su_autor")
    sitios = {"mv": {"sondaje": 3}}
    for piezas in (
        [{"pieza": 16, "sitios": {"mv": {"sondaje": 16}}}],
        [{"pieza": 16, "sitios": {"mv": {"margen": -11}}}],
        [{"pieza": 16, "sitios": {"medio": {"sondaje": 3}}}],
        [{"pieza": 11, "furca": 1}],
        [{"pieza": 16, "sitios": sitios}, {"pieza": 16, "sitios": sitios}],
    ):
        problem(medico.post(LISTA, {"piezas": piezas}), 422)
    vacio = nuevo(medico, {"pieza": 16, "movilidad": 2})
    cierre = medico.patch(f"/historia-clinica/periodontogramas/{vacio['id']}/estado", {"estado": "cerrado"})
    problem(cierre, 409, "periodontograma_vacio")
    ok(medico.delete(uno), 204)
    problem(medico.get(uno), 404)
