"""Prescriptions, and the catalogue of diagnoses."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader

from comun.testing.client import ApiClient, ok, problem
from historia_clinica.casos_de_uso import acceso
from historia_clinica.cli import cli

from ..conftest import como_paciente
from ..fabricas import conocer_cita
from ..vecinos import Vecinos
from .test_notas import RECETA, camino, escribir

PENICILINA = {"tipo": "alergia", "descripcion": "Alergia a penicilina: urticaria", "severidad": "grave"}
AMOXICILINA = {"items": [{**RECETA["items"][0], "medicamento": "Amoxicilina", "cantidad": 21}]}


def receta(uno: dict[str, Any], resto: str = "") -> str:
    return f"/historia-clinica/recetas/{uno['id']}{resto}"


def test_una_receta_se_emite_numerada_con_la_firma_de_su_nota(api: ApiClient, medico: ApiClient) -> None:
    nota = escribir(medico)
    primera = ok(medico.post(camino(nota, "/recetas"), AMOXICILINA), 201)
    assert (primera["numero"], primera["estado"]) == (None, "borrador")
    assert primera["items"][0]["cantidad_letras"] == "veintiuno"
    descartada = ok(medico.post(camino(nota, "/recetas"), RECETA), 201)
    ok(medico.delete(receta(descartada)), 204)
    segunda = ok(medico.post(camino(nota, "/recetas"), RECETA), 201)
    cambio = {"items": [{**RECETA["items"][0], "cantidad": 6}], "advertencias": "Con alimentos"}
    assert ok(medico.put(receta(segunda), cambio, headers={"If-Match": "*"}))["items"][0]["cantidad"] == 6
    problem(como_paciente(api).get(receta(primera)), 404)
    problem(medico.get(receta(primera, "/pdf")), 409, "receta_en_borrador")
    ok(medico.post(camino(nota, "/firma")))
    assert [ok(medico.get(receta(una)))["numero"] for una in (primera, segunda)] == [1, 2]
    problem(medico.put(receta(primera), cambio, headers={"If-Match": "*"}), 409, "receta_emitida")
    assert ok(como_paciente(api).get(receta(primera)))["items"][0]["medicamento"] == "Amoxicilina"
    otra = escribir(medico)
    tercera = ok(medico.post(camino(otra, "/recetas"), RECETA), 201)
    ok(medico.post(camino(otra, "/firma")))
    assert ok(medico.get(receta(tercera)))["numero"] == 3


def test_las_que_se_firman_a_la_vez_tienen_numeros_seguidos(api: ApiClient, medico: ApiClient, app: Flask) -> None:
    notas = []
    for cita_id in range(11, 15):
        conocer_cita(app, cita_id)
        nota = ok(medico.post(f"/historia-clinica/citas/{cita_id}/notas", {"plan": "Analgesia"}), 201)
        ok(medico.post(camino(nota, "/recetas"), RECETA), 201)
        notas.append(nota)
    with ThreadPoolExecutor(8) as hilos:  # each twice, as whoever presses twice does
        hechas = list(hilos.map(lambda nota: ok(medico.post(camino(nota, "/firma"))), [*notas, *notas]))
    assert len({nota["huella"] for nota in hechas}) == 4
    assert {nota["recetas"][0]["numero"] for nota in hechas} == {1, 2, 3, 4}
    firmas = [fila for fila in ok(api.get("/historia-clinica/bitacora?tamano=100"))["datos"] if fila["que"] == "nota"]
    assert len(firmas) == 4


def test_lo_que_toca_una_alergia_solo_se_receta_con_motivo(
    medico: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acceso, "alertas_de", lambda _pacientes: [PENICILINA])
    nota = escribir(medico)
    assert nota["alertas"] == [PENICILINA]
    negada = problem(medico.post(camino(nota, "/recetas"), AMOXICILINA), 409, "alergia_conocida")
    assert "penicilinas" in negada["errores"]["items"]["0"]["medicamento"][0]
    problem(medico.post(camino(nota, "/recetas"), {**AMOXICILINA, "confirmar_alergia": True}), 422)
    confirmada = {**AMOXICILINA, "confirmar_alergia": True, "motivo": "Prueba cutánea negativa"}
    hecha = ok(medico.post(camino(nota, "/recetas"), confirmada), 201)
    assert hecha["alergias_confirmadas"][0]["alergia"] == "penicilina"
    assert hecha["motivo_alergia"] == "Prueba cutánea negativa"
    assert ok(medico.post(camino(nota, "/recetas"), RECETA), 201)["alergias_confirmadas"] == []


def test_con_una_alergia_que_se_supo_despues_no_se_emite_sin_confirmarla(medico: ApiClient) -> None:
    nota = escribir(medico)
    hecha = ok(medico.post(camino(nota, "/recetas"), AMOXICILINA), 201)
    alergia = {"sustancia": "Penicilina", "tipo": "medicamento", "severidad": "grave"}
    ok(medico.post("/historia-clinica/pacientes/1/alergias", alergia), 201)
    negada = problem(medico.post(camino(nota, "/firma")), 409, "alergia_conocida")
    assert [*negada["errores"]["recetas"]["0"]["items"]["0"]] == ["medicamento"]
    assert ok(medico.get(receta(hecha)))["estado"] == "borrador"
    confirmada = {**AMOXICILINA, "confirmar_alergia": True, "motivo": "Prueba cutánea negativa"}
    ok(medico.put(receta(hecha), confirmada, headers={"If-Match": "*"}))
    assert ok(medico.post(camino(nota, "/firma")))["recetas"][0]["numero"] == 1


def test_la_receta_impresa_dice_quien_que_y_como(
    medico: ApiClient, vecinos: Vecinos, monkeypatch: pytest.MonkeyPatch
) -> None:
    nota = escribir(medico)
    hecha = ok(medico.post(camino(nota, "/recetas"), {**AMOXICILINA, "advertencias": "Con alimentos"}), 201)
    ok(medico.post(camino(nota, "/firma")))
    monkeypatch.setattr(acceso, "alertas_de", lambda _pacientes: [PENICILINA])
    impresa = medico.get(receta(hecha, "/pdf"))
    assert (impresa.status_code, impresa.content_type) == (200, "application/pdf")
    assert impresa.headers["Content-Disposition"] == 'inline; filename="receta-000001.pdf"'
    texto = " ".join(pagina.extract_text() for pagina in PdfReader(io.BytesIO(impresa.data)).pages)
    for dicho in ("Núñez Peña", "1714307103", "Amoxicilina 400 mg", "21 (veintiuno)", "cada 8 horas", "MSP-1234"):
        assert dicho in texto
    for dicho in ("K02.1", "ALERGIAS", "penicilina", "Con alimentos", "000001", "Clínica Norte"):
        assert dicho in texto
    vecinos.down.add("admin")
    problem(medico.get(receta(hecha, "/pdf")), 503)


def test_los_diagnosticos_se_buscan_sin_tildes_ni_mayusculas(api: ApiClient) -> None:
    def buscar(**filtro: str) -> list[str]:
        return [uno["codigo"] for uno in ok(api.get("/historia-clinica/cie10", query_string=filtro))["datos"]]

    assert buscar(q="k02") == ["K02.0", "K02.1", "K02.2", "K02.3", "K02.4", "K02.5", "K02.8", "K02.9"]
    assert buscar(q="K021") == ["K02.1"]
    assert buscar(q="DENTIN carie") == ["K02.1"]
    assert {"H52.1", "H44.2"} <= set(buscar(q="miopia")) & set(buscar(q="MYOPIA"))
    assert buscar(q="glaucoma abierto") == ["H40.1"]
    assert buscar(q="glaucoma", capitulo="xi") == []


def test_una_lista_completa_se_carga_y_se_vuelve_a_cargar(app: Flask, api: ApiClient, tmp_path: Any) -> None:
    lista = tmp_path / "lista.csv"
    lista.write_text("codigo;nombre_es\nQ99;Otras anomalías cromosómicas\nQ991;Hermafrodita verdadero\n")
    for _ in range(2):
        salida = app.test_cli_runner().invoke(cli.commands["cie10"], ["cargar", str(lista)], obj=app)
        assert (salida.exit_code, salida.output) == (0, "2 códigos cargados\n")
    assert [uno["codigo"] for uno in ok(api.get("/historia-clinica/cie10?q=Q99"))["datos"]] == ["Q99.1"]
    lista.write_text("codigo;nombre_es\nQ992;X frágil\nno-es;Nada\n")
    salida = app.test_cli_runner().invoke(cli.commands["cie10"], ["cargar", str(lista)], obj=app)
    assert salida.exit_code == 1
    assert "Línea 3" in salida.output
    assert ok(api.get("/historia-clinica/cie10?q=Q99.2"))["datos"] == []
