"""What is kept of whom other services own."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from comun.testing.client import ApiClient, ok
from comun.testing.events import envelope
from historia_clinica.extensiones import db
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
    api: ApiClient, app: Flask, sujeto: str, origen: str, modelo: Any, datos: dict[str, Any]
) -> None:
    ficha = {"id": 1, "activo": True, **datos}
    for secuencia, (suceso, activo) in enumerate((("creado", True), ("eliminado", False)), 1):
        noticia = envelope(origen, f"{sujeto}.{suceso}.v1", f"{sujeto}/1", ficha, secuencia)
        ok(api.as_("servicio").post("/interno/eventos", noticia))
        with app.app_context():
            assert db.session.get_one(modelo, 1).activo is activo
