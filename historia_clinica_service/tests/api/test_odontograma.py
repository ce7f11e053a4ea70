"""The odontogram: noted, followed up, annulled, read at any date, drawn."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from comun.testing.client import ApiClient, ok, problem
from historia_clinica.casos_de_uso.acceso import Acceso, Accion
from historia_clinica.casos_de_uso.partes import partes
from historia_clinica.dominio.odontograma import incoherencias
from historia_clinica.extensiones import db
from historia_clinica.modelos import Hallazgo, PacienteRef, Relacion

from ..conftest import como_medico, como_paciente
from ..fabricas import conocer_cita, conocer_paciente

BOCA = "/historia-clinica/pacientes/1/odontograma"
AYER = (datetime.now(UTC) - timedelta(days=1)).isoformat()


def anotar(api: ApiClient, *hallazgos: dict[str, Any], **cabeceras: str) -> Any:
    return api.post(f"{BOCA}/hallazgos", {"hallazgos": hallazgos}, headers=cabeceras)


def uno(api: ApiClient, pieza: int, codigo: str, superficies: str = "", **mas: Any) -> int:
    """Note one finding; its id."""
    cuerpo = {"pieza": pieza, "codigo": codigo, "superficies": superficies, **mas}
    return int(ok(anotar(api, cuerpo), 201)["datos"][0]["id"])


def pasar(api: ApiClient, hallazgo: int, estado: str, **mas: Any) -> Any:
    return api.patch(f"/historia-clinica/hallazgos/{hallazgo}/estado", {"estado": estado, **mas})


def pieza(api: ApiClient, numero: int, **consulta: str) -> dict[str, Any]:
    documento = ok(api.get(BOCA, query_string=consulta))
    return next(p for p in documento["piezas"] if p["pieza"] == numero)


def test_de_la_caries_a_la_obturacion(medico: ApiClient) -> None:
    caries = uno(medico, 36, "caries", "OM", variante="dentina", ocurrido_en=AYER, cita_id=1)
    hecha = ok(pasar(medico, caries, "realizado", variante="resina", cita_id=1))
    assert (hecha["codigo"], hecha["superficies"], hecha["estado"], hecha["color"], hecha["origen_id"]) == (
        "restauracion",
        "MO",
        "realizado",
        "azul",
        caries,
    )
    ahora, antes = pieza(medico, 36), pieza(medico, 36, fecha=AYER)
    assert [h["codigo"] for h in ahora["hallazgos"]] == ["restauracion"]
    assert [(h["codigo"], h["color"]) for h in antes["hallazgos"]] == [("caries", "rojo")]
    assert (ahora["superficies"], antes["cuenta_como"], ahora["cuenta_como"]) == (
        {"M": [hecha["id"]], "O": [hecha["id"]]},
        "C",
        "O",
    )
    problem(pasar(medico, caries, "realizado"), 409, "hallazgo_con_seguimiento")
    problem(pasar(medico, caries, "anulado", motivo="x"), 409, "hallazgo_con_seguimiento")
    problem(pasar(medico, hecha["id"], "realizado"), 409, "hallazgo_cerrado")
    cambios = ok(medico.get(f"{BOCA}/diferencias", query_string={"desde": AYER}))
    assert [p["pieza"] for p in cambios["piezas"]] == [36]
    assert (cambios["indices_antes"]["cpo_d"]["c"], cambios["indices_despues"]["cpo_d"]["o"]) == (1, 1)


def test_lo_anulado_queda_en_la_historia_y_no_en_la_boca(medico: ApiClient) -> None:
    indicada = uno(medico, 18, "extraccion_indicada", ocurrido_en=AYER)
    perdida = ok(pasar(medico, indicada, "realizado"))
    assert perdida["codigo"] == "perdida_por_caries"
    assert pieza(medico, 18)["presencia"] == "ausente"
    problem(pasar(medico, perdida["id"], "anulado"), 422)
    assert ok(pasar(medico, perdida["id"], "anulado", motivo="Era la 28"))["motivo_anulacion"] == "Era la 28"
    problem(pasar(medico, perdida["id"], "anulado", motivo="otra vez"), 409, "hallazgo_anulado")
    assert [h["id"] for h in pieza(medico, 18)["hallazgos"]] == [indicada]
    historia = ok(medico.get(f"{BOCA}/hallazgos", query_string={"pieza": 18}))
    assert [h["id"] for h in historia["datos"]] == [perdida["id"], indicada]
    assert historia["alertas"] == []
    assert len(ok(medico.get(f"{BOCA}/hallazgos?anulados=no"))["datos"]) == 1
    assert ok(pasar(medico, indicada, "realizado"))["codigo"] == "perdida_por_caries"


def test_lo_imposible_se_rechaza_entero(medico: ApiClient) -> None:
    uno(medico, 46, "perdida_otra_causa", ocurrido_en=AYER)
    sana, imposible = {"pieza": 16, "codigo": "presente"}, {"pieza": 46, "codigo": "caries", "superficies": "O"}
    assert "46" in problem(anotar(medico, sana, imposible), 409, "pieza_ausente")["detail"]
    assert pieza(medico, 16)["hallazgos"] == []
    # Before it was lost it had caries: that may be noted afterwards.
    uno(medico, 46, "caries", "O", ocurrido_en=(datetime.now(UTC) - timedelta(days=9)).isoformat())
    mal = problem(anotar(medico, sana, {"pieza": 16, "codigo": "restauracion", "estado": "realizado"}), 422)
    assert list(mal["errores"]["hallazgos"]) == ["1"]
    for cuerpo in (
        {"pieza": 19, "codigo": "presente"},
        {"pieza": 16, "codigo": "caries", "superficies": "X"},
        {"pieza": 16, "codigo": "presente", "ocurrido_en": "2999-01-01T00:00:00-05:00"},
        {"pieza": 16, "codigo": "presente", "cita_id": 99},
        {"pieza": 16, "codigo": "muela_del_juicio"},
    ):
        problem(anotar(medico, cuerpo), 422)
    assert pieza(medico, 16)["hallazgos"] == []


def test_quien_lee_y_quien_escribe(app: Flask, api: ApiClient, medico: ApiClient) -> None:
    caries = uno(medico, 11, "caries", "I")
    assert ok(api.get(f"/historia-clinica/hallazgos/{caries}"))["superficies"] == "O"
    problem(anotar(api, {"pieza": 11, "codigo": "presente"}), 403, "solo_medico")
    problem(como_medico(api, 8).get(BOCA), 404)
    problem(como_medico(api, 8).get(f"/historia-clinica/hallazgos/{caries}"), 404)
    problem(como_paciente(api).get(BOCA), 403, "solo_personal")
    conocer_paciente(app, 2)
    conocer_cita(app, 2, paciente_id=2, doctor_id=7)
    problem(anotar(medico, {"pieza": 11, "codigo": "presente", "cita_id": 2}), 422)


def test_la_historia_de_quien_se_fusiono_es_una(app: Flask, medico: ApiClient) -> None:
    uno(medico, 11, "caries", "O")
    conocer_paciente(app, 2)
    conocer_paciente(app, 1, fusionado_en_id=2)
    conocer_cita(app, 2, paciente_id=2, doctor_id=7)
    documento = ok(medico.get("/historia-clinica/pacientes/2/odontograma"))
    assert (documento["paciente_id"], documento["indices"]["cpo_d"]["total"]) == (2, 1)


def test_la_imagen_es_svg_y_no_ejecuta_nada(app: Flask, medico: ApiClient) -> None:
    conocer_paciente(app, 1, nombres="<script>alert(1)</script>", apellidos="& Cía")
    uno(medico, 36, "caries", "O")
    answer = medico.get(f"{BOCA}/imagen")
    dibujo = answer.get_data(as_text=True)
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "<script" not in dibujo and "&lt;script&gt;" in dibujo
    assert "36: Caries (O) por hacer" in dibujo and "CPO-D: C 1" in dibujo


def test_lo_anotado_no_cambia_ni_por_debajo(app: Flask, medico: ApiClient) -> None:
    caries = uno(medico, 36, "caries", "O")
    ok(pasar(medico, caries, "anulado", motivo="Error"))
    for orden in (
        "SET pieza = 37",
        "SET motivo_anulacion = 'Otro'",
        "SET anulado_en = NULL, motivo_anulacion = NULL",
    ):
        with app.app_context(), pytest.raises(IntegrityError):
            db.session.execute(text(f"UPDATE hallazgo {orden}"))
    with app.app_context(), pytest.raises(IntegrityError):
        db.session.execute(text("DELETE FROM hallazgo"))


def test_la_misma_llamada_anota_una_vez(medico: ApiClient) -> None:
    for _ in range(2):
        ok(anotar(medico, {"pieza": 36, "codigo": "caries", "superficies": "O"}, **{"Idempotency-Key": "a"}), 201)
    assert len(ok(medico.get(f"{BOCA}/hallazgos"))["datos"]) == 1


def test_dos_a_la_vez_no_anotan_lo_que_juntos_no_puede_ser(app: Flask, medico: ApiClient) -> None:
    perdida = {"pieza": 36, "codigo": "perdida_por_caries", "ocurrido_en": AYER}
    caries = [{"pieza": 36, "codigo": "caries", "superficies": letra} for letra in "MDOVL"]
    with ThreadPoolExecutor(6) as hilos:
        respuestas = list(hilos.map(lambda uno: anotar(medico, uno), [*caries[:3], perdida, *caries[3:]]))
    assert {r.status_code for r in respuestas} <= {201, 409}
    with app.app_context():
        escritos = list(db.session.scalars(db.select(Hallazgo)))
        assert incoherencias(h.entrada() for h in escritos) == set()
        assert len(escritos) == sum(r.status_code == 201 for r in respuestas) > 0


def test_lo_dental_se_cuenta_en_el_expediente_entero(app: Flask, medico: ApiClient) -> None:
    uno(medico, 36, "caries", "O")
    piezas = [{"pieza": 16, "sitios": {"mv": {"sondaje": 5, "margen": 1}}}]
    ok(medico.post("/historia-clinica/pacientes/1/periodontogramas", {"piezas": piezas}), 201)
    ok(medico.post("/historia-clinica/pacientes/1/planes", {"nombre": "Plan"}), 201)
    dentales = {una.nombre: una for una in partes() if una.nombre in ("odontograma", "periodontogramas", "planes")}
    with app.app_context():
        paciente = db.session.get_one(PacienteRef, 1)
        medica, propia = (Acceso(paciente, (1,), Accion.LEER, r) for r in (Relacion.MEDICO, Relacion.PROPIO))
        dichas = {nombre: una.contar(medica, 20) for nombre, una in dentales.items()}
        assert all(una.contar(propia, None) == [] for una in dentales.values())
    assert [h["codigo"] for p in dichas["odontograma"][0]["piezas"] for h in p["hallazgos"]] == ["caries"]
    assert dichas["periodontogramas"][0]["piezas"][0]["sitios"]["mv"]["nic"] == 6
    assert dichas["planes"][0]["avance"]["total"] == 0
