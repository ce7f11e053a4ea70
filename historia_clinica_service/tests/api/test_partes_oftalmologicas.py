"""What the whole record tells of the eyes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from flask import Flask

from comun.testing.client import ok
from historia_clinica.casos_de_uso.acceso import Acceso, Accion
from historia_clinica.casos_de_uso.partes_oftalmologicas import examenes, recetas
from historia_clinica.extensiones import db
from historia_clinica.modelos import PacienteRef, Relacion

from ..conftest import como_medico
from ..oftalmologia import examinar, firmado
from .test_recetas_opticas import PROGRESIVOS, recetar


def acceso(relacion: Relacion) -> Acceso:
    return Acceso(db.session.get_one(PacienteRef, 1), (1,), Accion.EXPORTAR, relacion)


def test_el_expediente_cuenta_lo_ultimo_primero_y_al_paciente_solo_sus_recetas(
    app: Flask, api: Any, consulta: Any
) -> None:
    doctor = como_medico(api)
    primero = firmado(doctor, momento="2026-01-15T10:00:00-05:00")
    ok(recetar(doctor, primero, **PROGRESIVOS), 201)
    ultimo = examinar(doctor)["id"]
    with app.app_context():
        todos = examenes(acceso(Relacion.MEDICO), None)
        assert [(uno["id"], uno["estado"]) for uno in todos] == [(ultimo, "borrador"), (primero, "firmado")]
        od = todos[1]["od"]
        assert od["agudeza"]["sin_correccion"] == {"texto": "20/80", "logmar": Decimal("0.60")}
        assert od["refraccion"]["escrita"] == "-1.50 -0.75 × 90° ad. +2.00" and od["presion"]["mmhg"] == 24
        assert len(todos[1]["avisos"]) == 4 and todos[1]["firma"]["huella"]
        assert [uno["id"] for uno in examenes(acceso(Relacion.MEDICO), 1)] == [ultimo]
        assert examenes(acceso(Relacion.PROPIO), None) == []
        (receta,) = recetas(acceso(Relacion.PROPIO), None)
        assert receta["oi"]["refraccion"]["escrita"] == "-1.00 ad. +2.00" and isinstance(receta["vence_el"], date)
