"""What a treatment costs by its recipe, and the months for which that is asked."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from inventario.dominio.costos import Costo, costo_de, margen, productos_de
from inventario.dominio.fechas import meses, primero_del_mes
from inventario.dominio.recetas import LineaReceta, RecetaVigente

GUANTES, RESINA, ANESTESIA, OTRA = 1, 2, 3, 4
LIMPIEZA, CALZA, CAMPO = 10, 11, 12


def receta(tratamiento_id: int, *lineas: LineaReceta) -> RecetaVigente:
    return RecetaVigente(tratamiento_id * 100, tratamiento_id, lineas)


def de(producto_id: int, cantidad: str, opcional: bool = False, alternativa: str | None = None) -> LineaReceta:
    return LineaReceta(producto_id, None, Decimal(cantidad), opcional, alternativa)


RECETAS = {
    CAMPO: receta(CAMPO, de(GUANTES, "2")),
    CALZA: receta(
        CALZA,
        LineaReceta(None, CAMPO, Decimal(3)),
        de(RESINA, "0.5", alternativa="resina"),
        de(OTRA, "9", alternativa="resina"),
        de(ANESTESIA, "1", opcional=True),
    ),
}
COSTOS = {GUANTES: Decimal("0.1"), RESINA: Decimal(8), ANESTESIA: Decimal("0.75"), OTRA: Decimal(100)}


def test_cuenta_lo_incluido_y_de_las_alternativas_la_primera() -> None:
    assert costo_de(CALZA, RECETAS, COSTOS) == Costo(Decimal("5.35"), Decimal("0.75"))
    assert productos_de(CALZA, RECETAS) == {GUANTES, RESINA, ANESTESIA, OTRA}


def test_sin_receta_no_cuesta_nada() -> None:
    assert costo_de(LIMPIEZA, RECETAS, COSTOS) == Costo()


def test_lo_que_no_se_sabe_cuanto_cuesta_no_suma() -> None:
    assert costo_de(CALZA, RECETAS, {RESINA: Decimal(8)}).total == 4


@pytest.mark.parametrize(
    ("precio", "costo", "queda", "porcentaje"),
    [("30", "5.35", "24.65", "82.17"), ("5", "10", "-5", "-100"), ("0", "2", "-2", None)],
)
def test_el_margen_es_lo_que_queda_del_precio(precio: str, costo: str, queda: str, porcentaje: str | None) -> None:
    esperado = Decimal(porcentaje) if porcentaje else None
    assert margen(Decimal(precio), Decimal(costo)) == (Decimal(queda), esperado)


def test_los_meses_terminan_a_medianoche_de_ecuador() -> None:
    assert [*meses(date(2026, 11, 20), date(2027, 1, 1))] == [
        (date(2026, 11, 1), datetime(2026, 12, 1, 5, tzinfo=UTC)),
        (date(2026, 12, 1), datetime(2027, 1, 1, 5, tzinfo=UTC)),
        (date(2027, 1, 1), datetime(2027, 2, 1, 5, tzinfo=UTC)),
    ]


@pytest.mark.parametrize(
    ("despues", "primero"),
    [(0, date(2026, 11, 1)), (1, date(2026, 12, 1)), (2, date(2027, 1, 1)), (-11, date(2025, 12, 1))],
)
def test_el_primero_del_mes(despues: int, primero: date) -> None:
    assert primero_del_mes(date(2026, 11, 21), despues) == primero
