"""How long a record must be kept."""

from datetime import date

from historia_clinica.dominio.retencion import conservar_hasta


def test_se_conserva_anos_enteros_desde_la_ultima_actividad() -> None:
    assert conservar_hasta(date(2026, 3, 15), 15) == date(2041, 3, 15)
    assert conservar_hasta(date(2024, 2, 29), 15) == date(2039, 3, 1)
