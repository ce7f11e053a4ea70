"""Every view says who may call it. A view that says nothing can't be registered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask

View = TypeVar("View", bound=Callable[..., Any])

_MARK = "access_rule"


@dataclass(frozen=True)
class AccessRule:
    """What a view declares: a permission, or that it is public (None), or any signed-in caller (empty)."""

    permission: str | None
    keeps_secret: bool = False
    reads_token: bool = False

    @property
    def name(self) -> str:
        return self.permission or "publico"


def permission(name: str, *, keeps_secret: bool = False) -> Callable[[View], View]:
    """Only callers with this permission. `keeps_secret`: the answer is never kept for idempotent replay."""

    def mark(view: View) -> View:
        setattr(view, _MARK, AccessRule(name, keeps_secret))
        return view

    return mark


def public(view: View) -> View:
    """Anyone may call this view, with no token."""
    setattr(view, _MARK, AccessRule(None))
    return view


def public_secret(view: View) -> View:
    """Like `public`; the answer holds tokens and is never kept for replay."""
    setattr(view, _MARK, AccessRule(None, keeps_secret=True))
    return view


def public_or_known(view: View) -> View:
    """Like `public`, but a token that is given must be good, and says who the caller is."""
    setattr(view, _MARK, AccessRule(None, reads_token=True))
    return view


def rule_of(view: Callable[..., Any]) -> AccessRule | None:
    """The rule a view declares, if any."""
    return getattr(view, _MARK, None)


def views(app: Flask) -> Iterator[tuple[str, str, Callable[..., Any]]]:
    """(path, method, function) of every view of the application, for audits of its routes."""
    for rule in app.url_map.iter_rules():
        function = app.view_functions[rule.endpoint]
        view_class = getattr(function, "view_class", None)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule.rule, method, getattr(view_class, method.lower()) if view_class else function


def undeclared(app: Flask, known: set[str]) -> list[str]:
    """Views without a rule, or with a permission that nobody declared. Must be empty."""
    problems = []
    for path, method, function in views(app):
        rule = rule_of(function)
        if rule is None:
            problems.append(f"{method} {path}: declares no permission")
        elif rule.permission is not None and rule.permission not in known:
            problems.append(f"{method} {path}: unknown permission {rule.permission}")
    return problems
