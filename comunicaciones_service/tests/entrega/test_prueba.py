"""Trying a webhook out."""

from __future__ import annotations

from typing import Any

import pytest

from comun.errors import NotFound
from comun.testing.peers import Reply, closed_port
from comunicaciones.entrega.prueba import probar
from comunicaciones.extensiones import db
from comunicaciones.modelos import Webhook

from ..mundo import Mundo, Receptor


def prueba(mundo: Mundo, quien: int) -> dict[str, Any]:
    with mundo.app.app_context():
        resultado = probar(quien)
        db.session.commit()
        return resultado


def test_llega_firmada_y_queda_anotada(mundo: Mundo, receptor: Receptor) -> None:
    quien = mundo.webhook(receptor, ["paciente.*"], estado="pausado", motivo_pausa="manual")
    resultado = prueba(mundo, quien)
    ms = resultado.pop("ms")
    assert resultado == {"entregado": True, "estado_http": 200, "error": None, "respuesta": '{"recibido":true}'}
    (evento,) = receptor.recibidos
    assert (evento["type"], evento["source"]) == ("webhook.prueba.v1", "/comunicaciones")
    assert evento["data"] == {"id": quien, "nombre": "n8n"}
    (entrega,) = mundo.entregas(quien)
    assert (entrega.estado, entrega.intentos) == ("entregada", 1)
    (intento,) = mundo.intentos(quien)
    assert (intento.estado_http, intento.ms) == (200, ms)
    prueba(mundo, quien)
    assert [e["sequence"] for e in receptor.recibidos] == ["1", "2"]


def test_si_falla_no_se_repite_ni_cuenta_como_caida(mundo: Mundo, receptor: Receptor) -> None:
    receptor.problema = lambda _evento: Reply(500, body=b"no hay flujo")
    quien = mundo.webhook(receptor)
    resultado = prueba(mundo, quien)
    assert (resultado["entregado"], resultado["estado_http"], resultado["error"]) == (False, 500, "HTTP 500")
    assert resultado["respuesta"] == "no hay flujo"
    mundo.repartir()
    assert len(receptor.seen) == 1
    assert (mundo.estados(quien), mundo.ver(quien).falla_desde) == (["fallida"], None)


def test_sin_respuesta_dice_por_que(mundo: Mundo) -> None:
    for url, error in (
        (f"http://127.0.0.1:{closed_port()}/", "ConexionRechazada"),
        ("http://10.0.0.1/", "DireccionProhibida"),
    ):
        resultado = prueba(mundo, mundo.webhook(url))
        assert (resultado["entregado"], resultado["estado_http"], resultado["respuesta"]) == (False, None, None)
        assert resultado["error"].startswith(error)


def test_no_retiene_nada_mientras_espera(mundo: Mundo, receptor: Receptor) -> None:
    quien = mundo.webhook(receptor)
    with mundo.app.app_context():
        assert db.session.get(Webhook, quien) is not None
        pool: Any = db.engine.pool
        en_uso: list[int] = []
        receptor.problema = lambda _evento: en_uso.append(pool.checkedout())
        probar(quien)
        assert en_uso == [0]
        db.session.rollback()
        db.session.add(Webhook(nombre="otro", url="https://ejemplo.com/", tipos=["*"], secreto="x"))
        with pytest.raises(RuntimeError):
            probar(quien)
        db.session.rollback()
        with pytest.raises(NotFound):
            probar(10**6)
