"""What one running service is made of, for the mechanism to find."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import current_app

if TYPE_CHECKING:
    from flask_sqlalchemy import SQLAlchemy
    from prometheus_client.core import Metric

    from comun.errors import ConstraintMessages
    from comun.events.consumer import Consumer
    from comun.events.subscribers import Subscriber
    from comun.tables import MechanismTables


@dataclass(frozen=True)
class Runtime:
    """The parts of a service that the mechanism works on.

    `service` is its path context, such as `citas`; `jobs` the names of what its worker does on a schedule;
    `figures` read what it has of its own for `/metrics`.
    """

    service: str
    db: SQLAlchemy
    tables: MechanismTables
    settings: Mapping[str, Any]
    permissions: Mapping[str, str]
    constraints: ConstraintMessages
    consumer: Consumer
    subscribers: Mapping[str, Subscriber]
    jobs: Collection[str] = ()
    figures: Sequence[Callable[[], Iterable[Metric]]] = ()


def runtime() -> Runtime:
    """The service that handles the current request, command or job."""
    found: Runtime = current_app.extensions["comun"]
    return found
