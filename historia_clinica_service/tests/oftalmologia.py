"""Eye exams for tests."""

from __future__ import annotations

from typing import Any

from comun.testing.client import ApiClient, ok

EXAMENES = "/historia-clinica/pacientes/1/examenes-oftalmologicos"

# A first visit: short-sighted, presbyopic, with a suspect right disc and pressure.
PRIMERA_VISITA: dict[str, Any] = {
    "cita_id": 1,
    "motivo": "Visión borrosa de lejos y control de presión",
    "od": {
        "agudeza": {"sin_correccion": "20/80", "estenopeico": "20/25", "con_correccion": "20/20-1", "cerca": "J1"},
        "refraccion_objetiva": {"esfera": -1.5, "cilindro": -0.75, "eje": 88},
        "refraccion": {"esfera": -1.5, "cilindro": -0.75, "eje": 90, "adicion": 2},
        "queratometria": {"k1": 43.25, "k1_eje": 180, "k2": 44.0, "k2_eje": 90},
        "presion": {"mmhg": 24, "metodo": "Goldmann", "hora": "09:30"},
        "paquimetria_um": 540,
        "biomicroscopia": {"parpados": "Sin lesiones", "cornea": "Transparente", "cristalino": "NO1 NC1"},
        "fondo": {"papila": "Bordes netos", "excavacion": 0.65, "dilatado": True, "dilatado_con": "Tropicamida 1 %"},
        "pupilas": {"reactividad": "normal", "diametro_mm": 3.5, "dpar": False},
        "motilidad": "Completa",
    },
    "oi": {
        "agudeza": {"sin_correccion": "0.5", "con_correccion": "6/6"},
        "refraccion": {"esfera": -1, "adicion": 2},
        "presion": {"mmhg": 18, "metodo": "goldmann", "hora": "09:32"},
        "fondo": {"excavacion": 0.4},
    },
    "campo_visual": "Por confrontación, completo",
    "diagnosticos": [
        {"descripcion": "Sospecha de glaucoma", "codigo_cie10": "H40.0", "ojo": "od"},
        {"descripcion": "Miopía", "codigo_cie10": "H52.1", "condicion": "definitivo"},
    ],
}


def examinar(api: ApiClient, **cambios: Any) -> dict[str, Any]:
    """A draft of that first visit, as the answer shows it."""
    creado: dict[str, Any] = ok(api.post(EXAMENES, {**PRIMERA_VISITA, **cambios}), 201)
    return creado


def firmado(api: ApiClient, **cambios: Any) -> int:
    """The id of such an exam, signed."""
    examen = int(examinar(api, **cambios)["id"])
    ok(api.post(f"/historia-clinica/examenes-oftalmologicos/{examen}/firma"))
    return examen
