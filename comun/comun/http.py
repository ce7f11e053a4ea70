"""Calls to other services: pooled, timed, repeated where that is safe, given up soon when they are down."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import orjson
from flask import Flask, current_app, has_app_context
from urllib3 import Timeout
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    ProtocolError,
    TimeoutError,
)

from comun import context
from comun.config import PEER_SECONDS
from comun.errors import Unavailable
from comun.metrics import CLIENT_CALLS
from comun.transport import Answer, Breaker, BreakerOpen, ConnectionPool, Failure

logger = logging.getLogger(__name__)

RETRIED = frozenset({429, 502, 503, 504})
_DOWN = frozenset({502, 503, 504})
_REPEATABLE = frozenset({"GET", "PUT", "DELETE"})
# Where a client says nothing else, in seconds: (connect, read) of each attempt, and what all together take beyond.
TIMEOUT = (1.0, PEER_SECONDS)
FOR_RETRIES = 3.0
_FIRST_PAUSE = 0.1  # seconds; doubles, with jitter


class RemoteProblem(Exception):
    """Another service understood the call and refused it (4xx). What that means here, the caller decides."""

    def __init__(self, status: int, codigo: str, detail: str, errores: Mapping[str, Any]) -> None:
        self.status = status
        self.codigo = codigo
        self.detail = detail
        self.errores = dict(errores)
        super().__init__(f"{status} {codigo}")


@dataclass(frozen=True)
class _Call:
    method: str
    path: str
    body: bytes | None
    idempotency_key: str | None

    @property
    def repeatable(self) -> bool:
        return self.method in _REPEATABLE or self.idempotency_key is not None

    def headers(self, token: str | None) -> dict[str, str]:
        given = {
            "Accept": "application/json",
            "Content-Type": "application/json" if self.body is not None else None,
            "Authorization": f"Bearer {token}" if token else None,
            "Idempotency-Key": self.idempotency_key,
            "X-Request-ID": context.request_id(),
            "traceparent": context.traceparent(),
        }
        return {name: value for name, value in given.items() if value}


class ServiceClient:
    """A remote service, for the classes in `clientes/` to speak through.

    `name` is for metrics and logs, `label` what people call it ("administración"). `timeout` is (connect,
    read) in seconds for each attempt, `deadline` the seconds that all attempts of one call may take together, three
    more than one may take to answer unless it is given.
    `token` gives the bearer token; when it also has `discard(token)`, a 401 discards it and tries once more.

    Repeated are calls that can't have had an effect (no connection), and calls that may be repeated (GET,
    PUT, DELETE, and others with an idempotency key) whose connection broke or that got 429, 502, 503 or 504;
    never after a read timeout. Every method raises RemoteProblem for a 4xx, and Unavailable (503) for
    anything else that is not a useful answer, 429 included. RuntimeError when a database transaction is open.
    """

    def __init__(
        self,
        name: str,
        base_url: str,
        *,
        label: str | None = None,
        token: Callable[[], str] | None = None,
        timeout: tuple[float, float] | None = None,
        retries: int = 2,
        deadline: float | None = None,
        pool_size: int = 10,
        breaker_failures: int = 5,
        breaker_seconds: float = PEER_SECONDS,
    ) -> None:
        self.name = name
        self._label = label or name
        self._token = token
        self._timeout = timeout or TIMEOUT
        self._retries = retries
        self._deadline = self._timeout[1] + FOR_RETRIES if deadline is None else deadline
        self._breaker_seconds = breaker_seconds
        self._pool = ConnectionPool(base_url, size=pool_size)
        self._breaker = Breaker(name, failures=breaker_failures, seconds=breaker_seconds)

    def get(self, path: str, *, params: Mapping[str, Any] | None = None) -> Any:
        """The parsed JSON of a GET; `params` that are None are left out."""
        return self._call("GET", path, params=params)

    def post(
        self,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        idempotency_key: str | None = None,
    ) -> Any:
        """The parsed JSON of a POST, None when there is no content. Repeated only with an idempotency key."""
        return self._call("POST", path, params=params, json=json, idempotency_key=idempotency_key)

    def put(self, path: str, *, json: Any = None) -> Any:
        """The parsed JSON of a PUT, None when there is no content."""
        return self._call("PUT", path, json=json)

    def patch(self, path: str, *, json: Any = None, idempotency_key: str | None = None) -> Any:
        """The parsed JSON of a PATCH, None when there is no content."""
        return self._call("PATCH", path, json=json, idempotency_key=idempotency_key)

    def delete(self, path: str, *, params: Mapping[str, Any] | None = None) -> Any:
        """DELETE. One that was repeated may raise RemoteProblem 404: it worked the first time."""
        return self._call("DELETE", path, params=params)

    def _call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        idempotency_key: str | None = None,
    ) -> Any:
        require_no_transaction()
        if query := urlencode({k: v for k, v in (params or {}).items() if v is not None}, doseq=True):
            path = f"{path}?{query}"
        body = None if json is None else orjson.dumps(json, default=_plain)
        call = _Call(method, path, body, idempotency_key)
        token = self._token() if self._token else None
        try:
            return self._guarded(call, token)
        except RemoteProblem as problem:
            discard = getattr(self._token, "discard", None)
            if problem.status != 401 or not (self._token and discard):
                raise
            discard(token)
            return self._guarded(call, self._token())

    def _guarded(self, call: _Call, token: str | None) -> Any:
        """One call through the breaker, measured: the parsed JSON."""
        started = time.perf_counter()
        outcome = "error"
        try:
            with self._breaker.guard():
                try:
                    answer = self._exchange(call, token)
                except HTTPError as error:
                    refused = isinstance(error, NewConnectionError)
                    outcome = "timeout" if isinstance(error, TimeoutError) and not refused else "network"
                    raise Failure(type(error).__name__) from error
                outcome = str(answer.status)
                document = _parsed(answer)
        except BreakerOpen:
            outcome = "breaker_open"
            raise self._unavailable(None) from None
        except Failure as failure:
            logger.warning("%s can't be used: %s", self.name, failure)
            raise self._unavailable(failure.retry_after) from failure
        finally:
            CLIENT_CALLS.labels(self.name, call.method, outcome).observe(time.perf_counter() - started)
        return self._result(answer, document)

    def _exchange(self, call: _Call, token: str | None) -> Answer:
        """Send until something final comes back, the retries are spent, or time is up."""
        end = time.monotonic() + self._deadline
        headers = call.headers(token)
        attempt = 0
        while True:
            outcome = self._attempt(call, headers, end - time.monotonic())
            pause = _pause(attempt, outcome)
            again = attempt < self._retries and time.monotonic() + pause < end
            if not (again and _worth_repeating(call, outcome)):
                break
            time.sleep(pause)
            attempt += 1
        if isinstance(outcome, HTTPError):
            raise outcome
        return outcome

    def _attempt(self, call: _Call, headers: Mapping[str, str], left: float) -> Answer | HTTPError:
        connect, read = self._timeout
        timeout = Timeout(connect=connect, read=read, total=max(left, 0.001))
        try:
            return self._pool.send(call.method, call.path, body=call.body, headers=headers, timeout=timeout)
        except HTTPError as error:
            return error

    def _result(self, answer: Answer, document: Any) -> Any:
        if 200 <= answer.status < 300:
            return document
        if 400 <= answer.status < 500 and answer.status != 429:
            problem = document if isinstance(document, dict) else {}
            errores = problem.get("errores")
            raise RemoteProblem(
                answer.status,
                str(problem.get("codigo") or "desconocido"),
                str(problem.get("detail") or ""),
                errores if isinstance(errores, dict) else {},
            )
        logger.warning("%s answered %s", self.name, answer.status)
        raise self._unavailable(answer.retry_after)

    def _unavailable(self, retry_after: float | None) -> Unavailable:
        return Unavailable(
            "servicio_no_disponible",
            f"El servicio de {self._label} no responde; intente de nuevo en unos segundos.",
            retry_after=max(1, round(retry_after or self._breaker_seconds)),
        )


def client_of(app: Flask, name: str, label: str | None = None) -> ServiceClient:
    """The service of that name as the application's settings tell of it, asked with the application's token."""
    seconds = app.config["PEER_TIMEOUT_SECONDS"]
    return ServiceClient(
        name,
        app.config[f"{name.upper()}_URL"],
        label=label,
        token=app.extensions["service_tokens"],
        timeout=(TIMEOUT[0], seconds),
        breaker_seconds=app.config["PEER_BREAKER_SECONDS"],
    )


class ServiceTokens:
    """This service's own token, from auth_service by client credentials: `tokens()` gives a valid one.

    Renewed at two thirds of its life by whichever thread comes first, while the others go on with the old
    one; when auth_service is down the old one serves as long as it is valid. Raises Unavailable when there
    is none, and RemoteProblem when the credentials are refused. auth_service may take `seconds` to answer.
    """

    _PAUSE = 5.0  # seconds between attempts to renew a token that is still valid

    def __init__(
        self,
        auth_url: str,
        client_id: str,
        client_secret: str,
        *,
        seconds: float = PEER_SECONDS,
        breaker_seconds: float = PEER_SECONDS,
    ) -> None:
        self._client = ServiceClient(
            "auth",
            auth_url,
            label="autenticación",
            timeout=(TIMEOUT[0], seconds),
            breaker_seconds=breaker_seconds,
        )
        self._credentials = {
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": client_secret,
        }
        self._lock = threading.Lock()
        self._token = ""
        self._renew_at = self._expires_at = 0.0

    def __call__(self) -> str:
        moment = time.monotonic()
        token = self._token
        if moment < self._renew_at:
            return token
        if not self._lock.acquire(blocking=moment >= self._expires_at):
            return token
        try:
            return self._renewed()
        finally:
            self._lock.release()

    def discard(self, token: str) -> None:
        """Forget a token that was refused."""
        with self._lock:
            if token == self._token:
                self._renew_at = self._expires_at = 0.0

    def _renewed(self) -> str:
        started = time.monotonic()
        if started < self._renew_at:  # another thread did it while this one waited
            return self._token
        try:
            granted = self._client.post("/auth/token", json=self._credentials)
        except (Unavailable, RemoteProblem):
            if started >= self._expires_at:
                raise
            logger.warning("the service token can't be renewed; going on with the old one")
            self._renew_at = started + self._PAUSE
            return self._token
        life = float(granted["expires_in"])
        self._token = str(granted["access_token"])
        self._renew_at, self._expires_at = started + life * 2 / 3, started + life - 1
        return self._token


def require_no_transaction() -> None:
    """RuntimeError inside a database transaction: a slow remote service would hold its locks."""
    if not has_app_context() or (service := current_app.extensions.get("comun")) is None:
        return
    scoped = service.db.session
    if scoped.registry.has() and scoped().in_transaction():
        raise RuntimeError("remote call inside an open transaction")


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


def _parsed(answer: Answer) -> Any:
    """The JSON of an answer. Failure when it shows that the service can't be used."""
    if answer.status in _DOWN:
        raise Failure(f"status {answer.status}", answer.retry_after)
    if not answer.body:
        return None
    try:
        return orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        if 200 <= answer.status < 300:
            raise Failure("not JSON") from None
        return None


def _worth_repeating(call: _Call, outcome: Answer | HTTPError) -> bool:
    match outcome:
        case ConnectTimeoutError():  # refused connections too: nothing was sent
            return True
        case ProtocolError():
            return call.repeatable
        case Answer(status=status):
            return call.repeatable and status in RETRIED
    return False


def _pause(attempt: int, outcome: Answer | HTTPError) -> float:
    """Seconds before the next attempt: what the service asked for, or doubling with jitter."""
    asked = outcome.retry_after if isinstance(outcome, Answer) else None
    jitter: float = _FIRST_PAUSE * 2**attempt * random.uniform(0.5, 1.5)  # noqa: S311 - not a secret
    return jitter if asked is None else asked + jitter / 2
