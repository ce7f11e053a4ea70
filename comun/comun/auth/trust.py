"""Which keys sign tokens, and which tokens were revoked: kept fresh in the background, never asked per request."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from typing import Any, Protocol

from flask import Flask
from jwt import PyJWKSet
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import SQLAlchemyError

from comun.db import now
from comun.errors import Unavailable
from comun.runtime import Runtime

logger = logging.getLogger(__name__)

KEYS_SECONDS = 300
UNKNOWN_KEY_SECONDS = 5
NO_KEY_SECONDS = 0.5


class TrustSource(Protocol):
    """Where keys and revocations come from: auth_service over REST, or its own database inside it."""

    def keys(self) -> dict[str, Any]:
        """The JWKS document."""

    def revocations(self) -> dict[str, Any]:
        """`{"revocaciones": [{"tipo", "clave", "version_minima"}]}`."""


class TrustStore:
    """Keys and revocations of one process.

    A thread renews them; what was learnt last is also kept in the service's database, so that a restart
    while auth_service is down still verifies tokens.
    """

    def __init__(self, app: Flask, runtime: Runtime, source: TrustSource, poll_seconds: float) -> None:
        self._app = app
        self._runtime = runtime
        self._source = source
        self._poll_seconds = poll_seconds
        self._lock = threading.Lock()
        self._taking = threading.Lock()
        self._asked: dict[str, float] = {}
        self._keys: dict[str, Any] = {}
        self._revoked: dict[tuple[str, str], int | None] = {}
        self._seen: dict[str, Any] = {}
        self._keys_at = 0.0
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()

    def key(self, kid: str) -> Any | None:
        """The public key object with that id; asks once more (at most every few seconds) when unknown.

        Raises Unavailable when no key was ever learnt: then a good token can't be told from a bad one.
        """
        self._ensure_running()
        if kid not in self._keys and self._may_ask_again():
            with self._lock:
                if kid not in self._keys and self._may_ask_again():
                    self._refresh_keys()
        if not self._keys:
            raise Unavailable(detail="Todavía no se pueden comprobar los tokens; intente de nuevo.")
        # A compromised key must not be believed until the keys are next renewed.
        return None if ("clave", kid) in self._revoked else self._keys.get(kid)

    def has_keys(self) -> bool:
        """Whether any token can be verified; asks for the keys while there are none."""
        self._ensure_running()
        with self._lock:
            if not self._keys and self._may_ask_again():
                self._refresh_keys()
        return bool(self._keys)

    def _may_ask_again(self) -> bool:
        return time.monotonic() - self._keys_at > (UNKNOWN_KEY_SECONDS if self._keys else NO_KEY_SECONDS)

    def revoked(self, claims: Mapping[str, Any]) -> bool:
        """Whether the session, the user's or the role's older tokens were revoked."""
        self._ensure_running()
        if ("sesion", str(claims.get("sid"))) in self._revoked:
            return True
        return self._older_than("usuario", claims.get("sub"), claims.get("uv")) or self._older_than(
            "rol", claims.get("rol"), claims.get("rv")
        )

    def _older_than(self, kind: str, key: Any, version: Any) -> bool:
        minimum = self._revoked.get((kind, str(key)))
        return minimum is not None and (not isinstance(version, int) or version < minimum)

    def refresh(self) -> None:
        """Ask the source now for what is due; keeps what it has when the source does not answer."""
        if not self._keys or time.monotonic() - self._keys_at > KEYS_SECONDS:
            self._refresh_keys()
        self._learn("revocaciones", self._source.revocations)

    def stop(self) -> None:
        """Renew no more in the background; what is known stays."""
        self._stop.set()

    def _refresh_keys(self) -> None:
        self._keys_at = time.monotonic()
        self._learn("jwks", self._source.keys)

    def _learn(self, name: str, fetch: Any) -> None:
        asked = time.monotonic()
        try:
            document = fetch()
            with self._taking:
                # An answer that was overtaken may not know of a key that is known here by now.
                if asked < self._asked.get(name, 0.0):
                    return
                self._asked[name] = asked
                if document == self._seen.get(name):
                    return
                self._take(name, document)
        except Exception as error:  # noqa: BLE001 - whatever it is, the last known state serves on
            logger.warning("%s not renewed: %s", name, type(error).__name__)
            return
        self._keep(name, document)

    def _take(self, name: str, document: dict[str, Any]) -> None:
        if name == "jwks":
            # Keys of a kind that this library does not know are left out.
            self._keys = {str(key.key_id): key.key for key in PyJWKSet.from_dict(document).keys}
        else:
            self._revoked = {
                (entry["tipo"], str(entry["clave"])): entry.get("version_minima")
                for entry in document["revocaciones"]
            }
        self._seen[name] = document

    def _keep(self, name: str, document: dict[str, Any]) -> None:
        table = self._runtime.tables.remote_cache
        try:
            with self._app.app_context(), self._runtime.db.engine.begin() as connection:
                connection.execute(delete(table).where(table.c.clave == name))
                connection.execute(insert(table).values(clave=name, documento=document, obtenido_en=now()))
        except SQLAlchemyError as error:  # Another process kept the same document at the same moment.
            logger.info("%s not kept: %s", name, type(error).__name__)

    def _recall(self) -> None:
        table = self._runtime.tables.remote_cache
        with self._app.app_context(), self._runtime.db.engine.connect() as connection:
            for row in connection.execute(select(table).where(table.c.clave.in_(("jwks", "revocaciones")))):
                self._take(row.clave, row.documento)

    def _ensure_running(self) -> None:
        # Started by the first request of a process, not at import: gunicorn forks in between.
        if self._thread is not None and self._thread.is_alive():
            return
        with self._lock:
            if self._thread is not None and self._thread.is_alive():
                return
            self._recall()
            self._refresh_keys()
            self._learn("revocaciones", self._source.revocations)
            self._thread = threading.Thread(target=self._run, name="trust", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while not self._stop.wait(self._poll_seconds):
            try:
                self.refresh()
            except Exception:
                logger.exception("keeping of keys or revocations failed")
