"""What a note may say, the catalogue of diagnoses, prescriptions against allergies, the hygiene of form 033."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from historia_clinica.casos_de_uso.cie10 import INCLUIDA
from historia_clinica.dominio.cie10 import ListaInvalida, capitulo, categorias, comienzo, leer, normal
from historia_clinica.dominio.edades import edad
from historia_clinica.dominio.formulario_033 import GRUPOS, defecto_de_higiene, grupo_de, medias
from historia_clinica.dominio.medicamentos import coincidencias, en_letras
from historia_clinica.dominio.notas import defectos_de_diagnosticos


def test_la_lista_incluida_trae_lo_dental_y_lo_ocular_a_cuatro_caracteres() -> None:
    with INCLUIDA.open(encoding="utf-8", newline="") as archivo:
        lista = {entrada.codigo: entrada for entrada in leer(archivo)}
    assert len(lista) > 900
    assert all(entrada.nombre_en for entrada in lista.values())
    por_categoria = {codigo[:3] for codigo in lista}
    assert {f"K{n:02}" for n in range(15)} <= por_categoria
    # The categories of the eye's chapter; the other numbers of it are not in use.
    ojo = "00 01 02 03 04 05 06 10 11 13 15 16 17 18 19 20 21 22 25 26 27 28 30 31 32 33 34 35 36 40 42 43 44 45"
    ojo += " 46 47 48 49 50 51 52 53 54 55 57 58 59"
    assert {f"H{n}" for n in ojo.split()} <= por_categoria
    assert {"K02.1", "K04.0", "S02.5", "Z01.2", "Z01.0", "H40.1", "H52.1", "I10", "E11.9"} <= set(lista)
    assert categorias(lista) == set()
    assert (lista["K02.1"].nombre_es, lista["K02.1"].nombre_en) == ("Caries de la dentina", "Caries of dentine")


def test_un_codigo_se_escribe_con_punto_y_tiene_su_capitulo() -> None:
    assert [normal(texto) for texto in ("k021", " K02.1 ", "i10")] == ["K02.1", "K02.1", "I10"]
    for malo in ("", "K2", "02.1", "K02.", "KK2.1"):
        with pytest.raises(ValueError, match="no CIE-10"):
            normal(malo)
    capitulos = {"A00": "I", "D48.9": "II", "D50": "III", "H59.9": "VII", "H60": "VIII", "K02.1": "XI", "T98": "XIX"}
    capitulos |= {"U07.1": "XXII", "V01": "XX", "Z01.2": "XXI"}
    assert {codigo: capitulo(codigo) for codigo in capitulos} == capitulos


def test_se_busca_por_el_comienzo_del_codigo_o_por_palabras() -> None:
    assert [comienzo(q) for q in ("k0", "K02", "k02.", "k021", "K02.1")] == ["K0", "K02", "K02.", "K02.1", "K02.1"]
    assert [comienzo(q) for q in ("caries", "k", "k02 dentina", "12")] == [None] * 4


def test_de_una_lista_completa_las_categorias_solo_encabezan() -> None:
    lista = ["\ufeffcodigo;nombre_es;activo\n", "K02;Caries dental;si\n", "K021;Caries de la dentina;si\n"]
    lista += ["K029;Caries;no\n", "I10;Hipertensión esencial;\n"]
    entradas = list(leer(lista))
    assert [(una.codigo, una.nombre_en, una.activo) for una in entradas] == [
        ("K02", None, True),
        ("K02.1", None, True),
        ("K02.9", None, False),
        ("I10", None, True),
    ]
    assert categorias(una.codigo for una in entradas) == {"K02"}
    for mala in (["nombre\n"], ["codigo,nombre_es\n", "XX,Algo\n"], ["codigo,nombre_es\n", "K02,a\n", "k02,b\n"]):
        with pytest.raises(ListaInvalida):
            list(leer(mala))


def test_un_diagnostico_y_solo_uno_es_el_principal() -> None:
    caries = {"codigo_cie10": "K02.1", "pieza_dental": 16, "principal": True}
    otra = {**caries, "pieza_dental": 26, "principal": False}
    assert defectos_de_diagnosticos([]) == {}
    assert defectos_de_diagnosticos([caries, otra]) == {}
    assert defectos_de_diagnosticos([otra])[0].keys() == {"principal"}
    assert defectos_de_diagnosticos([caries, {**otra, "principal": True}])[1].keys() == {"principal"}
    assert defectos_de_diagnosticos([caries, {**caries, "principal": False}])[1].keys() == {"codigo_cie10"}


@pytest.mark.parametrize(
    ("medicamento", "alergia", "coincide"),
    [
        ("Amoxicilina", "amoxicilina", True),
        ("Amoxicilina + ácido clavulánico", "Penicilina", True),
        ("Cefalexina", "penicilinas", True),
        ("Ibuprofeno", "AINES", True),
        ("Ketorolaco", "aspirina", True),
        ("Articaína 4 % con epinefrina", "anestésico local (lidocaína)", True),
        ("Sulfametoxazol + trimetoprima", "sulfas", True),
        ("Sulfato ferroso", "sulfas", False),
        ("Ácido tranexámico", "ácido acetilsalicílico", False),
        ("Diclofenaco sódico", "Naproxeno sódico", True),
        ("Paracetamol", "AINES", False),
        ("Clindamicina", "penicilina", False),
        ("Ibuprofeno", "látex", False),
        ("Benzocaína", "lidocaína", False),
    ],
)
def test_una_receta_se_compara_con_las_alergias(medicamento: str, alergia: str, coincide: bool) -> None:
    assert bool(coincidencias([medicamento], [alergia])) is coincide


def test_la_cantidad_se_escribe_en_letras() -> None:
    dichas = {1: "uno", 21: "veintiuno", 30: "treinta", 42: "cuarenta y dos", 100: "cien", 115: "ciento quince"}
    dichas |= {1000: "mil", 2500: "dos mil quinientos"}
    assert {numero: en_letras(numero) for numero in dichas} == dichas


def test_la_higiene_se_examina_en_una_pieza_de_cada_grupo() -> None:
    limpia = {"placa": 0, "calculo": 0, "gingivitis": 0}
    assert [grupo_de(pieza) for grupo in GRUPOS for pieza in grupo] == [lugar for lugar in range(6) for _ in range(3)]
    assert defecto_de_higiene([{"pieza": 16, **limpia}, {"pieza": 11, **limpia}]) is None
    assert defecto_de_higiene([{"pieza": 12, **limpia}]) is not None
    assert defecto_de_higiene([{"pieza": 16, **limpia}, {"pieza": 55, **limpia}]) is not None
    higiene = [{"placa": 2, "calculo": 1, "gingivitis": 1}, {"placa": 1, "calculo": 0, "gingivitis": 0}]
    higiene.append({"placa": 2, "calculo": 0, "gingivitis": 0})
    assert medias(higiene) == {"placa": Decimal("1.67"), "calculo": Decimal("0.33"), "gingivitis": Decimal("0.33")}
    assert medias([]) == {"placa": None, "calculo": None, "gingivitis": None}


def test_la_edad_se_dice_como_en_un_documento() -> None:
    dia = date(2026, 3, 1)
    nacidos = [date(1990, 3, 2), date(1990, 3, 1), date(2025, 1, 15), date(2026, 2, 1), date(2026, 2, 28), dia]
    assert [edad(nacido, dia) for nacido in nacidos] == ["35 años", "36 años", "13 meses", "1 mes", "1 día", "0 días"]
