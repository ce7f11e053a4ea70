"""Who is told of whose events takes them."""

import pytest
from local_settings import SUBSCRIBERS

from comunicaciones.eventos.catalogo import CATALOGO

from .test_rutas import SERVICIOS

SERVICIO_DE = {servicio.package: servicio for servicio in SERVICIOS.values()}
PARES = [(emisor, receptor) for emisor, receptores in SUBSCRIBERS.items() for receptor in receptores]


def emitidos(emisor: str) -> list[str]:
    """The types that it emits."""
    origen = f"/{SERVICIO_DE[emisor].name}"
    return [tipo for tipo, contrato in CATALOGO.items() if contrato.origen == origen]


@pytest.mark.parametrize(("emisor", "receptor"), PARES)
def test_se_le_manda_lo_que_toma(emisor: str, receptor: str) -> None:
    toma = {tipo for tipo in emitidos(emisor) if SERVICIO_DE[receptor].consumer.listens_to(tipo)}
    assert toma
    # Named types are those that it takes; whoever names none is sent all.
    assert set(SUBSCRIBERS[emisor][receptor] or toma) == toma


@pytest.mark.parametrize("emisor", SUBSCRIBERS)
def test_a_quien_toma_algo_se_le_manda(emisor: str) -> None:
    toman = {suyo for suyo, uno in SERVICIO_DE.items() if any(map(uno.consumer.listens_to, emitidos(emisor)))}
    assert toman == set(SUBSCRIBERS[emisor])
