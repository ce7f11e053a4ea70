"""What stock costs on average, and how quantities are converted."""

from decimal import Decimal

import pytest

from inventario.dominio.conteos import Contado, resumir
from inventario.dominio.lotes import promedio
from inventario.dominio.unidades import UnidadIncompatible, escrita, exacta_en_propia, factor


@pytest.mark.parametrize(
    ("hay", "costo", "entra", "a", "queda"),
    [
        (0, 0, 10, 2, 2),
        (10, 2, 10, 4, 3),
        (-5, 2, 10, 4, 4),
        (20, 3, -10, 4, 2),
        (10, 4, -10, 4, None),
        (5, 101, -4, 200, None),
    ],
)
def test_el_costo_promedio(hay: int, costo: int, entra: int, a: int, queda: int | None) -> None:
    nuevo = promedio(Decimal(hay), Decimal(costo), Decimal(entra), Decimal(a))
    assert nuevo == (None if queda is None else Decimal(queda))


@pytest.mark.parametrize(
    ("unidad", "propia", "es"),
    [
        (None, "unidad", "1"),
        ("Caja", "unidad", "100"),
        ("L", "ml", "1000"),
        ("mg", "g", "0.001"),
        ("Unidad", "unidad", "1"),
    ],
)
def test_una_unidad_en_la_del_producto(unidad: str | None, propia: str, es: str) -> None:
    assert factor(unidad, propia, {"caja": Decimal(100)}) == Decimal(es)


@pytest.mark.parametrize(("unidad", "propia"), [("ml", "unidad"), ("g", "ml"), ("frasco", "ml")])
def test_hay_unidades_que_no_se_convierten(unidad: str, propia: str) -> None:
    with pytest.raises(UnidadIncompatible):
        factor(unidad, propia, {})


def test_nada_se_redondea_en_silencio() -> None:
    assert exacta_en_propia(Decimal("0.5"), Decimal("0.001")) == Decimal("0.0005")
    with pytest.raises(ValueError, match="seis decimales"):
        exacta_en_propia(Decimal("0.0001"), Decimal("0.001"))
    with pytest.raises(ValueError, match="grande"):
        exacta_en_propia(Decimal(999_999_999), Decimal(100))


def test_una_cantidad_se_escribe_sin_ceros_de_mas() -> None:
    assert [escrita(Decimal(texto)) for texto in ("3.000000", "0.250000", "1000")] == ["3", "0.25", "1000"]


def test_un_conteo_en_cifras() -> None:
    def linea(esperado: int, contado: int | None, costo: str) -> Contado:
        encontrado = None if contado is None else Decimal(contado)
        return Contado(1, "P", "P", "u", 1, "", None, Decimal(esperado), encontrado, Decimal(costo))

    cifras = resumir([linea(10, 8, "1.5"), linea(3, 4, "0.333333"), linea(5, 5, "9"), linea(7, None, "1")])
    assert (cifras.contados, cifras.sin_contar, cifras.con_diferencia) == (3, 1, 2)
    assert (cifras.sobrante, cifras.faltante, cifras.neto) == (Decimal("0.33"), Decimal("3.00"), Decimal("-2.67"))
