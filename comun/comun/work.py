"""The unit of work of a request: one transaction, one commit, with its audit and idempotency rows.

A view works on the session and returns; this commits, once. What fails is rolled back whole.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, Response, current_app, g, make_response, request
from sqlalchemy.orm.exc import StaleDataError

from comun import audit
from comun.auth.permissions import AccessRule
from comun.auth.tokens import authorise
from comun.db import READING_METHODS
from comun.errors import Invalid, Problem
from comun.idempotency import IdempotentRequest
from comun.preconditions import ensure_checked, names_version, read_if_match
from comun.runtime import runtime

logger = logging.getLogger(__name__)

View = Callable[..., Any]

# The largest body of a view that takes files; that of all others is Flask's MAX_CONTENT_LENGTH.
UPLOAD_BYTES = 20 * 2**20


def guarded(
    view: View, rule: AccessRule, *, reads_query: bool, needs_if_match: bool | None, takes_files: bool = False
) -> View:
    """`view` behind its access rule and, for writes, inside a unit of work.

    `needs_if_match`: what it declares about If-Match, None when nothing: then it means nothing to a POST.
    """

    @wraps(view)
    def handle(*args: Any, **kwargs: Any) -> Any:
        audit.set_action(rule.permission or f"{request.blueprint}:{request.method.lower()} {request.endpoint}")
        authorise(rule)
        if takes_files:
            request.max_content_length = UPLOAD_BYTES
        if request.args and not reads_query:
            raise Invalid({name: ["Argumento desconocido."] for name in request.args})
        if request.method in READING_METHODS:
            return view(*args, **kwargs)
        if request.method != "POST" or needs_if_match is not None:
            read_if_match(bool(needs_if_match))
        return _write(lambda: view(*args, **kwargs), rule)

    return handle


def after_commit(callback: Callable[[], None]) -> None:
    """Run `callback` when the request's transaction has been committed; its failure is only logged."""
    g.setdefault("after_commit", []).append(callback)


def before_replay(app: Flask, check: Callable[[str], None]) -> None:
    """Run `check(permission)` before a kept answer is given again; it may raise. The view, with whatever rules it
    has of its own about whom it answers, does not run then.
    """
    app.extensions["before_replay"] = check


def _write(work: Callable[[], Any], rule: AccessRule) -> Response:
    repeated = None if rule.keeps_secret else IdempotentRequest.current()
    if repeated and (answer := _given_before(repeated, rule)):
        return answer
    session = runtime().db.session
    try:
        response = make_response(work())
        if response.status_code < 400:
            ensure_checked()
            session.flush()
            audit.ensure_recorded()
            if repeated:
                repeated.keep(response)
            session.commit()
        else:
            session.rollback()
    except Exception as error:
        session.rollback()
        # A twin that ran at the same time may have been first.
        if repeated and (answer := _given_before(repeated, rule)):
            return answer
        if isinstance(error, StaleDataError) and names_version():
            raise Problem(412) from error
        raise
    _run_after_commit()
    return response


def _given_before(repeated: IdempotentRequest, rule: AccessRule) -> Response | None:
    answer = repeated.stored_answer()
    if answer is not None and (check := current_app.extensions.get("before_replay")):
        check(rule.name)
    return answer


def _run_after_commit() -> None:
    for callback in g.pop("after_commit", []):
        try:
            callback()
        except Exception as error:  # noqa: BLE001 - the work is done and committed
            logger.warning("after commit: %s", type(error).__name__)
