"""The catalogue says of every event of the network what its emitter says of it."""

from pathlib import Path

import pytest

from comun.events import EventSchemas
from comunicaciones.eventos.catalogo import CATALOGO, ORIGENES, TipoEvento

RAIZ = Path(__file__).parents[3]
COPIAS = RAIZ / "comunicaciones_service/comunicaciones/eventos/esquemas_consumidos"
EMISORES = [
    carpeta
    for carpeta in sorted(RAIZ.glob("*_service/*/eventos/esquemas"))
    if carpeta.parts[-4] != "comunicaciones_service"
]
DE_CADA_TIPO = pytest.mark.parametrize("tipo", CATALOGO.values(), ids=list(CATALOGO))
# Names of fields that are about a person wherever they stand; inventory gives reasons about things.
DE_PERSONAS = {"nombres", "apellidos", "nombre_usuario", "telefono", "email", "motivo_consulta", "motivo", "enlace"}


def test_las_copias_son_las_de_los_emisores_y_estan_todas() -> None:
    originales = {archivo.name: archivo.read_text() for carpeta in EMISORES for archivo in carpeta.glob("*.json")}
    assert {archivo.name: archivo.read_text() for archivo in COPIAS.glob("*.json")} == originales


@DE_CADA_TIPO
def test_cada_tipo_dice_que_ocurrio_quien_lo_cuenta_y_desde_que_version(tipo: TipoEvento) -> None:
    assert tipo.esquema["title"] == tipo.tipo
    assert tipo.descripcion.endswith(".")
    assert tipo.version >= 1
    emisor = next((carpeta for carpeta in EMISORES if (carpeta / f"{tipo.tipo}.json").exists()), None)
    nombre = emisor.parts[-3] if emisor else "comunicaciones"
    assert tipo.origen == ORIGENES[tipo.tipo.partition(".")[0]] == f"/{nombre.replace('_', '-')}"


@DE_CADA_TIPO
def test_lo_que_dice_quien_es_una_persona_esta_marcado(tipo: TipoEvento) -> None:
    de_cosas = {"motivo"} if tipo.origen == "/inventario" else set()
    assert (DE_PERSONAS - de_cosas) & set(tipo.esquema["properties"]) <= set(tipo.personales)


@DE_CADA_TIPO
def test_el_ejemplo_y_lo_que_queda_sin_datos_personales_cumplen_el_contrato(tipo: TipoEvento) -> None:
    carpeta = EventSchemas(COPIAS if tipo.origen != "/comunicaciones" else COPIAS.parent / "esquemas")
    datos = tipo.ejemplo["data"]
    carpeta.validate(tipo.tipo, datos)
    carpeta.validate(tipo.tipo, tipo.sin_personales(datos))
