"""An endpoint that fails for long: told of after an hour, paused after three days, with notice, and nothing lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email.header import decode_header, make_header
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message

from comun.db import now
from comun.testing.patience import PATIENCE
from comun.testing.peers import Reply, closed_port
from comunicaciones.entrega import avisos
from comunicaciones.entrega.avisos import enviar_avisos
from comunicaciones.entrega.vigilancia import vigilar_webhooks

from ..mundo import Mundo, Receptor, todo_en_orden


class Buzon(Message):
    """Keeps what is mailed; refuses what goes to `rechazado`."""

    def __init__(self) -> None:
        super().__init__()
        self.cartas: list[Any] = []
        self.rechazado = ""

    def handle_message(self, message: Any) -> None:
        self.cartas.append(message)

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        if address == self.rechazado:
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"


@pytest.fixture
def buzon(mundo: Mundo, monkeypatch: pytest.MonkeyPatch) -> Iterator[Buzon]:
    """A real mail server, which this service is told to use."""
    recibidas = Buzon()
    puerto = closed_port()
    servidor = Controller(recibidas, hostname="127.0.0.1", port=puerto, ready_timeout=PATIENCE)
    servidor.start()
    monkeypatch.setitem(
        mundo.app.extensions["comun"].settings, "COMUNICACIONES_SMTP_URL", f"smtp://127.0.0.1:{puerto}"
    )
    monkeypatch.setattr(avisos, "_SEGUNDOS", PATIENCE)
    yield recibidas
    servidor.stop()


def vigilar(mundo: Mundo) -> None:
    with mundo.app.app_context():
        vigilar_webhooks()


def avisar(mundo: Mundo) -> int:
    with mundo.app.app_context():
        return enviar_avisos()


def falla_desde_hace(mundo: Mundo, quien: int, **tiempo: int) -> None:
    mundo.cambiar(quien, falla_desde=now() - timedelta(**tiempo), proximo_intento=None)


def test_de_la_primera_caida_a_la_pausa_y_la_vuelta(mundo: Mundo, receptor: Receptor, buzon: Buzon) -> None:
    receptor.problema = lambda _evento: Reply(503)
    quien = mundo.webhook(receptor, contacto="ana@clinica.ec", nombre="Flujo\nde citas")
    mundo.llegan(sujetos=3, veces=2)
    mundo.repartir()
    falla_desde_hace(mundo, quien, minutes=59)
    mundo.repartir_hasta(lambda: mundo.ver(quien).fallos_seguidos >= 2)
    assert mundo.emitidos("webhook.fallando.v1") == []

    falla_desde_hace(mundo, quien, hours=2)
    fallos = mundo.ver(quien).fallos_seguidos
    mundo.repartir_hasta(lambda: mundo.ver(quien).fallos_seguidos >= fallos + 3)
    vigilar(mundo)
    (fallando,) = mundo.emitidos("webhook.fallando.v1")
    assert fallando.sujeto == f"webhook/{quien}"
    assert (fallando.datos["estado"], fallando.datos["ultimo_error"]) == ("activo", "HTTP 503")
    assert "url" not in fallando.datos
    assert (mundo.ver(quien).estado, avisar(mundo)) == ("activo", 0)

    falla_desde_hace(mundo, quien, hours=72)
    version = mundo.ver(quien).version
    mundo.repartir_hasta(lambda: mundo.ver(quien).estado == "pausado")
    pausado = mundo.ver(quien)
    assert (pausado.motivo_pausa, pausado.avisado_en) == ("fallos", None)
    assert pausado.pausado_en is not None
    assert pausado.version > version  # whoever edits an older copy learns of it
    (anunciado,) = mundo.emitidos("webhook.pausado.v1")
    assert (anunciado.datos["estado"], anunciado.datos["motivo_pausa"]) == ("pausado", "fallos")
    (auditado,) = (fila for fila in mundo.auditado("trabajo:vigilar_webhooks") if "estado" in fila.cambios)
    assert (auditado.actor, auditado.recurso, auditado.recurso_id) == ("sistema", "webhook", quien)
    assert auditado.cambios["estado"] == ["activo", "pausado"]

    assert [avisar(mundo), avisar(mundo)] == [1, 0]
    (carta,) = buzon.cartas
    assert (carta["To"], carta["From"]) == ("ana@clinica.ec", "OdontoCare <avisos@odontocare.local>")
    assert "Flujo de citas" in str(make_header(decode_header(carta["Subject"])))
    texto = carta.get_payload(decode=True).decode()
    assert "HTTP 503" in texto
    assert "Eventos que esperan: 6" in texto
    assert receptor.url not in texto
    assert mundo.ver(quien).version == pausado.version

    llamadas = len(receptor.seen)
    receptor.problema = lambda _evento: None
    mundo.llegan(sujetos=3)
    mundo.repartir()
    vigilar(mundo)
    assert len(receptor.seen) == llamadas  # paused: not even tried
    mundo.activar(quien)
    mundo.repartir_hasta(lambda: mundo.estados(quien) == ["entregada"] * 9)
    assert receptor.por_sujeto() == todo_en_orden(3, 3)
    assert len(mundo.emitidos("webhook.pausado.v1")) == len(mundo.emitidos("webhook.fallando.v1")) == 1


def test_la_pausa_llega_aunque_muera_quien_la_iba_a_decir(mundo: Mundo) -> None:
    """What was recorded is enough: the next worker finds it."""
    quien = mundo.webhook(f"http://127.0.0.1:{closed_port()}/")
    otro = mundo.webhook("http://10.0.0.1/")
    mundo.cambiar(quien, falla_desde=now() - timedelta(hours=73), fallos_seguidos=300, ultimo_error="TiempoAgotado")
    mundo.cambiar(otro, falla_desde=now() - timedelta(hours=71), fallos_seguidos=300)
    for _ in range(2):
        vigilar(mundo)
    assert (mundo.ver(quien).motivo_pausa, mundo.ver(otro).estado) == ("fallos", "activo")
    assert len(mundo.emitidos("webhook.pausado.v1")) == len(mundo.emitidos("webhook.fallando.v1")) == 1


def test_quien_dice_que_ya_no_existe_no_recibe_mas(mundo: Mundo, receptor: Receptor, buzon: Buzon) -> None:
    receptor.problema = lambda _evento: Reply(410)
    quien = mundo.webhook(receptor, contacto="ana@clinica.ec")
    mundo.llegan(sujetos=1, veces=3)
    mundo.repartir()
    webhook = mundo.ver(quien)
    assert (webhook.estado, webhook.motivo_pausa, webhook.ultimo_error) == ("pausado", "retirado", "HTTP 410")
    assert len(receptor.seen) == 1
    assert mundo.emitidos("webhook.pausado.v1")[0].datos["motivo_pausa"] == "retirado"
    assert avisar(mundo) == 1
    assert "410" in buzon.cartas[0].get_payload(decode=True).decode()
    receptor.problema = lambda _evento: None
    mundo.activar(quien)
    mundo.repartir_hasta(lambda: mundo.estados(quien) == ["entregada"] * 3)


def test_un_exito_interrumpe_la_cuenta(mundo: Mundo, receptor: Receptor) -> None:
    receptor.problema = lambda _evento: Reply(503)
    quien = mundo.webhook(receptor)
    mundo.llegan()
    mundo.repartir()
    falla_desde_hace(mundo, quien, hours=71)
    receptor.problema = lambda _evento: None
    mundo.repartir_hasta(lambda: mundo.estados(quien) == ["entregada"])
    receptor.problema = lambda _evento: Reply(503)
    mundo.llegan()
    mundo.repartir()
    desde = mundo.ver(quien).falla_desde
    assert desde is not None
    assert now() - desde < timedelta(minutes=5)


def pausado(mundo: Mundo, **campos: Any) -> int:
    valores = {"estado": "pausado", "motivo_pausa": "fallos", "pausado_en": now(), "contacto": "ana@clinica.ec"}
    return mundo.webhook("https://ejemplo.com/", **{**valores, **campos})


def test_a_quien_no_se_avisa(mundo: Mundo, buzon: Buzon) -> None:
    pausado(mundo, motivo_pausa="manual")
    pausado(mundo, contacto=None)
    pausado(mundo, eliminado_en=now())
    pausado(mundo, avisado_en=now())
    assert avisar(mundo) == 0
    assert buzon.cartas == []


def test_una_direccion_que_no_existe_no_retiene_los_demas_avisos(mundo: Mundo, buzon: Buzon) -> None:
    buzon.rechazado = "nadie@clinica.ec"
    malo, bueno = pausado(mundo, contacto="nadie@clinica.ec"), pausado(mundo)
    with pytest.raises(Exception, match="nadie@clinica.ec"):
        avisar(mundo)
    assert (mundo.ver(malo).avisado_en, len(buzon.cartas)) == (None, 1)
    assert mundo.ver(bueno).avisado_en is not None
    buzon.rechazado = ""
    assert avisar(mundo) == 1


def test_sin_servidor_de_correo_no_hay_avisos(mundo: Mundo, monkeypatch: pytest.MonkeyPatch) -> None:
    quien = pausado(mundo)
    assert avisar(mundo) == 0
    monkeypatch.setitem(
        mundo.app.extensions["comun"].settings, "COMUNICACIONES_SMTP_URL", f"smtp://127.0.0.1:{closed_port()}"
    )
    with pytest.raises(ConnectionRefusedError):
        avisar(mundo)
    assert mundo.ver(quien).avisado_en is None
