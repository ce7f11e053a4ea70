"""Eye exams: written, warned of, signed, and from then on the same."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from comun.testing.client import ok, problem
from historia_clinica.casos_de_uso.examenes_oftalmologicos import huella_de
from historia_clinica.extensiones import db
from historia_clinica.modelos import ExamenOftalmologico

from ..conftest import como_medico, como_paciente
from ..fabricas import conocer_cita, conocer_paciente
from ..oftalmologia import EXAMENES, examinar, firmado
from ..vecinos import Vecinos

UNO = "/historia-clinica/examenes-oftalmologicos"


def test_una_primera_visita(app: Flask, api: Any, consulta: Any) -> None:
    doctor = como_medico(api)
    escrito = examinar(doctor)
    leido = ok(doctor.get(f"{UNO}/{escrito['id']}"))
    assert leido["estado"] == "borrador" and leido["firma"] is None
    od, oi = leido["od"], leido["oi"]
    assert od["agudeza"]["sin_correccion"] == {"texto": "20/80", "logmar": 0.6}
    assert od["agudeza"]["con_correccion"] == {"texto": "20/20-1", "logmar": 0.02}
    assert (oi["agudeza"]["sin_correccion"]["texto"], oi["agudeza"]["sin_correccion"]["logmar"]) == ("0.5", 0.3)
    assert od["refraccion"]["escrita"] == "-1.50 -0.75 × 90° ad. +2.00"
    assert od["refraccion"]["transpuesta"] == "-2.25 +0.75 × 180° ad. +2.00"
    assert od["refraccion"]["equivalente_esferico"] == -1.88 and od["refraccion_objetiva"]["eje"] == 88
    assert od["presion"] == {"mmhg": 24, "metodo": "goldmann", "hora": "09:30"}
    assert od["fondo"]["excavacion"] == 0.65 and od["fondo"]["dilatado_con"] == "Tropicamida 1 %"
    assert od["queratometria"]["k1"] == 43.25 and oi["biomicroscopia"] is None
    assert [(a["codigo"], a["ojo"]) for a in leido["avisos"]] == [
        ("presion_alta", "od"),
        ("excavacion_amplia", "od"),
        ("presion_asimetrica", None),
        ("excavacion_asimetrica", None),
    ]
    assert ok(doctor.get(EXAMENES))["datos"][0]["id"] == leido["id"]


def test_se_corrige_el_borrador_y_dos_no_se_pisan(api: Any, consulta: Any) -> None:
    doctor = como_medico(api)
    examen = f"{UNO}/{examinar(doctor)['id']}"
    problem(doctor.put(examen, {"plan": "Control"}), 428)
    visto = doctor.get(examen).headers["ETag"]
    cambio = {"oi": {"presion": {"mmhg": 19.5, "metodo": "icare"}}}
    nuevo = ok(doctor.put(examen, cambio, headers={"If-Match": visto}))
    # An eye comes whole; the other one stays.
    assert nuevo["oi"]["presion"]["mmhg"] == 19.5 and nuevo["oi"]["agudeza"] is None
    assert nuevo["od"]["presion"]["mmhg"] == 24
    problem(doctor.put(examen, cambio, headers={"If-Match": visto}), 412)
    ok(doctor.delete(examen), 204)
    problem(doctor.get(examen), 404)


def test_lo_que_no_puede_ser_no_se_escribe(api: Any, consulta: Any) -> None:
    doctor = como_medico(api)
    malos = {
        "agudeza": {"sin_correccion": "20/0"},
        "refraccion": {"esfera": 1, "cilindro": -1},
        "presion": {"mmhg": 81, "metodo": "goldmann"},
        "fondo": {"excavacion": 0.33},
        "paquimetria_um": 5000,
        "queratometria": {"k1": 90, "k2": 43},
    }
    errores = problem(doctor.post(EXAMENES, {"od": malos}), 422)["errores"]
    assert set(errores["od"]) == set(malos)
    for malo in (
        {"momento": "2100-01-01T10:00:00-05:00"},
        {"cita_id": 99},
        {"diagnosticos": [{"descripcion": "Miopía", "codigo_cie10": "miopia"}]},
        {"oi": {"fondo": {"dilatado_con": "Tropicamida"}}},
    ):
        assert set(problem(doctor.post(EXAMENES, malo), 422)["errores"]) == set(malo)
    assert ok(doctor.get(EXAMENES))["datos"] == []


def test_firmado_ya_no_cambia(app: Flask, api: Any, consulta: Any) -> None:
    doctor = como_medico(api)
    examen = firmado(doctor)
    leido = ok(doctor.get(f"{UNO}/{examen}"))
    assert leido["estado"] == "firmado" and len(leido["firma"]["huella"]) == 64
    otra_vez = ok(doctor.post(f"{UNO}/{examen}/firma"))
    assert otra_vez["firma"] == leido["firma"]
    problem(doctor.put(f"{UNO}/{examen}", {"plan": "Otro"}, headers={"If-Match": "*"}), 409, "examen_firmado")
    problem(doctor.delete(f"{UNO}/{examen}"), 409, "examen_firmado")
    with app.app_context():
        guardado = db.session.get_one(ExamenOftalmologico, examen)
        assert huella_de(guardado) == guardado.huella == leido["firma"]["huella"]
        guardado.plan = "Otro"
        assert huella_de(guardado) != guardado.huella
        db.session.rollback()
        for cambio in (
            "UPDATE examen_oftalmologico SET plan = 'x'",
            "UPDATE examen_ojo SET presion_mmhg = 12",
            "DELETE FROM examen_ojo",
        ):
            with pytest.raises(IntegrityError):
                db.session.execute(text(cambio))
            db.session.rollback()


def test_solo_su_medico_lo_escribe_y_lo_firma(app: Flask, api: Any, consulta: Any) -> None:
    examen = examinar(como_medico(api))["id"]
    conocer_cita(app, 2, paciente_id=1, doctor_id=8)
    otro = como_medico(api, 8)
    ok(otro.get(f"{UNO}/{examen}"))
    problem(otro.post(f"{UNO}/{examen}/firma"), 403, "solo_su_autor")
    problem(otro.put(f"{UNO}/{examen}", {"plan": "x"}, headers={"If-Match": "*"}), 403, "solo_su_autor")
    assert problem(otro.post(EXAMENES, {"cita_id": 1}), 422)["errores"].keys() == {"cita_id"}
    ajeno = como_medico(api, 9)
    problem(ajeno.get(f"{UNO}/{examen}"), 404)
    problem(ajeno.get(EXAMENES), 404)
    problem(como_paciente(api).get(f"{UNO}/{examen}"), 403, "solo_personal")


def test_nada_anotado_nada_que_firmar(api: Any, consulta: Any) -> None:
    doctor = como_medico(api)
    vacio = ok(doctor.post(EXAMENES, {"motivo": "Control"}), 201)["id"]
    problem(doctor.post(f"{UNO}/{vacio}/firma"), 409, "examen_vacio")
    nada = {"od": {"pupilas": {"dpar": None}, "refraccion": {"esfera": None}, "agudeza": {}}}
    ok(doctor.put(f"{UNO}/{vacio}", nada, headers={"If-Match": "*"}))
    problem(doctor.post(f"{UNO}/{vacio}/firma"), 409, "examen_vacio")


def test_el_examen_en_papel(api: Any, consulta: Any, vecinos: Vecinos) -> None:
    doctor = como_medico(api)
    examen = firmado(doctor)
    papel = doctor.get(f"{UNO}/{examen}/pdf")
    assert (papel.status_code, papel.content_type) == (200, "application/pdf")
    texto = " ".join(PdfReader(BytesIO(papel.data)).pages[0].extract_text().split())
    for dicho in (
        "María José Núñez Peña",
        "Agudeza sin corrección 20/80 (logMAR 0.60) 0.5 (logMAR 0.30)",
        "Refracción final -1.50 -0.75 × 90° ad. +2.00 -1.00 ad. +2.00",
        "24 mmHg (Goldmann, 09:30) 18 mmHg (Goldmann, 09:32)",
        "K1 43.25 D a 180°, K2 44.00 D a 90°",
        "Sí, con Tropicamida 1 %",
        "H40.0 Sospecha de glaucoma (OD, presuntivo)",
        "Presión de 24 mmHg en OD",
    ):
        assert dicho in texto
    vecinos.down.add("admin")
    problem(doctor.get(f"{UNO}/{examen}/pdf"), 503)


def test_la_base_guarda_los_limites(app: Flask, api: Any, consulta: Any) -> None:
    examinar(como_medico(api))
    with app.app_context():
        for cambio in (
            "esfera = 1.1",
            "cilindro = 13",
            "eje = NULL",
            "eje = 181",
            "adicion = 5",
            "presion_mmhg = 81",
            "presion_metodo = NULL",
            "excavacion = 0.33",
            "av_estenopeico_logmar = NULL",
            "ojo = 'oi'",
        ):
            with pytest.raises(IntegrityError):
                db.session.execute(text(f"UPDATE examen_ojo SET {cambio} WHERE ojo = 'od'"))
            db.session.rollback()


def test_la_evolucion_de_los_dos_ojos(app: Flask, api: Any, consulta: Any) -> None:
    doctor = como_medico(api)
    firmado(doctor, cita_id=None, momento="2026-01-15T20:30:00-05:00")
    examinar(doctor, momento="2026-03-02T09:00:00-05:00", oi=None)
    ruta = "/historia-clinica/pacientes/1/oftalmologia/evolucion"
    series = ok(doctor.get(ruta))
    assert [(m["mmhg"], m["firmado"]) for m in series["presion"]["od"]] == [(24, True), (24, False)]
    assert [(m["mmhg"], m["dia"], m["hora"]) for m in series["presion"]["oi"]] == [(18, "2026-01-15", "09:32")]
    assert [(m["sin_correccion"], m["estenopeico"], m["mejor"]) for m in series["agudeza"]["oi"]] == [(0.3, None, 0)]
    # A day is that of the centre: in UTC the first exam was already on the 16th.
    assert len(ok(doctor.get(f"{ruta}?desde=2026-01-15&hasta=2026-01-15"))["presion"]["od"]) == 1
    assert ok(doctor.get(f"{ruta}?desde=2026-01-16&hasta=2026-03-01"))["agudeza"] == {"od": [], "oi": []}
    problem(doctor.get(f"{ruta}?desde=2026-03-01&hasta=2026-01-01"), 422)
    dibujo = doctor.get(f"{ruta}/imagen")
    assert dibujo.content_type.startswith("image/svg+xml")
    assert "OI 15/01/2026: 18 mmHg" in dibujo.get_data(as_text=True)
    conocer_paciente(app, 2)
    conocer_cita(app, 3, paciente_id=2, doctor_id=7)
    vacio = doctor.get("/historia-clinica/pacientes/2/oftalmologia/evolucion/imagen").get_data(as_text=True)
    assert "Sin datos" in vacio
    problem(como_paciente(api).get(ruta), 403, "solo_personal")
