"""Subscriptions that are changed while what they got is being written down."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from comun.db import now
from comun.testing.client import ApiClient, ok
from comun.testing.peers import Reply
from comun.testing.together import meanwhile
from comunicaciones.extensiones import db
from comunicaciones.modelos import EntregaWebhook

from ..mundo import Mundo, Receptor

pytestmark = pytest.mark.both_databases


@pytest.mark.parametrize(
    ("metodo", "ruta", "cuerpo"),
    [
        ("DELETE", "", None),
        ("PATCH", "/estado", {"estado": "pausado", "descartar_pendientes": True}),
    ],
)
def test_nadie_espera_al_que_lo_espera(mundo: Mundo, receptor: Receptor, metodo: str, ruta: str, cuerpo: Any) -> None:
    quien = mundo.webhook(receptor)
    mundo.llegan(sujetos=2)

    def cambiar() -> int:
        cliente = ApiClient(mundo.app).as_("admin")
        return cliente.call(metodo, f"/comunicaciones/webhooks/{quien}{ruta}", json=cuerpo).status_code

    with meanwhile(mundo.app, "UPDATE entrega_webhook SET estado", cambiar) as respuestas:
        mundo.repartir()
    assert respuestas == [204 if metodo == "DELETE" else 200]
    assert mundo.estados(quien) == ["entregada"] * 2


def test_lo_que_contesta_la_direccion_anterior_no_se_dice_de_la_nueva(mundo: Mundo, receptor: Receptor) -> None:
    quien = mundo.webhook(receptor)
    mundo.llegan()

    def se_muda(_evento: Any) -> Reply | None:
        receptor.problema = lambda _evento: None
        cliente = ApiClient(mundo.app).as_("admin")
        nueva = {"url": f"{receptor.url}/nueva"}
        ok(cliente.put(f"/comunicaciones/webhooks/{quien}", nueva, headers={"If-Match": "*"}))
        return Reply(410)

    receptor.problema = se_muda
    mundo.repartir()
    assert (mundo.ver(quien).estado, mundo.ver(quien).falla_desde) == ("activo", None)
    mundo.repartir_hasta(lambda: mundo.estados(quien) == ["entregada"])
    assert receptor.seen[-1].path == "/nueva"


def test_a_otra_direccion_sale_en_seguida_lo_que_la_anterior_rechazo(mundo: Mundo, receptor: Receptor) -> None:
    quien = mundo.webhook(receptor)
    mundo.llegan()
    receptor.problema = lambda _evento: Reply(400)
    mundo.repartir()
    with mundo.app.app_context():
        db.session.execute(db.update(EntregaWebhook).values(proximo_intento=now() + timedelta(hours=12)))
        db.session.commit()
    receptor.problema = lambda _evento: None
    cliente = ApiClient(mundo.app).as_("admin")
    nueva = {"url": f"{receptor.url}/nueva"}
    ok(cliente.put(f"/comunicaciones/webhooks/{quien}", nueva, headers={"If-Match": "*"}))
    mundo.repartir()
    assert mundo.estados(quien) == ["entregada"]
