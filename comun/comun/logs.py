"""JSON lines on stderr, with what ties them together and nothing about persons.

A line holds ids, routes, statuses and durations: never bodies, query strings, tokens or database values.
What looks like an identity number, a phone, a mail address or a token in a text is blotted out all the same.
"""

from __future__ import annotations

import logging
import re
import sys
import time
import traceback
from datetime import UTC, datetime
from typing import Any

import orjson
from flask import Flask, Response, g, request
from gunicorn.glogging import Logger as GunicornLoggerBase
from sqlalchemy.exc import DBAPIError

from comun import context
from comun.metrics import route_template

access = logging.getLogger("comun.access")

_PRIVATE = re.compile(
    r"[\w.+-]+@[\w-]+\.[\w.-]+"  # mail
    r"|\beyJ[\w-]+\.[\w.-]+"  # JWT
    r"|(?i:bearer)\s+\S+"
    r"|://[^\s/@]+:[^\s/@]+@"  # user:password in a URL
    r"|(?<![\w-])\+?\d{9,15}(?![\w-])"  # cédula, RUC, phone
)
_FRAMES = 30


def scrub(text: str) -> str:
    """`text` without what looks personal or secret."""
    return _PRIVATE.sub("***", text)


class JsonFormatter(logging.Formatter):
    """One JSON object per line. Fields given as `extra={"fields": {...}}` stand beside the usual ones."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": scrub(record.getMessage()),
            "service": self._service,
        }
        if request_id := context.request_id():
            line["request_id"] = request_id
        if traceparent := context.traceparent():
            line["traceparent"] = traceparent
        line |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[1]:
            line["exception"] = _chain(record.exc_info[1])
        return orjson.dumps(line, default=str).decode()


def _chain(error: BaseException) -> list[dict[str, Any]]:
    """The exception and its causes, outermost first."""
    chain: list[dict[str, Any]] = []
    current: BaseException | None = error
    while current is not None and len(chain) < 5:
        frames = traceback.extract_tb(current.__traceback__)[-_FRAMES:]
        chain.append(
            {
                "type": f"{type(current).__module__}.{type(current).__qualname__}",
                "message": _message(current),
                "stack": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
            }
        )
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return chain


def _message(error: BaseException) -> str:
    # Driver texts and statements quote the values of rows.
    if isinstance(error, DBAPIError):
        return f"sqlstate {getattr(error.orig, 'pgcode', None) or 'unknown'}"
    module = type(error).__module__
    if module.startswith(("psycopg2", "sqlite3")):
        return "(driver text left out)"
    return scrub(str(error))[:500]


def configure_logging(service: str, level: str = "INFO") -> None:
    """Send all logs of this process to stderr as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter(service))
    root = logging.getLogger()
    for old in [old for old in root.handlers if isinstance(old.formatter, JsonFormatter)]:
        root.removeHandler(old)
    root.addHandler(handler)
    _set_level(root, level)
    for noisy in ("urllib3", "werkzeug", "alembic.runtime.plugins"):
        _set_level(logging.getLogger(noisy), max(logging.WARNING, root.level))


def _set_level(logger: logging.Logger, level: int | str) -> None:
    """Where it has not got it yet: to set it goes through all loggers, on pages that processes share."""
    if level not in (logger.level, logging.getLevelName(logger.level)):
        logger.setLevel(level)


def log_requests(app: Flask) -> None:
    """One line per request: method, route template, status, milliseconds."""

    def start() -> None:
        g.access_started_at = time.perf_counter()

    def finish(response: Response) -> Response:
        started = g.get("access_started_at", time.perf_counter())
        access.info(
            "request",
            extra={
                "fields": {
                    "method": request.method,
                    "route": route_template(),
                    "status": response.status_code,
                    "ms": round((time.perf_counter() - started) * 1000, 1),
                }
            },
        )
        return response

    app.before_request_funcs.setdefault(None, []).insert(0, start)
    app.after_request(finish)


class GunicornLogger(GunicornLoggerBase):
    """gunicorn's own messages through our handlers; set it as `logger_class`."""

    def setup(self, cfg: Any) -> None:
        self.loglevel = getattr(logging, cfg.loglevel.upper(), logging.INFO)
        _set_level(self.error_log, self.loglevel)
        for logger in (self.error_log, self.access_log):
            logger.handlers.clear()
            logger.propagate = True
        _set_level(self.access_log, logging.CRITICAL)  # ours is `log_requests`

    def close_on_exec(self) -> None:
        """Nothing: there are no log files, and the search for them goes through all loggers."""
