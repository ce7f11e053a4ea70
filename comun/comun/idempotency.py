"""`Idempotency-Key`: a request that is repeated gets the first answer again, and has its effect once."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
from flask import Response, request
from sqlalchemy import delete, insert, select

from comun.auth.caller import ANONYMOUS, caller
from comun.db import now
from comun.errors import Invalid, Problem
from comun.runtime import runtime

KEPT_FOR = timedelta(hours=24)
_KEPT_HEADERS = ("Content-Type", "Location", "ETag")


@dataclass(frozen=True)
class IdempotentRequest:
    """A POST with a key. Its record commits together with its effect; only successes are kept.

    Bodies may hold passwords, so what is kept of them is an HMAC under the caller's key, and of the key a hash.
    """

    caller: str
    key_hash: str
    fingerprint: str

    @classmethod
    def current(cls) -> IdempotentRequest | None:
        """The current request, when it is a POST that carries a key."""
        key = request.headers.get("Idempotency-Key")
        if request.method != "POST" or key is None:
            return None
        if not 1 <= len(key) <= 255 or not key.isprintable() or not key.isascii():
            raise Invalid({"Idempotency-Key": ["De 1 a 255 caracteres imprimibles."]})
        content = b"\n".join((request.path.encode(), request.query_string, _body()))
        who = caller()
        name = f"anonimo:{request.remote_addr}" if who is ANONYMOUS else who.actor
        fingerprint = hmac.new(key.encode(), content, hashlib.sha256).hexdigest()
        return cls(name, hash_key(key), fingerprint)

    def stored_answer(self) -> Response | None:
        """The answer the first such request got; 422 when that one had another body."""
        session, table = runtime().db.session, runtime().tables.idempotency
        row = session.execute(
            select(table).where(
                table.c.llamador == self.caller,
                table.c.clave == self.key_hash,
                table.c.creado_en > now() - KEPT_FOR,
            )
        ).first()
        session.rollback()
        if row is None:
            return None
        if row.huella != self.fingerprint:
            raise Problem(
                422,
                "clave_idempotencia_reutilizada",
                "Esa Idempotency-Key ya se usó con otro contenido.",
            )
        response = Response(row.cuerpo, row.estado_http, headers=_pairs(row.cabeceras))
        response.headers["Idempotent-Replayed"] = "true"
        return response

    def keep(self, response: Response) -> None:
        """Record the answer in the transaction of its effect."""
        session, table = runtime().db.session, runtime().tables.idempotency
        mine = (table.c.llamador == self.caller) & (table.c.clave == self.key_hash)
        session.execute(delete(table).where(mine, table.c.creado_en <= now() - KEPT_FOR))
        session.execute(
            insert(table).values(
                llamador=self.caller,
                clave=self.key_hash,
                huella=self.fingerprint,
                estado_http=response.status_code,
                cabeceras={k: response.headers[k] for k in _KEPT_HEADERS if k in response.headers},
                cuerpo=response.get_data(),
                creado_en=now(),
            )
        )


def _body() -> bytes:
    """What was sent. Of a form its parts: what is put between them differs each time it is sent."""
    body = request.get_data(cache=True)
    if request.mimetype != "multipart/form-data":
        return body
    parts: list[tuple[str | None, ...]] = [*request.form.items(multi=True)]
    for name, file in request.files.items(multi=True):
        parts.append((name, file.filename, file.mimetype, hashlib.sha256(file.stream.read()).hexdigest()))
        file.stream.seek(0)
    return orjson.dumps(parts) if parts else body


def hash_key(key: str) -> str:
    """What is kept of an idempotency key."""
    return hashlib.sha256(key.encode()).hexdigest()


def _pairs(headers: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(name, str(value)) for name, value in headers.items()]


def purge() -> int:
    """Forget answers older than a day; the number forgotten. Commits."""
    session, table = runtime().db.session, runtime().tables.idempotency
    gone: Any = session.execute(delete(table).where(table.c.creado_en <= now() - KEPT_FOR))
    session.commit()
    return int(gone.rowcount)
