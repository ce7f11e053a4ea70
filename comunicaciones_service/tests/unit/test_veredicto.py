"""What an answer means: delivered, the endpoint's trouble, this event's trouble, or gone."""

from __future__ import annotations

import pytest

from comunicaciones.entrega.transporte import ConexionRechazada, FalloTls, SinRespuesta, TiempoAgotado
from comunicaciones.entrega.veredicto import (
    Veredicto,
    juzgar,
)


@pytest.mark.parametrize(
    ("estados", "esperado"),
    [
        ([200, 201, 202, 204, 299], Veredicto.ENTREGADA),
        (
            [
                ConexionRechazada(),
                TiempoAgotado(),
                FalloTls(),
                101,
                301,
                302,
                307,
                308,
                401,
                403,
                404,
                405,
                408,
                429,
                500,
                502,
                503,
                504,
                599,
            ],
            Veredicto.EXTREMO,
        ),
        ([400, 402, 406, 409, 413, 415, 422, 451], Veredicto.EVENTO),
        ([410], Veredicto.RETIRADO),
    ],
)
def test_lo_que_dice_la_respuesta(estados: list[int | SinRespuesta], esperado: Veredicto) -> None:
    assert {juzgar(estado) for estado in estados} == {esperado}


def test_lo_que_solo_un_evento_provoca_se_le_apunta_a_el() -> None:
    """Whoever answers 500 to one event, always, and takes all the others, is not down."""
    assert juzgar(500, intentos=0, extremo_sano=True) is Veredicto.EXTREMO
    assert juzgar(500, intentos=1, extremo_sano=False) is Veredicto.EXTREMO
    assert juzgar(500, intentos=1, extremo_sano=True) is Veredicto.EVENTO
    assert juzgar(503, intentos=1, extremo_sano=True) is Veredicto.EXTREMO
    assert juzgar(ConexionRechazada(), intentos=1, extremo_sano=True) is Veredicto.EXTREMO
    assert juzgar(TiempoAgotado(), intentos=1, extremo_sano=True) is Veredicto.EVENTO
    assert juzgar(TiempoAgotado(), intentos=0, extremo_sano=True) is Veredicto.EXTREMO
