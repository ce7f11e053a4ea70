"""What a webhook gets, and what is kept of how it went."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook as Firma

from comun.db import now
from comun.errors import Invalid
from comun.testing.patience import PATIENCE
from comun.testing.peers import Peer, Reply, closed_port
from comunicaciones.entrega.direcciones import exigir_url_permitida
from comunicaciones.secretos import cifrar, secreto_nuevo

from ..mundo import Mundo, Receptor, todo_en_orden
from ..receptores import Apuros, Nombres, enchufe_crudo, goteando


def test_recibe_el_evento_firmado(mundo: Mundo, receptor: Receptor) -> None:
    quien = mundo.webhook(receptor)
    antes = mundo.ver(quien)
    mundo.llegan(motivo_consulta="Ñandú")
    mundo.repartir()
    visto = receptor.seen[0]
    assert Firma(receptor.secreto).verify(visto.body, dict(visto.headers.items())) == visto.json
    assert (visto.method, visto.path) == ("POST", "/gancho")
    assert visto.headers["Content-Type"] == "application/json"
    assert visto.headers["User-Agent"] == "OdontoCare-Webhooks/1"
    evento = visto.json
    assert visto.headers["webhook-id"] == evento.pop("id")
    assert datetime.fromisoformat(evento.pop("time")).tzinfo is not None
    assert evento == {
        "specversion": "1.0",
        "source": "/citas",
        "type": "cita.programada.v1",
        "subject": "cita/1",
        "sequence": "1",
        "datacontenttype": "application/json",
        "data": {"id": 1, "paciente_id": 1, "motivo_consulta": "Ñandú"},
    }
    entrega, intento = mundo.entregas(quien)[0], mundo.intentos(quien)[0]
    assert (entrega.estado, entrega.intentos, entrega.ultimo_error) == ("entregada", 1, None)
    assert entrega.entregada_en is not None
    assert (intento.estado_http, intento.error, intento.respuesta) == (200, None, '{"recibido":true}')
    assert intento.ms >= 0
    webhook = mundo.ver(quien)
    assert webhook.ultimo_exito_en is not None
    assert webhook.arrendado_por is None
    assert (webhook.version, webhook.actualizado_en) == (antes.version, antes.actualizado_en)  # no edit of anybody's
    mundo.repartir()
    assert len(receptor.seen) == 1


def test_mientras_cambia_el_secreto_valen_los_dos(mundo: Mundo, receptor: Receptor) -> None:
    nuevo, viejo = secreto_nuevo(), receptor.secreto
    quien = mundo.webhook(receptor)
    with mundo.app.app_context():
        cambio = {"secreto": cifrar(nuevo), "secreto_anterior": cifrar(viejo)}
    mundo.cambiar(quien, **cambio, secreto_anterior_hasta=now() + timedelta(hours=1))
    mundo.llegan()
    mundo.repartir()
    assert mundo.estados(quien) == ["entregada"]  # by one who still knows only the old one
    Firma(nuevo).verify(receptor.seen[0].body, dict(receptor.seen[0].headers.items()))
    mundo.cambiar(quien, secreto_anterior_hasta=now() - timedelta(seconds=1))
    mundo.llegan()
    mundo.repartir()
    assert receptor.mal_firmados == 1
    receptor.secreto = nuevo
    mundo.repartir_hasta(lambda: mundo.estados(quien) == ["entregada"] * 2)


def test_solo_lo_que_pidio_y_solo_si_esta_activo(mundo: Mundo, receptor: Receptor) -> None:
    quien = mundo.webhook(receptor, ["paciente.*"])
    pausado = mundo.webhook(receptor, estado="pausado", motivo_pausa="manual")
    borrado = mundo.webhook(receptor)
    mundo.llegan(sujetos=2)
    mundo.cambiar(borrado, eliminado_en=now())
    mundo.repartir()
    assert receptor.seen == []
    assert (mundo.estados(quien), mundo.estados(pausado)) == ([], ["pendiente"] * 2)


def test_la_direccion_nueva_vale_para_lo_que_espera(mundo: Mundo, receptor: Receptor) -> None:
    quien = mundo.webhook(f"http://127.0.0.1:{closed_port()}/")
    mundo.llegan(sujetos=2, veces=2)
    mundo.repartir()
    with mundo.app.app_context():
        mundo.cambiar(quien, url=f"{receptor.url}/nueva", secreto=cifrar(receptor.secreto))
    mundo.repartir_hasta(lambda: len(receptor.recibidos) == 4)
    assert receptor.por_sujeto() == todo_en_orden(2, 2)
    assert {visto.path for visto in receptor.seen} == {"/nueva"}


def test_cada_fallo_queda_dicho_y_nadie_espera_por_otro(
    mundo: Mundo, receptor: Receptor, monkeypatch: pytest.MonkeyPatch
) -> None:
    apuros = Apuros(monkeypatch, PATIENCE - 0.5)
    with (
        Peer() as interno,
        Peer(lambda _: Reply(302, headers={"Location": interno.url})) as desvio,
        Peer(lambda _: Reply(500, body=b"mal\x00\xff" + b"x" * 5000)) as roto,
        Peer(lambda _: Reply(503, headers={"Retry-After": "3600"})) as saturado,
        Peer(lambda _: Reply(429, headers={"Retry-After": "9" * 30})) as abusivo,
        Peer(lambda _: Reply(body=b"z" * 10**6)) as enorme,
        enchufe_crudo(goteando(b"HTTP/1.1 200 OK\r\n", b"X")) as gota,
        enchufe_crudo(goteando(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n", b"x")) as gota_de_cuerpo,
    ):
        apuros.tras_conectar.add(gota)
        apuros.tras_la_cabeza.add(gota_de_cuerpo)
        esperado = {
            f"http://127.0.0.1:{closed_port()}/": "ConexionRechazada",
            "http://no-existe.invalid/": "NombreDesconocido",
            "http://10.1.2.3:5678/": "DireccionProhibida",
            f"http://[::1]:{interno.port}/": "DireccionProhibida",
            f"https://127.0.0.1:{interno.port}/": "FalloTls",
            f"http://127.0.0.1:{gota}/": "TiempoAgotado",
            desvio.url: "HTTP 302",
            roto.url: "HTTP 500",
            saturado.url: "HTTP 503",
            abusivo.url: "HTTP 429",
            enorme.url: None,
            f"http://127.0.0.1:{gota_de_cuerpo}/": None,
            receptor.url: None,
        }
        quienes = {url: mundo.webhook(receptor if url == receptor.url else url) for url in esperado}
        mundo.llegan()
        begun = time.monotonic()
        mundo.repartir()
        assert time.monotonic() - begun < 60
        assert {url: mundo.entregas(quien)[0].ultimo_error for url, quien in quienes.items()} == esperado
        assert interno.seen == []
    for url, error in esperado.items():
        webhook, intento = mundo.ver(quienes[url]), mundo.intentos(quienes[url])[0]
        assert webhook.ultimo_error == error
        assert (webhook.falla_desde is not None) == (webhook.fallos_seguidos == 1) == (error is not None)
        assert (intento.error or "").partition(":")[0] == (error or "")
        assert intento.estado_http == (
            int(error[5:]) if error and error.startswith("HTTP") else None if error else 200
        )
    assert mundo.intentos(quienes[roto.url])[0].respuesta == "mal\ufffd\ufffd" + "x" * 1019
    assert len(mundo.intentos(quienes[enorme.url])[0].respuesta or "") == 1024
    for url, segundos in ((saturado.url, 3600), (abusivo.url, 86400)):
        proximo = mundo.ver(quienes[url]).proximo_intento
        assert proximo is not None
        assert timedelta(seconds=segundos - 60) < proximo - now() < timedelta(seconds=segundos + 60)


@pytest.mark.parametrize(
    "url",
    [
        "http://8.8.8.8/",
        "https://10.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://ana:clave@8.8.8.8/",
        "https://8.8.8.8:22/",
        "https://no-existe.invalid/",
        "ftp://8.8.8.8/",
    ],
)
def test_a_quien_da_una_direccion_que_no_se_puede_llamar_se_le_dice(mundo: Mundo, url: str) -> None:
    with mundo.app.app_context():
        with pytest.raises(Invalid) as error:
            exigir_url_permitida(url)
        assert error.value.errores["url"][0].endswith(".")
        exigir_url_permitida("https://8.8.8.8/")
        exigir_url_permitida("http://127.0.0.1:5678/")  # of a network that the operator exempts


def test_un_nombre_que_era_publico_y_ahora_es_nuestro(mundo: Mundo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Public when the webhook was made, ours when it is called."""
    nombres = Nombres(monkeypatch)
    nombres.de["traidor.ejemplo"] = [["1.1.1.1"], ["10.0.0.1"]]
    with mundo.app.app_context():
        exigir_url_permitida("https://traidor.ejemplo/")
    quien = mundo.webhook("https://traidor.ejemplo/")
    mundo.llegan()
    mundo.repartir()
    assert nombres.preguntas == ["traidor.ejemplo"] * 2
    assert mundo.entregas(quien)[0].ultimo_error == "DireccionProhibida"


def test_lo_demasiado_grande_no_se_manda_y_no_detiene_a_nadie(mundo: Mundo, receptor: Receptor) -> None:
    quien = mundo.webhook(receptor)
    mundo.llegan(motivo_consulta="x" * 300_000)
    mundo.llegan()
    mundo.repartir(2)
    assert mundo.estados(quien) == ["fallida", "entregada"]
    assert mundo.entregas(quien)[0].ultimo_error == "demasiado_grande"
    assert len(receptor.seen) == 1
    assert mundo.ver(quien).falla_desde is None


@pytest.mark.parametrize("estado", [422, 500])
def test_un_evento_que_no_traga_solo_detiene_a_su_sujeto(mundo: Mundo, receptor: Receptor, estado: int) -> None:
    """Also when it answers 500 to it, as if it were down: everything else gets through."""
    receptor.problema = lambda evento: Reply(estado, delay=0.3) if evento["subject"] == "cita/1" else None
    quien = mundo.webhook(receptor)
    mundo.llegan(sujetos=3, veces=3)

    def llega(veces: int) -> bool:
        sano = {sujeto: numeros for sujeto, numeros in todo_en_orden(3, veces).items() if sujeto != "cita/1"}
        return receptor.por_sujeto() == sano

    mundo.repartir_hasta(lambda: llega(3) and mundo.entregas(quien)[0].intentos >= 1)
    # All others may have got through just before it failed: what comes after that says that the endpoint is well.
    mundo.llegan(sujetos=3)
    mundo.repartir_hasta(lambda: llega(4))
    mundo.repartir_hasta(lambda: mundo.entregas(quien)[0].intentos >= 3)
    assert mundo.ver(quien).falla_desde is None  # it is not the endpoint that is in trouble
    detenido, *detras = (entrega for entrega in mundo.entregas(quien) if entrega.sujeto == "cita/1")
    assert (detenido.estado, detenido.ultimo_error) == ("pendiente", f"HTTP {estado}")
    assert [entrega.intentos for entrega in detras] == [0, 0, 0]
    receptor.problema = lambda _evento: None
    mundo.repartir_hasta(lambda: receptor.por_sujeto() == todo_en_orden(3, 4))


def test_lo_que_se_da_por_perdido_deja_paso(
    mundo: Mundo, receptor: Receptor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(mundo.app.extensions["comun"].settings, "COMUNICACIONES_WEBHOOK_DIAS", 0.0)
    receptor.problema = lambda evento: Reply(400) if evento["sequence"] == "1" else None
    quien = mundo.webhook(receptor)
    mundo.llegan(veces=3)
    mundo.repartir_hasta(lambda: mundo.estados(quien) == ["fallida", "entregada", "entregada"])


def test_lo_que_espero_detras_de_otro_no_se_pierde_a_la_primera(
    mundo: Mundo, receptor: Receptor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(mundo.app.extensions["comun"].settings, "COMUNICACIONES_WEBHOOK_DIAS", 0.0)
    rechazos = iter([Reply(400)] * 3)
    receptor.problema = lambda evento: Reply(400) if evento["sequence"] == "1" else next(rechazos, None)
    quien = mundo.webhook(receptor)
    mundo.llegan(veces=2)
    mundo.repartir_hasta(lambda: mundo.estados(quien) == ["fallida", "entregada"])


def test_que_el_extremo_falle_no_da_nada_por_perdido(
    mundo: Mundo, receptor: Receptor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(mundo.app.extensions["comun"].settings, "COMUNICACIONES_WEBHOOK_DIAS", 0.0)
    receptor.problema = lambda _evento: Reply(503)
    quien = mundo.webhook(receptor)
    mundo.llegan()
    mundo.repartir_hasta(lambda: mundo.entregas(quien)[0].intentos >= 3)
    assert mundo.estados(quien) == ["pendiente"]


def test_tras_una_caida_todo_llega_en_orden(mundo: Mundo, receptor: Receptor) -> None:
    """Down: it is left alone and tried with one event at a time; back: everything, per subject in order."""
    receptor.problema = lambda _evento: Reply(502)
    quien = mundo.webhook(receptor)
    mundo.llegan(sujetos=12, veces=5)
    mundo.repartir_hasta(lambda: mundo.ver(quien).fallos_seguidos >= 4)
    llamadas = len(receptor.seen)
    assert llamadas <= 4 + mundo.ver(quien).fallos_seguidos  # four at first, then one each time
    assert sum(entrega.intentos for entrega in mundo.entregas(quien)) == llamadas
    mundo.llegan(sujetos=12, veces=2)
    receptor.problema = lambda _evento: None
    mundo.repartir_hasta(lambda: mundo.estados(quien) == ["entregada"] * 84)
    assert receptor.por_sujeto() == todo_en_orden(12, 7)
    assert receptor.repetidos == 0
    webhook = mundo.ver(quien)
    assert (webhook.fallos_seguidos, webhook.falla_desde, webhook.ultimo_error) == (0, None, None)


@pytest.mark.postgresql_only
def test_cuatro_a_la_vez_y_no_mas(mundo: Mundo, receptor: Receptor) -> None:
    cuatro = threading.Event()

    def cuando_haya_cuatro(_evento: Any) -> Reply:
        if receptor.a_la_vez == 4:
            cuatro.set()
        cuatro.wait(PATIENCE)
        return Reply(delay=0.02)

    receptor.problema = cuando_haya_cuatro
    quien = mundo.webhook(receptor)
    mundo.llegan(sujetos=20)
    uno, otro = mundo.reparto(), mundo.reparto()
    for reparto in (uno, otro):
        reparto.start()
    mundo.repartir_hasta(lambda: mundo.estados(quien) == ["entregada"] * 20)
    for reparto in (uno, otro):
        reparto.stop()
    assert receptor.lo_mas_a_la_vez == 4
    assert receptor.repetidos == 0


def test_quien_no_tiene_nada_pendiente_no_cuesta_nada(mundo: Mundo, receptor: Receptor) -> None:
    for _ in range(20):
        mundo.webhook(receptor, ["paciente.*"])
    reparto: Any = mundo.reparto()
    assert reparto.run_once() == 0
    assert reparto._conocidos == {}
