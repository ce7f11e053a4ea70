"""What belongs to the work in hand: request id and trace, in requests, workers and commands alike."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_request_id: ContextVar[str] = ContextVar("request_id", default="")
_traceparent: ContextVar[str] = ContextVar("traceparent", default="")

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
# W3C Trace Context, version 00: version-traceid-parentid-flags.
_TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


def request_id() -> str:
    """The id that ties together all log lines, errors and audit rows of one request."""
    return _request_id.get()


def traceparent() -> str:
    """The W3C trace context to pass on."""
    return _traceparent.get()


def begin(given_request_id: str | None = None, given_traceparent: str | None = None) -> None:
    """Start a piece of work; ill-formed ids are replaced, never trusted."""
    _request_id.set(
        given_request_id if given_request_id and _REQUEST_ID.fullmatch(given_request_id) else secrets.token_hex(16)
    )
    _traceparent.set(
        given_traceparent
        if given_traceparent and _TRACEPARENT.fullmatch(given_traceparent)
        else f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"
    )


@contextmanager
def piece_of_work(given_request_id: str | None = None, given_traceparent: str | None = None) -> Iterator[None]:
    """`begin` for a block: the surrounding ids come back afterwards."""
    before = _request_id.get(), _traceparent.get()
    begin(given_request_id, given_traceparent)
    try:
        yield
    finally:
        _request_id.set(before[0])
        _traceparent.set(before[1])
