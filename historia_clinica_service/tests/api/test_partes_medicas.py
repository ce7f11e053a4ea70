"""What history, allergies and vital signs tell for the whole record: plain, newest first; nothing to a patient."""

from __future__ import annotations

from dataclasses import replace

from flask import Flask

from comun.testing.client import ApiClient, ok
from historia_clinica.casos_de_uso.acceso import Acceso, Accion
from historia_clinica.casos_de_uso.partes import partes
from historia_clinica.extensiones import db
from historia_clinica.modelos import PacienteRef, Relacion

URL = "/historia-clinica/pacientes/1"


def test_las_partes_medicas_del_expediente(app: Flask, medico: ApiClient) -> None:
    ok(medico.post(f"{URL}/antecedentes", {"antecedentes": [{"codigo": "asma", "respuesta": "no"}]}), 201)
    for sustancia in ("Polvo", "Penicilina"):
        alergia = {"sustancia": sustancia, "tipo": "otro", "severidad": "leve"}
        ok(medico.post(f"{URL}/alergias", alergia), 201)
    for peso in ("70.5", "71"):
        tomados = ok(medico.post(f"{URL}/signos-vitales", {"peso_kg": peso, "talla_cm": 170}), 201)
    ok(
        medico.patch(
            f"/historia-clinica/signos-vitales/{tomados['id']}/estado", {"estado": "anulado", "motivo": "No"}
        )
    )

    with app.app_context():
        paciente = db.session.get_one(PacienteRef, 1)
        acceso = Acceso(paciente, (1,), Accion.LEER, Relacion.MEDICO)
        dichas = {una.nombre: una.contar(acceso, 1) for una in partes()}
        assert app.json.dumps(dichas)
        assert [fila["respuesta"] for fila in dichas["antecedentes"][0]["antecedentes"]] == ["no"]
        assert [fila["sustancia"] for fila in dichas["alergias"]] == ["Penicilina"]
        assert [(float(fila["peso_kg"]), float(fila["imc"])) for fila in dichas["signos_vitales"]] == [(70.5, 24.4)]
        suyo = replace(acceso, relacion=Relacion.PROPIO)
        assert {len(una.contar(suyo, None)) for una in partes() if una.orden <= 30} == {0}
