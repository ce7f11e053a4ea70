"""What the tests of deliveries happen in: receivers that check signatures, events that come in, quick waits."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv4Network
from typing import Any

from flask import Flask
from sqlalchemy import select, update
from standardwebhooks import Webhook as Firma
from standardwebhooks import WebhookVerificationError

from comun.runtime import runtime
from comun.testing.events import envelope
from comun.testing.patience import until
from comun.testing.peers import Peer, Reply, Seen
from comunicaciones.entrega.reparto import OPCIONES, Reparto
from comunicaciones.extensiones import db
from comunicaciones.modelos import EntregaWebhook, IntentoWebhook, Webhook
from comunicaciones.secretos import cifrar, secreto_nuevo

CASA = [IPv4Network("127.0.0.0/8")]
PRISA = replace(OPCIONES, poll=0.02, lease=2.0, first_pause=0.05, longest_pause=0.2, first_outage_pause=0.02)
TIPO = "cita.programada.v1"


class Receptor(Peer):
    """An endpoint that checks each signature and recognises repetitions; `problema(evento)` answers instead."""

    def __init__(self, port: int = 0) -> None:
        self.secreto = secreto_nuevo()
        self.problema: Callable[[Any], Reply | None] = lambda _evento: None
        self.recibidos: list[Any] = []
        self.repetidos = self.mal_firmados = self.a_la_vez = self.lo_mas_a_la_vez = 0
        self._conocidos: set[str] = set()
        self._cerrojo = threading.Lock()
        super().__init__(self._tomar, port)

    def _tomar(self, seen: Seen) -> Reply:
        try:
            evento = Firma(self.secreto).verify(seen.body, dict(seen.headers.items()))
        except WebhookVerificationError:
            self.mal_firmados += 1
            return Reply(401)
        with self._cerrojo:
            self.a_la_vez += 1
            self.lo_mas_a_la_vez = max(self.lo_mas_a_la_vez, self.a_la_vez)
        respuesta = self.problema(evento)
        if respuesta:
            time.sleep(respuesta.delay)
            respuesta = replace(respuesta, delay=0.0)
        with self._cerrojo:
            self.a_la_vez -= 1
            if respuesta is None or 200 <= respuesta.status < 300:
                if seen.headers["webhook-id"] in self._conocidos:
                    self.repetidos += 1
                else:
                    self._conocidos.add(seen.headers["webhook-id"])
                    self.recibidos.append(evento)
        return respuesta or Reply(json={"recibido": True})

    def por_sujeto(self) -> dict[str, list[int]]:
        """Subject → the sequence numbers that came, in the order in which they came."""
        hallado: dict[str, list[int]] = defaultdict(list)
        for evento in self.recibidos:
            hallado[evento["subject"]].append(int(evento["sequence"]))
        return dict(hallado)


def todo_en_orden(sujetos: int, veces: int) -> dict[str, list[int]]:
    """What `Receptor.por_sujeto` says when all that `llegan` made has come in order."""
    return {f"cita/{n}": list(range(1, veces + 1)) for n in range(1, sujetos + 1)}


class Mundo:
    """The application with its database, and what may happen to it."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._secuencias: dict[str, int] = defaultdict(int)

    def webhook(self, destino: Receptor | str, tipos: list[str] | None = None, **campos: Any) -> int:
        """A subscription of that receiver (which learns its secret) or URL; its id."""
        url = destino if isinstance(destino, str) else f"{destino.url}/gancho"
        secreto = secreto_nuevo() if isinstance(destino, str) else destino.secreto
        with self.app.app_context():
            valores = {"nombre": "n8n", "url": url, "tipos": tipos or ["*"], "secreto": cifrar(secreto), **campos}
            nuevo = Webhook(**valores)
            db.session.add(nuevo)
            db.session.commit()
            return nuevo.id

    def llegan(self, sujetos: int = 1, veces: int = 1, **datos: Any) -> None:
        """So many events of each of so many appointments come from citas_service, a transaction for each round."""
        with self.app.app_context():
            for _ in range(veces):
                for n in range(1, sujetos + 1):
                    self._recibir(f"cita/{n}", {"id": n, "paciente_id": n, **datos})
                db.session.commit()

    def _recibir(self, sujeto: str, datos: dict[str, Any]) -> None:
        self._secuencias[sujeto] += 1
        secuencia = self._secuencias[sujeto]
        runtime().consumer.receive(envelope("/citas", TIPO, sujeto, datos, secuencia))

    def reparto(self) -> Reparto:
        """One that hurries, for this process."""
        return Reparto(self.app, PRISA)

    def repartir(self, veces: int = 1) -> None:
        """So many turns of everybody who has something waiting, without waiting in between."""
        reparto = self.reparto()
        for _ in range(veces):
            reparto.run_once()
        reparto.stop()

    def repartir_hasta(self, condicion: Callable[[], bool]) -> None:
        """Deliver in the background until it is so."""
        reparto = self.reparto()
        reparto.start()
        try:
            until(condicion)
        finally:
            reparto.stop()

    def ver(self, webhook_id: int) -> Webhook:
        with self.app.app_context():
            visto = db.session.get(Webhook, webhook_id)
            assert visto is not None
            return visto

    def cambiar(self, webhook_id: int, **valores: Any) -> None:
        """Past the model, as time or a dead worker would."""
        with self.app.app_context():
            db.session.execute(update(Webhook).where(Webhook.id == webhook_id).values(**valores))
            db.session.commit()

    def activar(self, webhook_id: int) -> None:
        """As an administrator does who has mended the endpoint."""
        self.cambiar(
            webhook_id,
            estado="activo",
            motivo_pausa=None,
            pausado_en=None,
            avisado_en=None,
            falla_desde=None,
            fallos_seguidos=0,
            proximo_intento=None,
        )

    def entregas(self, webhook_id: int) -> list[EntregaWebhook]:
        with self.app.app_context():
            return list(
                db.session.scalars(
                    select(EntregaWebhook).where(EntregaWebhook.webhook_id == webhook_id).order_by(EntregaWebhook.id)
                )
            )

    def estados(self, webhook_id: int) -> list[str]:
        return [entrega.estado for entrega in self.entregas(webhook_id)]

    def intentos(self, webhook_id: int) -> list[IntentoWebhook]:
        with self.app.app_context():
            return list(
                db.session.scalars(
                    select(IntentoWebhook)
                    .join(EntregaWebhook, EntregaWebhook.id == IntentoWebhook.entrega_id)
                    .where(EntregaWebhook.webhook_id == webhook_id)
                    .order_by(IntentoWebhook.id)
                )
            )

    def emitidos(self, tipo: str) -> list[Any]:
        """What this service told of its webhooks."""
        with self.app.app_context():
            outbox = runtime().tables.outbox
            return list(db.session.execute(select(outbox).where(outbox.c.tipo == tipo).order_by(outbox.c.id)))

    def auditado(self, accion: str) -> list[Any]:
        with self.app.app_context():
            tabla = runtime().tables.audit
            return list(db.session.execute(select(tabla).where(tabla.c.accion == accion).order_by(tabla.c.id)))

    def olvidar_arriendos(self) -> None:
        """As if the time had gone by after which a dead worker's work is another's."""
        with self.app.app_context():
            db.session.execute(update(EntregaWebhook).values(arrendada_hasta=None))
            db.session.execute(update(Webhook).values(arrendado_hasta=None))
            db.session.commit()
