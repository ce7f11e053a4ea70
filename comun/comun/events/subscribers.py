"""Who gets a service's events, as its setting `<SERVICE>_EVENT_SUBSCRIBERS` says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Subscriber:
    """Another service: its base URL, and the event types that it is told of; without any, of all."""

    url: str
    types: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, text: str) -> Subscriber:
        """Of `http://facturacion:5004 cita.completada.v1 cita.reabierta.v1`: the types follow the URL."""
        url, *types = text.split()
        return cls(url, frozenset(types))

    def takes(self, event_type: str) -> bool:
        """Whether it is told of such an event."""
        return not self.types or event_type in self.types


def parse_subscribers(texts: Mapping[str, str]) -> dict[str, Subscriber]:
    """Name → subscriber, of the setting's pairs."""
    return {name: Subscriber.parse(text) for name, text in texts.items()}
