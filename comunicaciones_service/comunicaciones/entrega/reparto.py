"""The distribution: finds the webhooks that something waits for, and works each off in a lane of its own.

Any number of workers may run; one at a time has a webhook, under a lease that is renewed for each round and ends
by itself when the worker dies. A webhook that nothing waits for has neither thread nor connection.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import BindParameter, ColumnElement, Connection, Row, exists, or_, select, update

from comun import context
from comun.db import now, reader
from comun.events.lane import Lane, LaneOptions, Round
from comun.events.queue import Queue, Queues
from comun.events.queue_sql import MOMENT, QueueTables
from comun.runtime import Runtime
from comunicaciones import secretos
from comunicaciones.entrega.anotacion import anotar
from comunicaciones.entrega.mensajero import Mensajero
from comunicaciones.entrega.vigilancia import vigilar
from comunicaciones.modelos import EntregaWebhook, EstadoWebhook, Evento, Webhook

logger = logging.getLogger(__name__)

A_LA_VEZ = 4
# So little is leased at once that a slow endpoint's deliveries are recorded soon, and few are sent again when
# a worker dies between sending and recording.
OPCIONES = LaneOptions(
    subjects=16,
    run=4,
    threads=A_LA_VEZ,
    first_pause=5.0,
    longest_pause=43200.0,
    first_outage_pause=5.0,
    outages_give_up=False,
    # What waited for days behind another may meet a passing trouble when its turn comes.
    give_up_tries=10,
)
_MENSAJERO_OCIOSO = 120.0
_TRAS_UN_ERROR = 5.0
_DESCANSO_MAXIMO = 2.0

_WEBHOOK: Any = Webhook.__table__
_ENTREGA: Any = EntregaWebhook.__table__
_EVENTO: Any = Evento.__table__
_TABLAS = QueueTables(_EVENTO, _ENTREGA, _ENTREGA.c.webhook_id, failed_blocks=False)


@dataclass
class _Conocido:
    """What is remembered of a webhook between its turns."""

    mensajero: Mensajero
    hilo: threading.Thread | None = None
    ultima: Round | None = None
    descansa_hasta: float = 0.0
    usado: float = 0.0


class Reparto:
    """Delivers what waits for the webhooks. `opciones` are for tests; the settings fill in what they say."""

    def __init__(self, app: Flask, opciones: LaneOptions = OPCIONES) -> None:
        self._app = app
        service: Runtime = app.extensions["comun"]
        ajustes = service.settings
        with app.app_context():
            self._engine = service.db.engine
        self._colas = Queues(self._engine, _TABLAS)
        self._permitidas = ajustes["COMUNICACIONES_REDES_PERMITIDAS"]
        self._segundos = ajustes["COMUNICACIONES_WEBHOOK_TIMEOUT_SEGUNDOS"]
        self._opciones = replace(
            opciones,
            lease=max(opciones.lease, 4 * self._segundos),
            longest_outage_pause=ajustes["COMUNICACIONES_WEBHOOK_ESPERA_MAXIMA_SEGUNDOS"],
            give_up_after=ajustes["COMUNICACIONES_WEBHOOK_DIAS"] * 86400.0,
        )
        self._quien = f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(4)}"
        self._fin = threading.Event()
        self._conocidos: dict[int, _Conocido] = {}
        self._bucle: threading.Thread | None = None
        self._latido = time.monotonic()

    def start(self) -> None:
        """Deliver in background threads until `stop`."""
        self._bucle = threading.Thread(target=self._repartir, name="reparto", daemon=True)
        self._bucle.start()

    def stop(self, timeout: float = 20.0) -> None:
        """Finish the deliveries under way, record them, give back the leases and end."""
        self._fin.set()
        limite = time.monotonic() + timeout
        if self._bucle:
            self._bucle.join(timeout)
        for conocido in self._conocidos.values():
            if conocido.hilo:
                conocido.hilo.join(max(0.0, limite - time.monotonic()))
            conocido.mensajero.cerrar()

    def alive(self) -> bool:
        """Whether it looks for work, be it in vain."""
        return time.monotonic() - self._latido < 60

    def run_once(self) -> int:
        """One turn of every webhook that something waits for, all at the same time; how many had one."""
        turnos = self._empezar()
        for hilo in turnos:
            hilo.join()
        return len(turnos)

    # -- looking ---------------------------------------------------------------------------------

    def _repartir(self) -> None:
        espera, percances = 0.0, 0
        while not self._fin.wait(espera):
            self._latido = time.monotonic()
            try:
                self._empezar()
                self._olvidar_ociosos()
                espera, percances = self._opciones.poll, 0
            except Exception as error:
                percances += 1
                espera = min(0.5 * 2**percances, 15.0)
                logger.error("no webhook can be delivered to", exc_info=error)

    def _empezar(self) -> list[threading.Thread]:
        """Begin the turns of those that something waits for and that have none."""
        empezados = []
        ahora = time.monotonic()
        for webhook_id in self._con_algo_pendiente():
            conocido = self._conocidos.get(webhook_id)
            if conocido is None:
                mensajero = Mensajero(self._permitidas, self._segundos, self._opciones.threads)
                conocido = self._conocidos[webhook_id] = _Conocido(mensajero)
            if (conocido.hilo and conocido.hilo.is_alive()) or ahora < conocido.descansa_hasta:
                continue
            conocido.usado = ahora
            conocido.hilo = threading.Thread(
                target=self._turno, args=(webhook_id, conocido), name=f"webhook-{webhook_id}", daemon=True
            )
            conocido.hilo.start()
            empezados.append(conocido.hilo)
        return empezados

    def _con_algo_pendiente(self) -> list[int]:
        with reader(self._engine) as connection:
            return list(connection.scalars(_CON_ALGO_PENDIENTE, {"moment": now()}))

    def _olvidar_ociosos(self) -> None:
        ahora = time.monotonic()
        for webhook_id, conocido in list(self._conocidos.items()):
            activo = conocido.hilo and conocido.hilo.is_alive()
            if not activo and ahora - max(conocido.usado, conocido.descansa_hasta) > _MENSAJERO_OCIOSO:
                conocido.mensajero.cerrar()
                del self._conocidos[webhook_id]

    # -- one webhook -----------------------------------------------------------------------------

    def _turno(self, webhook_id: int, conocido: _Conocido) -> None:
        """Work off what waits for it until nothing is due, it fails, or it is time to end."""
        empezado = time.monotonic()
        try:
            with self._app.app_context(), context.piece_of_work():
                algo = self._atender(webhook_id, conocido)
            if not algo:
                # Looking in vain may be slow, when many events wait behind refused ones: then less often.
                ahora = time.monotonic()
                conocido.descansa_hasta = ahora + min(5 * (ahora - empezado), _DESCANSO_MAXIMO)
        except Exception as error:
            conocido.descansa_hasta = time.monotonic() + _TRAS_UN_ERROR
            logger.error("webhook %s can't be delivered to", webhook_id, exc_info=error)
        finally:
            conocido.usado = time.monotonic()

    def _atender(self, webhook_id: int, conocido: _Conocido) -> bool:
        """Whether something was sent, or tried to."""
        fila = self._reclamar(webhook_id)
        if fila is None:
            return False
        lane = self._carril(fila, conocido)
        algo = fallo = False
        try:
            while fila is not None and not fallo and not self._fin.is_set():
                conocido.ultima = None
                conocido.mensajero.renovar(fila.url, secretos.vigentes(fila), sano=fila.fallos_seguidos == 0)
                lane.step()
                ronda: Round | None = conocido.ultima
                if ronda is None:
                    break
                algo, fallo = True, ronda.pause > 0
                fila = self._reclamar(webhook_id)
        finally:
            lane.close()
            self._soltar(webhook_id)
        if fallo:
            vigilar(webhook_id)
        return algo

    def _carril(self, fila: Row[Any], conocido: _Conocido) -> Lane:
        webhook_id, mensajero = fila.id, conocido.mensajero

        def tras_la_ronda(connection: Connection, ronda: Round) -> None:
            anotar(connection, webhook_id, mensajero.url, ronda, mensajero.detalles)
            mensajero.detalles.clear()
            conocido.ultima = ronda

        return Lane(
            f"webhook-{webhook_id}",
            Queue(self._colas, webhook_id),
            mensajero,
            self._opciones,
            self._fin,
            failures=fila.fallos_seguidos,
            on_record=tras_la_ronda,
        )

    def _reclamar(self, webhook_id: int) -> Row[Any] | None:
        """Have it for a round, if it may be delivered to and no other worker has it; its row as it is now."""
        momento = now()
        reclamado = (
            update(_WEBHOOK)
            .where(
                _WEBHOOK.c.id == webhook_id,
                *_abierto(momento),
                or_(
                    _WEBHOOK.c.arrendado_hasta.is_(None),
                    _WEBHOOK.c.arrendado_hasta <= momento,
                    _WEBHOOK.c.arrendado_por == self._quien,
                ),
            )
            .values(
                arrendado_hasta=momento + timedelta(seconds=self._opciones.lease),
                arrendado_por=self._quien,
                actualizado_en=_WEBHOOK.c.actualizado_en,
            )
            .returning(*_WEBHOOK.c)
        )
        with self._engine.begin() as connection:
            return connection.execute(reclamado).one_or_none()

    def _soltar(self, webhook_id: int) -> None:
        with self._engine.begin() as connection:
            connection.execute(
                update(_WEBHOOK)
                .where(_WEBHOOK.c.id == webhook_id, _WEBHOOK.c.arrendado_por == self._quien)
                .values(arrendado_hasta=None, arrendado_por=None, actualizado_en=_WEBHOOK.c.actualizado_en)
            )


def _abierto(momento: datetime | BindParameter[datetime]) -> list[ColumnElement[bool]]:
    """Of the webhooks, those that may be delivered to now."""
    tabla = _WEBHOOK
    return [
        tabla.c.estado == EstadoWebhook.ACTIVO,
        tabla.c.eliminado_en.is_(None),
        or_(tabla.c.proximo_intento.is_(None), tabla.c.proximo_intento <= momento),
    ]


# Asked over and over, so put together once.
_CON_ALGO_PENDIENTE = select(_WEBHOOK.c.id).where(
    *_abierto(MOMENT),
    or_(_WEBHOOK.c.arrendado_hasta.is_(None), _WEBHOOK.c.arrendado_hasta <= MOMENT),
    exists().where(_ENTREGA.c.webhook_id == _WEBHOOK.c.id, *_TABLAS.due()),
)
