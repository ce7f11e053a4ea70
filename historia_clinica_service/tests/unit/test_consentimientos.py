"""What must be told of a consent, and which text it can be given to."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from historia_clinica.casos_de_uso.textos import CARPETA
from historia_clinica.dominio.consentimientos import (
    Edicion,
    Medio,
    huella_de_texto,
    identificacion_posible,
    reparos,
    titulo_y_cuerpo,
    vigente,
)

AHORA = datetime(2026, 11, 21, 15, tzinfo=UTC)
EN_PAPEL = {"medio": Medio.FIRMA_EN_PAPEL, "adjunto_id": 3, "acepta": True, "firmante_identificacion": "1714307103"}
DIBUJADA = {"medio": Medio.FIRMA_DIGITAL, "firma": b"png", "acepta": True}
VERBAL = {"medio": Medio.VERBAL, "testigo_nombre": "Luis Paz", "acepta": False, "motivo_negativa": "Tiene miedo"}


@pytest.mark.parametrize("datos", [EN_PAPEL, DIBUJADA, VERBAL, {**VERBAL, "testigo_identificacion": "AB123"}])
def test_cada_medio_con_lo_suyo(datos: dict[str, Any]) -> None:
    assert reparos(datos, AHORA) == {}


@pytest.mark.parametrize(
    ("datos", "campo"),
    [
        ({**EN_PAPEL, "adjunto_id": None}, "adjunto_id"),
        ({**EN_PAPEL, "firma": b"png"}, "firma"),
        ({**DIBUJADA, "firma": None}, "firma"),
        ({**DIBUJADA, "adjunto_id": 3}, "adjunto_id"),
        ({**VERBAL, "testigo_nombre": None}, "testigo_nombre"),
        ({**EN_PAPEL, "testigo_identificacion": "AB123"}, "testigo_nombre"),
        ({**EN_PAPEL, "firmante_identificacion": "1714307104"}, "firmante_identificacion"),
        ({**VERBAL, "testigo_identificacion": "1714307104"}, "testigo_identificacion"),
        ({**EN_PAPEL, "motivo_negativa": "No quiere"}, "motivo_negativa"),
        ({**EN_PAPEL, "otorgado_en": AHORA + timedelta(minutes=1)}, "otorgado_en"),
    ],
)
def test_lo_que_falta_o_sobra_se_dice(datos: dict[str, Any], campo: str) -> None:
    assert [*reparos(datos, AHORA)] == [campo]


def test_diez_digitos_solo_identifican_si_son_una_cedula() -> None:
    assert identificacion_posible("1714307103")
    assert not identificacion_posible("1714307104")
    assert identificacion_posible("FR-44021")
    assert identificacion_posible(None)


def test_rige_la_ultima_edicion_que_ya_empezo_y_no_se_retiro() -> None:
    hoy = date(2026, 11, 21)
    ediciones = {
        10: Edicion(1, date(2025, 1, 1), retirada=False),
        11: Edicion(2, date(2026, 11, 21), retirada=False),
        12: Edicion(3, date(2026, 11, 22), retirada=False),
    }
    assert vigente(ediciones, hoy) == 11
    assert vigente(ediciones, date(2026, 12, 1)) == 12
    assert vigente({**ediciones, 11: Edicion(2, hoy, retirada=True)}, hoy) == 10
    assert vigente({12: ediciones[12]}, hoy) is None


def test_la_huella_de_un_texto_cambia_con_cualquier_letra() -> None:
    una = huella_de_texto("Extracción", "Riesgos")
    assert una != huella_de_texto("Extracción", "riesgos")
    assert una != huella_de_texto("Extracción\n\nRiesgos", "")
    assert len(una) == 64


@pytest.mark.parametrize("texto", sorted(CARPETA.glob("*.txt")), ids=lambda camino: camino.stem)
def test_los_textos_que_vienen_dicen_lo_que_deben(texto: Any) -> None:
    titulo, cuerpo = titulo_y_cuerpo(texto.read_text(encoding="utf-8"))
    assert titulo.startswith("Consentimiento informado para ")
    for parte in ("# En qué consiste", "# Para qué sirve", "# Riesgos", "# Alternativas", "# Declaración", "revocar"):
        assert parte in cuerpo
    with pytest.raises(ValueError, match="title and a body"):
        titulo_y_cuerpo(titulo)
