"""Lines of a document: what they charge, and what they come to."""

from __future__ import annotations

from decimal import Decimal as D
from typing import Any

import marshmallow as ma
import pytest

from facturacion.casos_de_uso.lineas import Articulo, columnas
from facturacion.dominio.calculo import LineaInvalida
from facturacion.esquemas.lineas import LineaNueva
from facturacion.modelos import TipoLinea

LIMPIEZA = Articulo(TipoLinea.TRATAMIENTO, 4, "LIM", "Limpieza", D("30.50"), D(0))
CEPILLO = Articulo(TipoLinea.PRODUCTO, 9, "CEP", "Cepillo", D("2.345678"), D(15))


def linea(articulo: Articulo, cantidad: str = "1", **pedida: Any) -> dict[str, Any]:
    return columnas(1, articulo, {"cantidad": D(cantidad), **pedida})


def test_lo_que_no_se_dice_es_del_catalogo() -> None:
    assert linea(CEPILLO, "3") == {
        "orden": 1,
        "tipo": TipoLinea.PRODUCTO,
        "tratamiento_id": None,
        "producto_id": 9,
        "codigo": "CEP",
        "descripcion": "Cepillo",
        "cantidad": D(3),
        "precio_unitario": D("2.345678"),
        "bruto": D("7.04"),
        "descuento": D("0.00"),
        "base": D("7.04"),
        "tarifa_iva": D(15),
        "codigo_iva": "4",
        "iva": D("1.06"),
    }


def test_lo_que_se_dice_vale() -> None:
    una = linea(
        LIMPIEZA, precio_unitario=D(20), tarifa_iva=D(15), descuento_porcentaje=D(10), descripcion="Profilaxis"
    )
    assert (una["descripcion"], una["base"], una["iva"], una["tratamiento_id"]) == ("Profilaxis", D(18), D("2.70"), 4)


def test_lo_exento_va_sin_tarifa_aunque_el_catalogo_tenga_una() -> None:
    assert (linea(CEPILLO, codigo_iva="7")["tarifa_iva"], linea(CEPILLO, codigo_iva="7")["iva"]) == (D(0), D(0))


@pytest.mark.parametrize(
    ("pedida", "campo"),
    [
        ({"codigo_iva": "0"}, "codigo_iva"),
        ({"codigo_iva": "7", "tarifa_iva": D(15)}, "codigo_iva"),
        ({"tarifa_iva": D(7)}, "tarifa_iva"),
        ({"descuento": D(3)}, "descuento"),
        ({"precio_unitario": D(1_000_000_000)}, "precio_unitario"),
    ],
)
def test_lo_que_no_se_puede_cobrar(pedida: dict[str, Any], campo: str) -> None:
    with pytest.raises(LineaInvalida) as error:
        linea(CEPILLO, **pedida)
    assert error.value.campo == campo


@pytest.mark.parametrize(
    ("datos", "campos"),
    [
        ({}, {"descripcion", "precio_unitario", "tarifa_iva"}),
        ({"descripcion": "Placa", "precio_unitario": 3, "codigo_iva": "9"}, {"codigo_iva"}),
        ({"tratamiento_id": 1, "producto_id": 2}, {"producto_id"}),
        ({"tratamiento_id": 1, "cantidad": 0}, {"cantidad"}),
        ({"tratamiento_id": 1, "descuento": -1}, {"descuento"}),
        ({"tratamiento_id": 1, "descuento_porcentaje": 101}, {"descuento_porcentaje"}),
    ],
)
def test_una_linea_mal_escrita(datos: dict[str, Any], campos: set[str]) -> None:
    with pytest.raises(ma.ValidationError) as error:
        LineaNueva().load(datos)
    assert set(error.value.normalized_messages()) == campos


def test_lo_que_no_es_de_un_catalogo_y_no_es_objeto_de_iva_no_necesita_tarifa() -> None:
    LineaNueva().load({"descripcion": "Placa", "precio_unitario": 3, "codigo_iva": "6"})
