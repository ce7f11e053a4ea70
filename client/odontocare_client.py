"""A small HTTP client of the OdontoCare API: login, token renewal, patient retries, problem errors."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import requests

Json = Any
CONNECTION_LOST = (
    requests.exceptions.ConnectionError,
    requests.exceptions.Timeout,
    requests.exceptions.ChunkedEncodingError,
)
# The answer of a service that could not take the request now; nothing half done (API conventions).
TRY_AGAIN_LATER = {429, 502, 503, 504}


class ApiError(Exception):
    """The API refused: `status`, and of its RFC 9457 body `codigo`, `detail` and `errores`."""

    def __init__(self, status: int, problem: Mapping[str, Json]) -> None:
        self.status = status
        self.problem = problem
        self.codigo = str(problem.get("codigo", ""))
        self.detail = str(problem.get("detail") or problem.get("title") or "")
        self.errores: Mapping[str, Json] = problem.get("errores") or {}
        super().__init__(self.summary())

    def summary(self) -> str:
        """One line for a person: status, code, sentence and the fields at fault."""
        campos = "; ".join(f"{campo}: {_flat(mensajes)}" for campo, mensajes in self.errores.items())
        return f"{self.status} {self.codigo}: {self.detail}" + (f" ({campos})" if campos else "")


class NotReachable(Exception):
    """The system did not answer within the client's patience."""


@dataclass(frozen=True)
class Answer:
    """An answer below 400: `body` is the JSON (None when empty), `attempts` how often it was asked."""

    status: int
    body: Json
    headers: Mapping[str, str]
    attempts: int = 1

    @property
    def replayed(self) -> bool:
        """The server had already done this very request before and gave its stored answer."""
        return self.headers.get("Idempotent-Replayed", "").lower() == "true"


class OdontoCareClient:
    """Speaks to one gateway on behalf of one user.

    `patience` is how many seconds a single request may spend waiting between attempts, in all.
    """

    def __init__(self, url: str, nombre_usuario: str = "", contrasena: str = "", *, patience: float = 120) -> None:
        self.url = url.rstrip("/")
        self._credentials = {"nombre_usuario": nombre_usuario, "contrasena": contrasena}
        self.patience = patience
        self._http = requests.Session()
        self._http.headers["Accept"] = "application/json"
        # What the environment says of proxies and certificates, looked up once: else it is at each request, slowly.
        # (And a .netrc would put its own password in the place of our token.)
        environment = self._http.merge_environment_settings(self.url, {}, None, None, None)
        self._http.proxies, self._http.verify = environment["proxies"], environment["verify"]
        self._http.trust_env = False
        self._access_token = ""
        self._refresh_token = ""

    def login(self) -> Json:
        """Logs in and returns the caller's `user`; raises `ApiError` 401 for wrong credentials."""
        body = self.request("POST", "/auth/login", json=self._credentials, anonymous=True).body
        self._keep(body)
        return body["user"]

    def logout(self) -> None:
        """Ends the session on the server."""
        self.post("/auth/logout", {"refresh_token": self._refresh_token})
        self._access_token = self._refresh_token = ""

    def get(self, path: str, **params: Json) -> Json:
        """The JSON body of a GET; `params` become the query."""
        return self.request("GET", path, params=params).body

    def post(self, path: str, json: Json = None, *, key: str | None = None) -> Answer:
        """A POST, safe to repeat: it always carries an `Idempotency-Key` (a new one without `key`)."""
        return self.request("POST", path, json=json, headers={"Idempotency-Key": key} if key else {})

    def put(self, path: str, json: Json, **headers: str) -> Json:
        """The JSON body that answers a PUT; `If_Match="*"` becomes the header `If-Match`."""
        return self.request("PUT", path, json=json, headers=_header_names(headers)).body

    def patch(self, path: str, json: Json, **headers: str) -> Json:
        """The JSON body that answers a PATCH."""
        return self.request("PATCH", path, json=json, headers=_header_names(headers)).body

    def delete(self, path: str) -> None:
        """A DELETE."""
        self.request("DELETE", path)

    def pages(self, path: str, **params: Json) -> Iterator[Json]:
        """Every row of a list, page after page."""
        query = {"tamano": 200, **params}
        while True:
            page = self.get(path, **query)
            yield from page["datos"]
            if not page["paginacion"]["hay_mas"]:
                return
            # A cursor holds the position and the order: the API wants no `orden` beside it.
            query = {**query, "cursor": page["paginacion"]["siguiente"]}
            query.pop("orden", None)

    def request(
        self,
        method: str,
        path: str,
        *,
        json: Json = None,
        params: Mapping[str, Json] | None = None,
        headers: Mapping[str, str] | None = None,
        anonymous: bool = False,
    ) -> Answer:
        """One request as `send` does it; raises `ApiError` from status 400 on."""
        return _answer(*self.send(method, path, json=json, params=params, headers=headers, anonymous=anonymous))

    def send(
        self,
        method: str,
        path: str,
        *,
        json: Json = None,
        data: bytes | Mapping[str, str] | None = None,
        files: Mapping[str, Any] | None = None,
        params: Mapping[str, Json] | None = None,
        headers: Mapping[str, str] | None = None,
        anonymous: bool = False,
    ) -> tuple[requests.Response, int]:
        """The answer, whatever its status, and how many attempts it took.

        With `files` (field → name and content) the body is a form and `data` its other fields.

        Repeats while the system asks to wait or the connection breaks; a 401 renews the token once. A
        PUT, PATCH or DELETE whose connection broke is not repeated, because nobody knows whether it
        was done. Raises `NotReachable` when patience ends.
        """
        sent = dict(headers or {})
        if method == "POST":
            sent.setdefault("Idempotency-Key", str(uuid.uuid4()))
        deadline = time.monotonic() + self.patience
        renewed = anonymous or not self._access_token
        attempt = 0
        while True:
            attempt += 1
            if not anonymous and self._access_token:
                sent["Authorization"] = f"Bearer {self._access_token}"
            try:
                response = self._http.request(
                    method,
                    self.url + path,
                    json=json,
                    data=data,
                    files=files,
                    params=params,
                    headers=sent,
                    timeout=(5, 60),
                )
            except CONNECTION_LOST as error:
                if method not in ("GET", "POST"):
                    raise NotReachable(f"se perdió la conexión en {method} {path}") from error
                self._wait(attempt, None, deadline, f"no hay conexión con {self.url}")
                continue
            if response.status_code == 401 and not renewed:
                renewed = True
                self._renew()
            elif _should_wait(response):
                reason = f"{self.url} responde {response.status_code}"
                self._wait(attempt, response.headers.get("Retry-After"), deadline, reason)
            else:
                return response, attempt

    def _keep(self, tokens: Json) -> None:
        self._access_token = tokens["access_token"]
        self._refresh_token = tokens["refresh_token"]

    def _renew(self) -> None:
        try:
            tokens = {"refresh_token": self._refresh_token}
            self._keep(self.request("POST", "/auth/refresh", json=tokens, anonymous=True).body)
        except ApiError:
            self.login()

    def _wait(self, attempt: int, retry_after: str | None, deadline: float, reason: str) -> None:
        asked = _seconds(retry_after)
        pause = asked * random.uniform(1, 1.1) if asked is not None else _backoff(attempt)  # noqa: S311
        if time.monotonic() + pause > deadline:
            raise NotReachable(f"{reason}; se intentó {attempt} veces")
        time.sleep(pause)


def _should_wait(response: requests.Response) -> bool:
    # 409 with Retry-After: the first of two equal requests is still running.
    in_progress = response.status_code == 409 and "Retry-After" in response.headers
    return response.status_code in TRY_AGAIN_LATER or in_progress


def _backoff(attempt: int) -> float:
    return min(10.0, 0.1 * 2.0**attempt) * random.uniform(0.5, 1.5)  # noqa: S311 - jitter, not a secret


def _seconds(retry_after: str | None) -> float | None:
    """`Retry-After` as seconds from now: it is a number of seconds or a date (RFC 9110, 10.2.3)."""
    if not retry_after:
        return None
    try:
        return max(0.0, float(retry_after))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time.time())
    except ValueError:
        return None


def _answer(response: requests.Response, attempts: int) -> Answer:
    try:
        body = response.json() if response.content else None
    except requests.exceptions.JSONDecodeError:
        body = {"detail": response.text[:200]} if response.status_code >= 400 else response.text
    if response.status_code >= 400:
        raise ApiError(response.status_code, body if isinstance(body, dict) else {})
    return Answer(response.status_code, body, response.headers, attempts)


def _header_names(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def _flat(messages: Json) -> str:
    if isinstance(messages, dict):
        return ", ".join(f"{key}: {_flat(value)}" for key, value in messages.items())
    if isinstance(messages, list):
        return ", ".join(_flat(message) for message in messages)
    return str(messages)
