"""What is signed has one form, and any change of it another hash."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from historia_clinica.dominio.firma import contenido_canonico, huella


def test_la_forma_canonica_no_cambia_con_las_versiones() -> None:
    contenido = {
        "plan": "Reposo; «20/20» ñ",
        "esfera": Decimal("-1.50"),
        "firmada_en": datetime(2026, 1, 15, 10, tzinfo=timezone(timedelta(hours=-5))),
        "vence": date(2027, 1, 15),
        "items": [{"b": None, "a": True}, 1000],
    }
    escrito = contenido_canonico(contenido)
    assert escrito.decode() == (
        '{"contenido":{"esfera":-1.5,"firmada_en":"2026-01-15T15:00:00.000000+00:00",'
        '"items":[{"a":true,"b":null},1000],"plan":"Reposo; «20/20» ñ","vence":"2027-01-15"},"forma":1}'
    )
    assert huella(escrito) == "c5475c7ccbb523a929b0bd452b308067729e7a3ca616500040e9a2c735b053be"


@pytest.mark.parametrize("igual", [Decimal("1.5"), Decimal("1.500"), 1.5, Decimal("15E-1")])
def test_un_numero_se_escribe_de_una_sola_manera(igual: Any) -> None:
    assert contenido_canonico({"n": igual}) == contenido_canonico({"n": Decimal("1.50")})


def test_ceros_y_enteros() -> None:
    escritos = [contenido_canonico({"n": n}) for n in (0, 0.0, Decimal("-0.00"), Decimal("1E+2"), 100)]
    assert escritos[0] == escritos[1] == escritos[2]
    assert escritos[3] == escritos[4] == b'{"contenido":{"n":100},"forma":1}'


@pytest.mark.parametrize(
    ("uno", "otro"),
    [({"a": ["x", "y"]}, {"a": ["y", "x"]}), ({"a": 1}, {"a": "1"}), ({"a": None}, {}), ({"a": 1}, {"a": True})],
)
def test_lo_distinto_tiene_otra_huella(uno: dict[str, Any], otro: dict[str, Any]) -> None:
    assert huella(contenido_canonico(uno)) != huella(contenido_canonico(otro))


@pytest.mark.parametrize("malo", [float("nan"), Decimal("inf"), datetime(2026, 1, 1), {1}, b"x", {1: 2}])  # noqa: DTZ001
def test_lo_que_no_tiene_forma_se_rechaza(malo: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        contenido_canonico({"a": malo})


def test_el_mismo_instante_en_otro_huso_es_el_mismo() -> None:
    quito = datetime(2026, 1, 15, 10, tzinfo=timezone(timedelta(hours=-5)))
    assert contenido_canonico({"m": quito}) == contenido_canonico({"m": quito.astimezone(UTC)})
