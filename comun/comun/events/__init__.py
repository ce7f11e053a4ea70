"""Events between services: written with the change that they tell of, delivered in order, applied once.

`emit` in a use case, a `Consumer` with handlers for what others emit; `python -m <service> worker` delivers.
"""

from comun.events.consumer import Consumer, Event, superseded
from comun.events.outbox import emit, emit_first, redact
from comun.events.schemas import EventContractError, EventSchemas

__all__ = ["Consumer", "Event", "EventContractError", "EventSchemas", "emit", "emit_first", "redact", "superseded"]
