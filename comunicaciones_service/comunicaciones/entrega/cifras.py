"""How deliveries to webhooks go, for those who look after the system: in readiness and in metrics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import Row, func, literal_column, select

from comun.db import now, reader
from comun.runtime import runtime
from comunicaciones.modelos import EntregaWebhook, EstadoWebhook, Webhook

FALLA_TRAS = 300.0  # seconds; what fails for less may be a restart of the endpoint


def informe() -> Mapping[str, Any]:
    """All webhooks together: who they are only those may know who may see them."""
    filas = _filas()
    activos = [fila for fila in filas if fila.estado == EstadoWebhook.ACTIVO]
    return {
        "activos": len(activos),
        "pausados": len(filas) - len(activos),
        "fallando": sum(_hace(fila.falla_desde) > FALLA_TRAS for fila in activos),
        "pendientes": sum(fila.pendientes for fila in activos),
        "atraso_segundos": round(max((_hace(fila.desde) for fila in activos), default=0.0), 1),
    }


def metricas() -> Iterable[Metric]:
    """Depth, lag and failing of each webhook, by its id."""
    pendientes = GaugeMetricFamily("webhook_pending", "Deliveries that wait", labels=["webhook", "state"])
    atraso = GaugeMetricFamily("webhook_lag_seconds", "Age of the delivery that waits longest", labels=["webhook"])
    falla = GaugeMetricFamily("webhook_failing_seconds", "How long its endpoint has failed", labels=["webhook"])
    for fila in _filas():
        webhook = str(fila.id)
        pendientes.add_metric([webhook, fila.estado], fila.pendientes)
        atraso.add_metric([webhook], _hace(fila.desde))
        falla.add_metric([webhook], _hace(fila.falla_desde))
    return pendientes, atraso, falla


def _filas() -> list[Row[Any]]:
    """Each webhook with how many deliveries wait, and since when the first."""
    espera = (
        select(
            EntregaWebhook.webhook_id,
            func.count().label("pendientes"),
            func.min(EntregaWebhook.pendiente_desde).label("desde"),
        )
        # In the SQL text, because SQLite uses a partial index only when it sees the value.
        .where(EntregaWebhook.estado == literal_column("'pendiente'"))
        .group_by(EntregaWebhook.webhook_id)
        .subquery()
    )
    consulta = (
        select(
            Webhook.id,
            Webhook.estado,
            Webhook.falla_desde,
            func.coalesce(espera.c.pendientes, 0).label("pendientes"),
            espera.c.desde,
        )
        .outerjoin(espera, espera.c.webhook_id == Webhook.id)
        .where(Webhook.vivos())
        .order_by(Webhook.id)
    )
    with reader(runtime().db.engine) as conexion:
        return list(conexion.execute(consulta))


def _hace(momento: datetime | None) -> float:
    return max(0.0, (now() - momento).total_seconds()) if momento else 0.0
