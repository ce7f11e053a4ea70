"""Prometheus metrics of a service: requests, calls to other services, its events, its worker and jobs.

With several gunicorn processes set PROMETHEUS_MULTIPROC_DIR to an empty directory before the start; any of
them then answers for all. `/metrics` is for the inside: the gateway never serves it.
"""

import logging
import os
import time
from collections.abc import Callable, Iterable

from flask import Flask, Response, g, request
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
)
from prometheus_client.core import REGISTRY, GaugeMetricFamily, Metric
from prometheus_client.exposition import make_wsgi_app
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response as BaseResponse

from comun.auth.permissions import public
from comun.db import now
from comun.events.outbox import backlog
from comun.jobs import work_state
from comun.runtime import Runtime

logger = logging.getLogger(__name__)

# When each series began: half as many lines again, and nobody asks.
disable_created_metrics()  # type: ignore[no-untyped-call]

_BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

REQUESTS = Histogram(
    "http_request_duration_seconds",
    "Requests answered, by route template",
    ["method", "route", "status"],
    buckets=_BUCKETS,
)
CLIENT_CALLS = Histogram(
    "http_client_duration_seconds",
    "Calls to other services; outcome is a status code or what went wrong",
    ["remote", "method", "outcome"],
    buckets=_BUCKETS,
)
BREAKER_OPEN = Gauge(
    "http_client_breaker_open",
    "1 while calls to that service fail at once",
    ["remote"],
    multiprocess_mode="livemax",
)
DELIVERIES = Counter("event_deliveries_total", "Attempts to deliver an event", ["subscriber", "outcome"])
JOB_RUNS = Histogram("job_duration_seconds", "Runs of scheduled jobs", ["job", "outcome"], buckets=_BUCKETS)

NO_ROUTE = "(none)"


def route_template() -> str:
    """The route as declared (`/citas/<id:id>`): never the path itself, whose ids and names are private."""
    return request.url_rule.rule if request.url_rule else NO_ROUTE


def observe_requests(app: Flask) -> None:
    """Time every request of the application."""

    def start() -> None:
        g.request_started_at = time.perf_counter()

    def finish(response: Response) -> Response:
        started = g.get("request_started_at", time.perf_counter())
        REQUESTS.labels(request.method, route_template(), response.status_code).observe(time.perf_counter() - started)
        return response

    app.before_request_funcs.setdefault(None, []).insert(0, start)
    app.after_request(finish)


class _ReadWhenScraped(Collector):
    """Figures that a function reads in the database, the same from every process of the service."""

    def __init__(self, app: Flask, read: Callable[[], Iterable[Metric]]) -> None:
        self._app = app
        self._read = read

    def describe(self) -> Iterable[Metric]:
        """Nothing: naming the metrics beforehand must not touch the database."""
        return ()

    def collect(self) -> Iterable[Metric]:
        try:
            with self._app.app_context():
                return list(self._read())
        except SQLAlchemyError:
            logger.warning("%s can't be read for metrics", self._read.__name__, exc_info=True)
            return ()


def _outbox() -> Iterable[Metric]:
    """Depth, lag and failures of the outbox."""
    pending = GaugeMetricFamily("event_outbox_pending", "Events not yet delivered", labels=["subscriber"])
    failed = GaugeMetricFamily("event_outbox_failed", "Events given up on", labels=["subscriber"])
    lag = GaugeMetricFamily(
        "event_outbox_lag_seconds", "Age of the oldest event not yet delivered", labels=["subscriber"]
    )
    for subscriber, figures in backlog().items():
        pending.add_metric([subscriber], figures.pending)
        failed.add_metric([subscriber], figures.failed)
        lag.add_metric([subscriber], figures.lag())
    return pending, failed, lag


def _work() -> Iterable[Metric]:
    """The worker and its jobs."""
    state = work_state()
    if (age := state.heartbeat_age()) is not None:
        yield GaugeMetricFamily("worker_heartbeat_age_seconds", "Since a worker was last seen at work", value=age)
    started = _per_job("job_last_start_timestamp_seconds", "When it was last begun")
    ended = _per_job("job_last_success_timestamp_seconds", "When it last ended well")
    since = _per_job("job_seconds_since_success", "Since it last ended well")
    failing = _per_job("job_failing", "1 when its last run failed")
    overdue = _per_job("job_overdue_seconds", "For how long it has been due and nobody has taken it")
    for job in state.jobs:
        if job.last_start:
            started.add_metric([job.name], job.last_start.timestamp())
        if job.last_success:
            ended.add_metric([job.name], job.last_success.timestamp())
            since.add_metric([job.name], max(0.0, (now() - job.last_success).total_seconds()))
        failing.add_metric([job.name], job.error is not None)
        overdue.add_metric([job.name], job.overdue)
    yield from (started, ended, since, failing, overdue)


def _per_job(name: str, help_text: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, help_text, labels=["job"])


def metrics_registry(app: Flask) -> CollectorRegistry:
    """Everything that this service measures, in all its processes."""
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(REGISTRY)
    service: Runtime = app.extensions["comun"]
    for read in (_outbox, _work, *service.figures):
        registry.register(_ReadWhenScraped(app, read))
    return registry


def register_metrics(app: Flask) -> None:
    """Time every request, and answer `GET /metrics`, for the inside only."""
    observe_requests(app)
    wsgi_app = make_wsgi_app(metrics_registry(app))

    @public
    def metrics() -> BaseResponse:
        return Response.from_app(wsgi_app, request.environ)

    app.add_url_rule("/metrics", "metrics", metrics, methods=["GET"])


def worker_process_ended(pid: int) -> None:
    """Forget the gauges of a process that ended; for gunicorn's `child_exit`."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        mark_process_dead(pid)  # type: ignore[no-untyped-call]
