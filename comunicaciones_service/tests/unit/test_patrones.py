"""What a pattern of event types means."""

import pytest

from comunicaciones.dominio.patrones import alguno_coincide, bien_escrito, coincide

TIPO = "cita.completada.v1"


@pytest.mark.parametrize(
    "patron",
    ["*", "cita.*", "cita.completada.*", "cita.completada", TIPO, "*.completada", "*.completada.v1", "*.*.v1"],
)
def test_lo_que_significa_la_cita_completada(patron: str) -> None:
    assert bien_escrito(patron)
    assert coincide(patron, TIPO)


@pytest.mark.parametrize(
    "patron",
    ["cita", "cita.programada", "cita.completada.v2", "*.programada", "paciente.*", "*.v1", "*.*.v2", f"{TIPO}.*"],
)
def test_lo_que_no_la_significa(patron: str) -> None:
    assert bien_escrito(patron)
    assert not coincide(patron, TIPO)


def test_sin_version_se_quiere_cualquiera() -> None:
    assert [coincide("cita.completada", f"cita.completada.v{n}") for n in (1, 2, 30)] == [True, True, True]


def test_basta_con_un_patron() -> None:
    assert alguno_coincide(["paciente.*", "cita.completada"], TIPO)
    assert not alguno_coincide([], TIPO)


@pytest.mark.parametrize(
    "patron", ["", ".", "cita.", ".cita", "cita..completada", "Cita.*", "cita.**", "cita *", "c%"]
)
def test_lo_que_no_es_un_patron(patron: str) -> None:
    assert not bien_escrito(patron)
