"""The medical history: explicit answers that hold together, what a version changed, and what must be seen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from historia_clinica.dominio.alertas import Alerta, de_alergia, de_antecedentes, ordenar
from historia_clinica.dominio.antecedentes import cambios, desplegar, repetidos, reunir, revisar

AHORA = datetime(2026, 3, 1, tzinfo=UTC)


def respuesta(codigo: str, valor: str = "si", **mas: Any) -> dict[str, Any]:
    return {"codigo": codigo, "respuesta": valor, **mas}


def historia(*antecedentes: dict[str, Any], **partes: Any) -> dict[str, Any]:
    return reunir({"antecedentes": list(antecedentes), **partes})


def alertas(*antecedentes: dict[str, Any], hace: timedelta = timedelta(0), **partes: Any) -> list[Alerta]:
    return de_antecedentes(5, historia(*antecedentes, **partes), AHORA - hace, AHORA)


def test_no_preguntar_no_es_un_no() -> None:
    mostrada = desplegar(historia(respuesta("asma", "no"), respuesta("diabetes", "no_preguntado")))
    dichas = {fila["codigo"]: fila["respuesta"] for fila in mostrada["antecedentes"]}
    assert (dichas["asma"], dichas["diabetes"], dichas["vih_sida"]) == ("no", "no_preguntado", "no_preguntado")
    assert {fila["respuesta"] for fila in mostrada["habitos"]} == {"no_preguntado"}


def test_las_diez_preguntas_del_formulario_033_son_las_primeras() -> None:
    grupos = [fila["grupo"] for fila in desplegar(historia())["antecedentes"]]
    assert grupos[:10] == ["formulario_033"] * 10
    assert "formulario_033" not in grupos[10:]


@pytest.mark.parametrize(
    ("dada", "donde"),
    [
        ({"antecedentes": [respuesta("diabetes")]}, ("antecedentes", "diabetes", "detalle")),
        (
            {"familiares": [respuesta("cancer", detalle="De mama")]},
            ("familiares", "cancer", "parentescos"),
        ),
        (
            {"familiares": [respuesta("cancer", "no", parentescos=["madre"])]},
            ("familiares", "cancer", "parentescos"),
        ),
        ({"habitos": [respuesta("tabaco")]}, ("habitos", "tabaco", "cigarrillos_dia")),
        ({"habitos": [respuesta("tabaco", "no", cigarrillos_dia=3)]}, ("habitos", "tabaco", "cigarrillos_dia")),
        (
            {"habitos": [respuesta("cafe", detalle="Dos tazas", cigarrillos_dia=2)]},
            ("habitos", "cafe", "cigarrillos_dia"),
        ),
        ({"cirugias": [{"que": "Apéndice", "ano": 2027}]}, ("cirugias", 0, "ano")),
        (
            {"antecedentes": [respuesta("cirugias", "no")], "cirugias": [{"que": "Apéndice", "ano": 2001}]},
            ("cirugias",),
        ),
        (
            {
                "antecedentes": [respuesta("medicacion_habitual", "no")],
                "medicacion": [{"medicamento": "Losartán"}],
            },
            ("medicacion",),
        ),
    ],
)
def test_lo_que_no_se_sostiene(dada: dict[str, Any], donde: tuple[Any, ...]) -> None:
    errores: Any = revisar(reunir(dada), 2026)
    for paso in donde:
        assert [*errores] == [paso]
        errores = errores[paso]
    assert errores


def test_lo_que_si_se_sostiene() -> None:
    dada = {
        "antecedentes": [
            respuesta("diabetes", detalle="Tipo 2"),
            respuesta("asma", "desconoce"),
            respuesta("cirugias", detalle="Apéndice"),
        ],
        "familiares": [respuesta("cancer", parentescos=["madre"])],
        "habitos": [respuesta("tabaco", cigarrillos_dia=5)],
        "cirugias": [{"que": "Apéndice", "ano": 2026}],
    }
    assert revisar(reunir(dada), 2026) == {}
    assert repetidos([respuesta("asma"), respuesta("diabetes"), respuesta("asma", "no")]) == [2]


def test_que_cambio_de_una_version_a_otra() -> None:
    antes = historia(
        respuesta("diabetes", detalle="Tipo 2"),
        respuesta("asma", "no"),
        medicacion=[{"medicamento": "Metformina", "dosis": "850 mg"}],
    )
    ahora = historia(
        respuesta("diabetes", detalle="Tipo 2, con insulina"),
        respuesta("hipertension", "no"),
        respuesta("asma", "no"),
        medicacion=[{"medicamento": "Insulina", "dosis": "10 UI"}],
    )
    assert [(c["campo"], c["antes"], c["despues"]) for c in cambios(antes, ahora)] == [
        ("antecedentes.diabetes.detalle", "Tipo 2", "Tipo 2, con insulina"),
        ("antecedentes.hipertension", "no_preguntado", "no"),
        ("medicacion", {"medicamento": "Metformina", "dosis": "850 mg"}, None),
        ("medicacion", None, {"medicamento": "Insulina", "dosis": "10 UI"}),
    ]
    assert cambios(ahora, ahora) == []
    assert {c["antes"] for c in cambios(None, historia(respuesta("asma", "no")))} == {"no_preguntado"}


class TestAlertas:
    def test_un_si_peligroso_se_ve_y_lo_demas_no(self) -> None:
        vistas = alertas(
            respuesta("anticoagulantes", detalle="Warfarina, INR 2,5"),
            respuesta("tiroides", detalle="Hipotiroidismo"),
            respuesta("asma", "no"),
            respuesta("hemorragias", "desconoce"),
        )
        assert [(a.codigo, a.severidad, a.descripcion) for a in vistas] == [
            ("anticoagulantes", "grave", "Anticoagulantes o antiagregantes: Warfarina, INR 2,5")
        ]

    def test_la_alergia_que_se_respondio_es_una_alergia(self) -> None:
        (vista,) = alertas(respuesta("alergia_antibiotico", detalle="penicilina, de niña"))
        assert (vista.tipo, vista.sustancia, vista.severidad) == ("alergia", "penicilina, de niña", "grave")

    @pytest.mark.parametrize(
        ("medicamento", "codigo"),
        [
            ("Ácido alendrónico 70 mg", "bifosfonatos"),
            ("RIVAROXABÁN", "anticoagulantes"),
            ("ácido acetilsalicílico 100 mg", "anticoagulantes"),
            ("Losartán", None),
        ],
    )
    def test_un_farmaco_de_la_lista_dice_lo_que_no_se_pregunto(self, medicamento: str, codigo: str | None) -> None:
        vistas = alertas(medicacion=[{"medicamento": medicamento}])
        assert [a.codigo for a in vistas] == ([codigo] if codigo else [])
        # And what was asked is not said twice.
        if codigo:
            preguntado = alertas(respuesta(codigo, detalle="Sí toma"), medicacion=[{"medicamento": medicamento}])
            assert [a.descripcion.endswith("Sí toma") for a in preguntado] == [True]

    def test_un_embarazo_no_dura_mas_de_42_semanas(self) -> None:
        si = respuesta("embarazo", detalle="20 semanas")
        assert len(alertas(si, hace=timedelta(weeks=20))) == 1
        assert alertas(si, hace=timedelta(weeks=43)) == []

    def test_lo_mas_grave_va_primero_y_una_sola_vez(self) -> None:
        polen = de_alergia(1, "Polen", "ambiental", None, "leve", AHORA)
        penicilina = de_alergia(2, "Penicilina", "medicamento", "anafilaxia", "grave", AHORA)
        otra = de_alergia(3, "penicilína", "medicamento", "Anafilaxia", "grave", AHORA)
        (marcapasos,) = alertas(respuesta("marcapasos", detalle="2020"))
        assert [a.recurso_id for a in ordenar([polen, marcapasos, penicilina, otra])] == [3, 5, 1]
