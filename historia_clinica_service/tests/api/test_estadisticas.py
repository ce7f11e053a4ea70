"""The anonymised export: nobody can be known by it."""

from __future__ import annotations

import csv
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from comun.testing.client import ApiClient, problem
from historia_clinica.extensiones import db
from historia_clinica.modelos import (
    Antecedentes,
    DatosPersonales,
    Diagnostico,
    ExamenOftalmologico,
    ExamenOjo,
    Hallazgo,
    Nota,
    SignosVitales,
)

from ..fabricas import conocer_centro, conocer_cita, conocer_doctor, conocer_paciente

pytestmark = pytest.mark.both_databases

URL = "/historia-clinica/estadisticas/exportacion?desde=2026-03-01&hasta=2026-04-30"
# Night of 31 March in Guayaquil, already April in UTC.
MARZO = datetime(2026, 4, 1, 3, tzinfo=UTC)


@pytest.fixture
def seis(app: Flask) -> None:
    """Six women of 35 to 39 attended in March, one man; the sixth record was merged into the seventh patient's."""
    conocer_doctor(app, 7)
    conocer_centro(app, 1)
    for n in range(1, 9):
        conocer_paciente(app, n, nombres=f"Nombre{n}", fusionado_en_id=7 if n == 6 else None)
        conocer_cita(app, 1000 + n, paciente_id=n, estado="completada", fecha_hora=MARZO)
    with app.app_context():
        for n in (1, 2, 3, 4, 5, 7, 8):
            genero = "masculino" if n == 8 else "femenino"
            nacida = date(1988, 6, n)
            db.session.add(DatosPersonales(paciente_id=n, fecha_nacimiento=nacida, genero=genero, obtenido_en=MARZO))
            db.session.add(SignosVitales(paciente_id=n, doctor_id=7, tomado_en=MARZO, peso_kg=70, talla_cm=170))
        for n in range(1, 7):
            condiciones = [{"descripcion": "x", "codigo_cie10": "E11.9" if n < 6 else "Q87.4"}]
            contenido = {"antecedentes": {"diabetes": {"respuesta": "si"}}, "habitos": {}, "condiciones": condiciones}
            db.session.add(
                Antecedentes(
                    paciente_id=n, numero=1, doctor_id=7, contenido=contenido, cambios=[],
                    creado_en=datetime(2025, 1, 1, tzinfo=UTC),
                )
            )  # fmt: skip
            _firmar(n)
        db.session.commit()


def _firmar(paciente_id: int) -> None:
    """A note with caries, seen in the odontogram too, and an eye exam, both signed."""
    suyo = {"paciente_id": paciente_id, "doctor_id": 7, "momento": MARZO}
    caries = Diagnostico(orden=1, codigo_cie10="K02.1", nombre="Caries", condicion="definitivo", principal=True)
    nota = Nota(cita_id=1000 + paciente_id, centro_id=1, tipo="primera_vez", diagnosticos=[caries], **suyo)
    ojos = [ExamenOjo(ojo="od", presion_mmhg=Decimal("14.6"), presion_metodo="icare"), ExamenOjo(ojo="oi")]
    examen = ExamenOftalmologico(ojos=ojos, **suyo)
    caries_vista = {"codigo": "caries", "estado": "por_hacer", "ocurrido_en": MARZO, "por": "usuario:7"}
    hallazgo = Hallazgo(paciente_id=paciente_id, doctor_id=7, pieza=16, superficies="O", **caries_vista)
    db.session.add_all([nota, examen, hallazgo])
    db.session.flush()
    nota.firmada_en, nota.firmante, nota.firmada_por, nota.huella, nota.forma = (
        MARZO,
        "Dra.",
        "usuario:7",
        "0" * 64,
        1,
    )
    examen.firmado_en, examen.firmante, examen.firmado_por, examen.huella, examen.forma = (
        MARZO, "Dra.", "usuario:7", "0" * 64, 1,
    )  # fmt: skip


def exportadas(api: ApiClient, formato: str = "jsonl") -> Any:
    respuesta = api.get(f"{URL}&formato={formato}")
    assert respuesta.status_code == 200, respuesta.text
    texto = respuesta.text
    lineas = texto.splitlines()
    filas = [*csv.DictReader(lineas)] if formato == "csv" else [json.loads(linea) for linea in lineas]
    return respuesta, filas, texto


def test_solo_se_cuenta_lo_que_comparten_cinco(api: ApiClient, seis: None) -> None:
    respuesta, filas, texto = exportadas(api)
    assert (len(filas), respuesta.headers["X-Filas-Suprimidas"]) == (6, "1")
    assert {(f["periodo"], f["edad"], f["sexo"], f["imc"]) for f in filas} == {("2026-03", "35-39", "femenino", 24)}
    assert sorted((*f["condiciones_cie10"], f["diabetes"]) for f in filas) == [("E11.9", "si")] * 5 + [
        ("otros", "si")
    ]
    con_nota = [f for f in filas if f["diagnosticos_cie10"]]
    assert [(f["diagnosticos_cie10"], f["presion_ocular_od_mmhg"]) for f in con_nota] == [(["K02.1"], 15)] * 6
    assert {(f["presion_ocular_oi_mmhg"], f["cpo_d"], f["ceo_d"]) for f in filas} == {(None, 1, 0)}
    assert "Nombre" not in texto
    assert not {"id", "paciente_id", "nombres"} & set(filas[0])


def test_tambien_como_hoja(api: ApiClient, seis: None) -> None:
    _respuesta, filas, _texto = exportadas(api, "csv")
    assert len(filas) == 6
    assert {f["condiciones_cie10"] for f in filas} == {"E11.9", "otros"}
    assert {f["tabaco"] for f in filas} == {"no_preguntado"}


def test_quien_exporta_deja_rastro_y_necesita_permiso(app: Flask, api: ApiClient, seis: None) -> None:
    exportadas(api)
    with app.app_context():
        rastro = app.extensions["comun"].tables.audit
        suyo = db.select(rastro.c.actor, rastro.c.cambios).where(rastro.c.recurso == "estadisticas")
        escrita = db.session.execute(suyo).one()
    assert escrita.actor.startswith("usuario:")
    assert escrita.cambios == {"desde": "2026-03-01", "hasta": "2026-04-30"}
    problem(api.as_("medico", ["historia:leer"], doctor_id=7).get(URL), 403)
    problem(api.get(URL.replace("2026-04-30", "2026-01-01")), 422)
    assert api.get(URL.replace("2026", "2020") + "&formato=jsonl").text == ""
