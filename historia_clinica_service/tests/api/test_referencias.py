"""What is kept of whom other services own."""

from __future__ import annotations

from typing import Any

import pytest

from comun.testing.client import ApiClient
from comun.testing.events import activity
from historia_clinica.modelos import CentroRef, DoctorRef, TratamientoRef


@pytest.mark.parametrize(
    ("sujeto", "origen", "modelo", "datos"),
    [
        ("centro", "/admin", CentroRef, {"nombre": "Norte", "zona_horaria": "America/Guayaquil"}),
        (
            "doctor",
            "/admin",
            DoctorRef,
            {"nombres": "Ana", "apellidos": "Muñoz", "usuario_id": 107, "especialidades": []},
        ),
        ("tratamiento", "/inventario", TratamientoRef, {"codigo": "T-1", "nombre": "Resina"}),
    ],
)
def test_quien_fue_eliminado_ya_no_esta_activo(
    api: ApiClient, sujeto: str, origen: str, modelo: Any, datos: dict[str, Any]
) -> None:
    assert activity(api, modelo, origen, sujeto, datos) == [True, False]
