"""Times of day and weekdays in requests and answers."""

from typing import Any

import marshmallow as ma
import pytest

from citas.esquemas.tiempo import DiaSemana, HoraDelDia


@pytest.mark.parametrize(("texto", "minutos"), [("00:00", 0), ("08:30", 510), (" 23:59 ", 1439)])
def test_una_hora_son_minutos_desde_medianoche(texto: str, minutos: int) -> None:
    assert HoraDelDia().deserialize(texto) == minutos
    assert HoraDelDia().serialize("hora", {"hora": minutos}) == texto.strip()


def test_las_veinticuatro_solo_terminan_un_dia() -> None:
    assert HoraDelDia(fin=True).deserialize("24:00") == 1440
    assert HoraDelDia(fin=True).serialize("hora", {"hora": 1440}) == "24:00"
    with pytest.raises(ma.ValidationError, match="23:59"):
        HoraDelDia().deserialize("24:00")


@pytest.mark.parametrize("texto", ["8:30", "24:01", "12:60", "08:30:00", "", "٠٨:٣٠", 510, 8.5, True, ["08:30"]])
def test_lo_que_no_es_una_hora_se_rechaza(texto: Any) -> None:
    with pytest.raises(ma.ValidationError):
        HoraDelDia(fin=True).deserialize(texto)


@pytest.mark.parametrize(
    ("palabra", "dia"), [("lunes", 0), ("Miércoles", 2), ("miercoles", 2), ("SÁBADO", 5), ("domingo", 6)]
)
def test_un_dia_se_lee_sin_mirar_acentos_ni_mayusculas(palabra: str, dia: int) -> None:
    assert DiaSemana().deserialize(palabra) == dia


def test_un_dia_se_escribe_como_palabra() -> None:
    assert DiaSemana().serialize("dia", {"dia": 5}) == "sabado"


@pytest.mark.parametrize("palabra", ["lun", "", 0, None, "monday"])
def test_lo_que_no_es_un_dia_se_rechaza(palabra: Any) -> None:
    with pytest.raises(ma.ValidationError):
        DiaSemana().deserialize(palabra)
