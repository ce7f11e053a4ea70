"""ETag and If-Match: a person who edits a stale copy is told, instead of undoing someone's work."""

import re
from typing import Any, Protocol

from flask import g, request

from comun.errors import Problem

_TAG = re.compile(r'(?:W/)?("[^"]*")')
_ANY = frozenset({"*"})


class Versioned(Protocol):
    """Anything with a version column."""

    version: Any


def etag(resource: Versioned) -> str:
    """The strong entity tag of a resource's current version."""
    return f'"{resource.version}"'


def read_if_match(required: bool) -> None:
    """Take the request's If-Match; Problem 428 when the view requires one and there is none."""
    header = request.headers.get("If-Match")
    g.if_match = None
    if header is None:
        if required:
            require_if_match()
        return
    g.if_match = _ANY if header.strip() == "*" else frozenset(_TAG.findall(header))


def require_if_match() -> None:
    """Problem 428 when the request has no If-Match; for views where only some changes need one."""
    if g.get("if_match") is None:
        raise Problem(428)


def names_version() -> bool:
    """Whether the request says which version it means to change."""
    return g.get("if_match") not in (None, _ANY)


def check_version(resource: Versioned) -> None:
    """Problem 412 when the request's If-Match names another version of `resource`."""
    g.if_match_checked = True
    if names_version() and etag(resource) not in g.if_match:
        raise Problem(412, headers={"ETag": etag(resource)})


def ensure_checked() -> None:
    """A view that ignored an If-Match is a mistake in the view, not in the request."""
    if names_version() and not g.get("if_match_checked"):
        raise RuntimeError(f"{request.endpoint} ignored If-Match: call check_version()")
