"""Spectacle prescriptions: out of the signed exam, for a use, and unchangeable."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from comun.testing.client import ApiClient, ok, problem
from historia_clinica.casos_de_uso.firmas_oftalmologicas import alterados
from historia_clinica.casos_de_uso.recetas_opticas import huella_de
from historia_clinica.extensiones import db
from historia_clinica.modelos import ExamenOftalmologico, RecetaOptica
from historia_clinica.ordenes import VERIFICACIONES

from ..conftest import como_medico, como_paciente
from ..fabricas import conocer_cita, conocer_paciente
from ..oftalmologia import examinar, firmado
from ..vecinos import Vecinos
from .test_notas import alterar

RECETAS = "/historia-clinica/recetas-opticas"
PROGRESIVOS = {
    "uso": "multifocal",
    "tipo_lente": "progresivo",
    "material": "policarbonato",
    "tratamientos": ["antirreflejo", "fotocromático"],
    "dp_lejos_mm": 62,
    "od": {"prisma": 1.5, "base": "nasal", "dnp_mm": 31},
}


def recetar(api: ApiClient, examen: int, **datos: Any) -> Any:
    return api.post(f"/historia-clinica/examenes-oftalmologicos/{examen}/recetas-opticas", datos)


def test_lentes_progresivos(app: Flask, api: Any, consulta: Any) -> None:
    doctor = como_medico(api)
    receta = ok(recetar(doctor, firmado(doctor), **PROGRESIVOS), 201)
    leida = ok(doctor.get(f"{RECETAS}/{receta['id']}"))
    assert leida["codigo"] == f"RO-{receta['id']:06d}" and leida["estado"] == "emitida"
    assert leida["od"]["refraccion"]["escrita"] == "-1.50 -0.75 × 90° ad. +2.00"
    assert (leida["od"]["prisma"], leida["od"]["base"], leida["od"]["dnp_mm"]) == (1.5, "nasal", 31)
    assert leida["oi"]["refraccion"]["escrita"] == "-1.00 ad. +2.00"
    assert leida["tratamientos"] == ["antirreflejo", "fotocromatico"]
    assert leida["vence_el"] > leida["emitida_en"][:10]
    with app.app_context():
        guardada = db.session.get_one(RecetaOptica, receta["id"])
        assert huella_de(guardada) == leida["firma"]["huella"]


def test_el_lente_de_cerca_sale_de_la_adicion(api: Any, consulta: Any) -> None:
    doctor = como_medico(api)
    examen = firmado(doctor)
    cerca = ok(recetar(doctor, examen, uso="cerca", tipo_lente="monofocal", oi=None), 201)
    assert cerca["od"]["refraccion"]["escrita"] == "+0.50 -0.75 × 90°"
    assert cerca["oi"]["refraccion"] is None
    otra = {"refraccion": {"esfera": -1.25, "adicion": 2.25}}
    lejos = ok(recetar(doctor, examen, uso="lejos", tipo_lente="monofocal", od=otra), 201)
    assert lejos["od"]["refraccion"]["escrita"] == "-1.25"
    assert [r["uso"] for r in ok(doctor.get("/historia-clinica/pacientes/1/recetas-opticas"))["datos"]] == [
        "lejos",
        "cerca",
    ]


def test_lo_que_no_se_puede_recetar(api: Any, consulta: Any) -> None:
    doctor = como_medico(api)
    problem(recetar(doctor, examinar(doctor)["id"], **PROGRESIVOS), 409, "examen_sin_firmar")
    examen = firmado(doctor, oi=None, cita_id=None)
    for cambio, campo in (
        ({"tipo_lente": "monofocal"}, "tipo_lente"),
        ({"od": {"prisma": 1}}, "od"),
        ({"od": None}, "od"),
        ({"oi": {"dnp_mm": 30}}, "oi"),
        ({"od": {"refraccion": {"esfera": -1}}}, "od"),
        ({"dp_lejos_mm": 90}, "dp_lejos_mm"),
        ({"vence_el": "2020-01-01"}, "vence_el"),
        ({"tratamientos": ["tinte", "Tinte"]}, "tratamientos"),
    ):
        assert campo in problem(recetar(doctor, examen, **(PROGRESIVOS | cambio)), 422)["errores"]
    assert ok(doctor.get("/historia-clinica/pacientes/1/recetas-opticas"))["datos"] == []


def test_emitida_no_cambia_se_anula(app: Flask, api: Any, consulta: Any) -> None:
    doctor = como_medico(api)
    receta = ok(recetar(doctor, firmado(doctor), **PROGRESIVOS), 201)
    anular = {"estado": "anulada", "motivo": "Eje equivocado"}
    conocer_cita(app, 2, paciente_id=1, doctor_id=8)
    problem(como_medico(api, 8).patch(f"{RECETAS}/{receta['id']}/estado", anular), 403, "solo_su_autor")
    anulada = ok(doctor.patch(f"{RECETAS}/{receta['id']}/estado", anular))
    assert (anulada["estado"], anulada["motivo_anulacion"]) == ("anulada", "Eje equivocado")
    assert anulada["firma"] == receta["firma"]
    problem(doctor.patch(f"{RECETAS}/{receta['id']}/estado", anular), 409, "receta_anulada")
    with app.app_context():
        for cambio in (
            "UPDATE receta_optica SET vence_el = '2040-01-01'",
            "UPDATE receta_optica_ojo SET esfera = 3",
            "DELETE FROM receta_optica_ojo",
            "DELETE FROM receta_optica",
        ):
            with pytest.raises(IntegrityError):
                db.session.execute(text(cambio))
            db.session.rollback()


def test_la_receta_en_papel(api: Any, consulta: Any, vecinos: Vecinos) -> None:
    doctor = como_medico(api)
    ruta = f"{RECETAS}/{ok(recetar(doctor, firmado(doctor), **PROGRESIVOS), 201)['id']}/pdf"
    respuesta = como_paciente(api).get(ruta)
    assert (respuesta.status_code, respuesta.content_type) == (200, "application/pdf")
    papel = " ".join(PdfReader(BytesIO(respuesta.data)).pages[0].extract_text().split())
    for dicho in (
        "Clínica Norte",
        "María José Núñez Peña",
        "1714307103",
        "Derecho -1.50 -0.75 90° +2.00 1.5 Δ nasal 31 mm",
        "Izquierdo -1.00 +2.00",
        "antirreflejo, fotocromático",
        "Registro MSP-1234",
    ):
        assert dicho in papel
    assert doctor.get(ruta).data == respuesta.data
    vecinos.down.add("admin")
    problem(doctor.get(ruta), 503)


def test_lo_alterado_se_encuentra(app: Flask, api: Any, consulta: Any) -> None:
    doctor = como_medico(api)
    receta = ok(recetar(doctor, firmado(doctor), **PROGRESIVOS), 201)
    with app.app_context():
        assert list(alterados()) == []
        # The database refuses to write this; what is looked at is what the session holds.
        with db.session.no_autoflush:
            db.session.get_one(ExamenOftalmologico, receta["examen_id"]).oi.presion_mmhg = Decimal(12)
            db.session.get_one(RecetaOptica, receta["id"]).od.eje = 80
            assert list(alterados()) == [
                f"el examen oftalmológico {receta['examen_id']} no es el que se firmó",
                f"la receta óptica {receta['codigo']} no es la que se firmó",
            ]
        db.session.rollback()
        assert alterados in VERIFICACIONES.values()
    alterar(app, "bitacora", "UPDATE bitacora SET huella = 'otra' WHERE que = 'receta_optica'")
    with app.app_context():
        assert list(alterados()) == [f"la bitácora no tiene la huella de receta_optica {receta['id']}"]


def test_el_paciente_ve_las_suyas_y_no_las_de_otro(app: Flask, api: Any, consulta: Any) -> None:
    doctor = como_medico(api)
    receta = ok(recetar(doctor, firmado(doctor), **PROGRESIVOS), 201)["id"]
    assert ok(como_paciente(api).get(f"{RECETAS}/{receta}"))["id"] == receta
    assert len(ok(como_paciente(api).get("/historia-clinica/pacientes/1/recetas-opticas"))["datos"]) == 1
    conocer_paciente(app, 2)
    problem(como_paciente(api, 2).get(f"{RECETAS}/{receta}"), 404)
    problem(como_medico(api, 9).get(f"{RECETAS}/{receta}"), 404)
