#!/usr/bin/env python3
"""A program subscribes to events and hears of a booking, signed; what is forged or old it refuses."""

import json
import threading
import time
from datetime import UTC, datetime, timedelta
from queue import Empty, Queue

import requests
from ayuda import Demo, Inesperado, Json, ejecutar
from receptor_webhooks import RUTA, Receptor, Servidor, imprimir, suscribir
from standardwebhooks import Webhook

SEGUNDOS = 120


def demo(d: Demo) -> None:
    admin, secretaria = d.entrar("admin"), d.entrar("secretaria")
    llegados: Queue[Json] = Queue()
    receptor = Receptor([], llegados.put)
    with Servidor(receptor) as escucha:
        webhook = suscribir(admin, escucha.url, ["cita.*"])
        receptor.aceptar(webhook["secreto"])
        threading.Thread(target=escucha.serve_forever, daemon=True).start()
        try:
            d.paso(f"Un programa se suscribe a {', '.join(webhook['tipos'])} en {escucha.url}")
            rechazar(d, escucha.url, webhook["secreto"])
            datos, _ = d.participantes(secretaria)
            cita = d.reservar(secretaria, **datos, motivo_consulta="Control")
            evento = esperar(llegados, "cita.programada.v1", cita["id"])
            d.comprobar(evento["data"]["fecha_hora"] is not None, "la reserva llegó, firmada y a tiempo")
            imprimir(evento)
            d.deshacer(secretaria, cita)
            evento = esperar(llegados, "cita.cancelada.v1", cita["id"])
            d.comprobar(evento["data"]["estado"] == "cancelada", "la cancelación también, después")
            [entrega] = admin.get(f"{RUTA}/{webhook['id']}/entregas", evento_id=evento["id"])["datos"]
            d.mostrar(entrega)
        finally:
            admin.delete(f"{RUTA}/{webhook['id']}")
            escucha.shutdown()
    d.paso("La suscripción terminó")


def rechazar(d: Demo, url: str, secreto: str) -> None:
    """What did not come from OdontoCare, or long ago, is refused; what comes twice counts once."""
    ahora = datetime.now(UTC)
    estado, _ = enviar(url, "whsec_b3RyYSBjbGF2ZSBxdWUgbm8gZXM=", ahora)
    d.comprobar(estado == 401, "lo que llega con otra firma se rechaza")
    estado, _ = enviar(url, secreto, ahora - timedelta(minutes=10))
    d.comprobar(estado == 401, "lo que se firmó hace diez minutos también")
    respuestas = [enviar(url, secreto, ahora) for _ in range(2)]
    d.comprobar(respuestas == [(200, False), (200, True)], "lo que llega dos veces cuenta una vez")


def enviar(url: str, secreto: str, momento: datetime) -> tuple[int, bool | None]:
    """Send an invented event as OdontoCare does; the status, and whether the receiver had it before."""
    cuerpo = json.dumps({"type": "cita.cancelada.v1", "subject": "cita/0", "time": momento.isoformat(), "data": {}})
    cabeceras = {
        "webhook-id": "inventado",
        "webhook-timestamp": str(int(momento.timestamp())),
        "webhook-signature": Webhook(secreto).sign("inventado", momento, cuerpo),
    }
    respuesta = requests.post(url, data=cuerpo, headers=cabeceras, timeout=10)
    return respuesta.status_code, respuesta.json().get("repetido")


def esperar(llegados: "Queue[Json]", tipo: str, cita_id: int) -> Json:
    """The event of that type about that appointment; others may come before it."""
    fin = time.monotonic() + SEGUNDOS
    while (queda := fin - time.monotonic()) > 0:
        try:
            evento = llegados.get(timeout=queda)
        except Empty:
            break
        if (evento["type"], evento["subject"]) == (tipo, f"cita/{cita_id}"):
            return evento
    raise Inesperado(f"no llegó {tipo} de la cita {cita_id} en {SEGUNDOS} segundos")


if __name__ == "__main__":
    ejecutar(demo)
