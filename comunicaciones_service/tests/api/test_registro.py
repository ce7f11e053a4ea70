"""The log: every event of the network, kept as it came, and the catalogue of what there is."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from comun.testing.client import ApiClient, ok, problem

from ..fabricas import entregas, evento, recibir, suscribir

pytestmark = pytest.mark.both_databases

REGISTRO = "/comunicaciones/eventos"


def tipos(api: ApiClient, **filtro: Any) -> list[str]:
    return [e["tipo"] for e in ok(api.get(REGISTRO, query_string=filtro))["datos"]]


def test_lo_que_cuenta_un_servicio_se_conserva_tal_cual(api: ApiClient) -> None:
    contado = evento("cita.completada.v1", "cita/7", paciente_id=31)
    contado["traceparent"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    recibir(api, contado)
    [visto] = ok(api.get(REGISTRO))["datos"]
    assert visto == ok(api.get(f"{REGISTRO}/{visto['id']}"))
    assert visto["datos"] == contado["data"]
    assert (visto["origen"], visto["tipo"], visto["sujeto"]) == ("/citas", "cita.completada.v1", "cita/7")
    assert (visto["evento_id"], str(visto["secuencia"])) == (contado["id"], contado["sequence"])
    assert (visto["paciente_id"], visto["traceparent"]) == (31, contado["traceparent"])
    assert datetime.fromisoformat(visto["momento"]) == datetime.fromisoformat(contado["time"])


def test_lo_que_llega_dos_veces_se_conserva_una(api: ApiClient) -> None:
    webhook = suscribir(api)
    contado = evento()
    recibir(api, contado)
    recibir(api, contado)
    assert len(tipos(api)) == len(entregas(api, webhook)) == 1


def test_un_evento_que_el_catalogo_no_conoce_tambien_se_conserva_y_se_entrega(api: ApiClient) -> None:
    todo, citas = suscribir(api), suscribir(api, "cita.completada")
    recibir(api, evento("factura.emitida.v1"), evento("cita.completada.v9"))
    assert tipos(api, tipo="factura.emitida.v1") == ["factura.emitida.v1"]
    assert (len(entregas(api, todo)), len(entregas(api, citas))) == (2, 1)


def test_de_que_paciente_trata_cada_uno(api: ApiClient) -> None:
    recibir(api, evento("paciente.creado.v1", "paciente/5"), evento("centro.creado.v1"), evento(paciente_id=6))
    vistos = ok(api.get(REGISTRO))["datos"]
    assert [e["paciente_id"] for e in vistos] == [6, None, 5]


def test_el_registro_se_lee_por_tipo_sujeto_origen_y_tiempo(api: ApiClient) -> None:
    recibir(api, evento("paciente.creado.v1"), evento("cita.programada.v1", "cita/8"), evento("cita.cancelada.v1"))
    assert tipos(api) == ["cita.cancelada.v1", "cita.programada.v1", "paciente.creado.v1"]
    assert tipos(api, tipo="cita.*") == ["cita.cancelada.v1", "cita.programada.v1"]
    assert tipos(api, tipo="*.creado") == ["paciente.creado.v1"]
    assert tipos(api, sujeto="cita/8") == ["cita.programada.v1"]
    assert tipos(api, origen="/admin") == ["paciente.creado.v1"]
    manana = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    assert (len(tipos(api, hasta=manana)), tipos(api, desde=manana)) == (3, [])


def test_el_registro_se_recorre_por_paginas(api: ApiClient) -> None:
    recibir(api, *(evento("cita.programada.v1", f"cita/{n}") for n in range(5)))
    vistos: list[str] = []
    consulta: dict[str, Any] = {"tamano": 2}
    while consulta:
        pagina = ok(api.get(REGISTRO, query_string=consulta))
        vistos += [e["sujeto"] for e in pagina["datos"]]
        siguiente = pagina["paginacion"]["siguiente"]
        consulta = {"tamano": 2, "cursor": siguiente} if siguiente else {}
    assert vistos == [f"cita/{n}" for n in (4, 3, 2, 1, 0)]


@pytest.mark.parametrize(
    ("campo", "valor"), [("tipo", "Cita.*"), ("tipo", "cita..x"), ("desde", "2026-01-15T10:00:00"), ("q", "x")]
)
def test_un_filtro_que_no_se_entiende_no_se_pasa_por_alto(api: ApiClient, campo: str, valor: str) -> None:
    assert campo in problem(api.get(REGISTRO, query_string={campo: valor}), 422)["errores"]


def test_lo_que_no_existe_es_404(api: ApiClient) -> None:
    problem(api.get(f"{REGISTRO}/12345"), 404)


def test_el_registro_es_de_quien_tiene_permiso(api: ApiClient) -> None:
    problem(api.with_token(None).get(REGISTRO), 401)
    problem(api.as_("secretaria", ["webhooks:leer"]).get(REGISTRO), 403)
    problem(api.post("/interno/eventos", evento()), 403)


def test_el_catalogo_es_publico_y_dice_todo_de_cada_evento(api: ApiClient) -> None:
    catalogo = ok(api.with_token(None).get(f"{REGISTRO}/catalogo"))["datos"]
    completada = next(uno for uno in catalogo if uno["tipo"] == "cita.completada.v1")
    assert (completada["origen"], completada["version"]) == ("/citas", 1)
    assert completada["descripcion"] == "The appointment is done."
    assert completada["personales"] == ["motivo_consulta", "motivo"]
    assert completada["esquema"]["properties"]["paciente_id"] == {"type": "integer"}
    assert completada["ejemplo"]["subject"] == "cita/1"
