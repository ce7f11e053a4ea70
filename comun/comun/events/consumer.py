"""The receiving side: each event that a service listens to has its effect exactly once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar

from sqlalchemy import exists, select

from comun import context
from comun.db import await_turn, insert_all, now
from comun.errors import Invalid
from comun.events.schemas import EventContractError, EventSchemas
from comun.runtime import runtime

Outcome = Literal["aplicado", "duplicado", "ignorado"]


@dataclass(frozen=True)
class Event:
    """A CloudEvents 1.0 event as received. Its source counts `sequence` from 1 per subject, without gaps."""

    id: str
    source: str
    type: str
    subject: str
    sequence: int
    time: datetime
    data: Mapping[str, Any]
    traceparent: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What makes it one and the same event, whenever it comes: source and id."""
        return self.source, self.id

    @property
    def subject_id(self) -> int:
        """The id in `subject`: 123 of `cita/123`."""
        return int(self.subject.rpartition("/")[2])

    @property
    def row(self) -> dict[str, Any]:
        """What it tells, as a copy of the row keeps it: as of which news (`secuencia`), and what is gone inactive."""
        told = {**self.data, "secuencia": self.sequence}
        return told | {"activo": False} if self.type.partition(".")[2].startswith("eliminado.") else told

    @classmethod
    def parse(cls, document: object) -> Event:
        """The event in a CloudEvents JSON document. Raises Invalid (422) naming the attributes at fault."""
        if not isinstance(document, Mapping):
            raise Invalid({"_cuerpo": ["Debe ser un evento CloudEvents 1.0."]})
        faults: dict[str, list[str]] = {}

        def read(name: str, parse: Callable[[Any], Any]) -> Any:
            try:
                return parse(document.get(name))
            except (ValueError, TypeError):
                faults[name] = ["Falta o no es válido."]

        read("specversion", _exactly("1.0"))
        event = cls(
            id=read("id", _text(64)),
            source=read("source", _text(80)),
            type=read("type", _text(80)),
            subject=read("subject", _text(80)),
            sequence=read("sequence", _positive),
            time=read("time", _moment),
            data=read("data", _mapping),
            traceparent=read("traceparent", lambda value: value and _text(55)(value)),
        )
        if faults:
            raise Invalid(faults)
        return event


Handler = Callable[[Event], None]
HandlerOfMany = Callable[[Sequence[Event]], None]
SomeHandler = TypeVar("SomeHandler", bound=Handler)
SomeHandlerOfMany = TypeVar("SomeHandlerOfMany", bound=HandlerOfMany)


class Consumer:
    """Which events a service listens to. `schemas` are its own copies of their contracts.

    A handler works on the session and neither commits nor calls other services; a type has one handler, and
    beside it there may be one for events of all types.
    """

    def __init__(self, schemas: EventSchemas | None = None) -> None:
        self._schemas = schemas
        self._handlers: dict[str, Handler] = {}
        self._of_many: dict[str, HandlerOfMany] = {}
        self._of_all: HandlerOfMany | None = None

    @property
    def types(self) -> list[str]:
        """Every event type that has a handler."""
        return sorted([*self._handlers, *self._of_many])

    def listens_to(self, event_type: str) -> bool:
        """Whether events of that type have an effect here, and are remembered."""
        return self._of_all is not None or event_type in self._handlers or event_type in self._of_many

    def on(self, *types: str) -> Callable[[SomeHandler], SomeHandler]:
        """Let the decorated function handle these event types, one event at a time."""

        def register(handler: SomeHandler) -> SomeHandler:
            self._claim(types, self._handlers, handler)
            return handler

        return register

    def on_many(self, *types: str) -> Callable[[SomeHandlerOfMany], SomeHandlerOfMany]:
        """Let the decorated function handle these event types, all that came together, each subject once.

        For a copy that one statement writes of many; such a handler belongs to no one event, so what it writes
        should leave no audit row.
        """

        def register(handler: SomeHandlerOfMany) -> SomeHandlerOfMany:
            self._claim(types, self._of_many, handler)
            return handler

        return register

    def _claim(self, types: Iterable[str], handlers: dict[str, Any], handler: Any) -> None:
        for event_type in types:
            if self._handlers.get(event_type, self._of_many.get(event_type, handler)) is not handler:
                raise ValueError(f"{event_type} has a handler already")
            handlers[event_type] = handler

    def on_all(self, handler: HandlerOfMany) -> HandlerOfMany:
        """Let the decorated function handle events of every type, after the types' own handlers.

        It takes all that came together, so that a log needs few statements for many events.
        """
        if self._of_all is not None:
            raise ValueError("there is a handler of all events already")
        self._of_all = handler
        return handler

    def receive(self, document: object) -> Outcome:
        """As `receive_all`, for one event."""
        return self.receive_all([document])[0]

    def receive_all(self, documents: Iterable[object]) -> list[Outcome]:
        """Apply delivered events in the current transaction, which the caller commits; each subject's in their order.

        An event that was applied before has no effect, and one of another type than those listened to none
        either; both are acknowledged. While a twin's transaction runs, this one waits for it. Raises Invalid
        (422) for what is not an event or breaks its contract; all will be delivered again.
        """
        events = [Event.parse(document) for document in documents]
        for event in events:
            self._check_contract(event)
        outcomes: dict[int, Outcome] = dict.fromkeys(range(len(events)), "ignorado")
        heard = [place for place, event in enumerate(events) if self.listens_to(event.type)]
        for together in _without_repeated_subject(events, heard):
            new = _remember([events[place] for place in together])
            outcomes |= {place: self._apply(events[place], new) for place in together}
            self._apply_many([events[place] for place in together if events[place].key in new])
            if self._of_all and new:
                self._of_all([events[place] for place in sorted(together) if events[place].key in new])
        return list(outcomes.values())

    def _check_contract(self, event: Event) -> None:
        if self._schemas and event.type in self._schemas.types and self.listens_to(event.type):
            try:
                self._schemas.validate(event.type, event.data)
            except EventContractError as error:
                raise Invalid({"data": ["No cumple el contrato del evento."]}) from error

    def _apply(self, event: Event, new: set[tuple[str, str]]) -> Outcome:
        if event.key not in new:
            return "duplicado"
        if handle := self._handlers.get(event.type):
            with context.piece_of_work(event.id, event.traceparent):
                handle(event)
                # What it wrote is flushed, and its audit rows with it, while this is the piece of work.
                runtime().db.session.flush()
        return "aplicado"

    def _apply_many(self, new: Sequence[Event]) -> None:
        by_handler: dict[HandlerOfMany, list[Event]] = defaultdict(list)
        for event in new:
            if handle := self._of_many.get(event.type):
                by_handler[handle].append(event)
        for handle, events in by_handler.items():
            handle(events)


def superseded(event: Event) -> bool:
    """Whether later news of the same subject was applied already, as happens when old events are replayed.

    Waits for what another transaction does with the same subject, and makes others wait that ask this: of two
    events that are applied at once, one knows of the other.
    """
    inbox, session = runtime().tables.inbox, runtime().db.session
    await_turn(session, f"{event.source} {event.subject}")
    later = select(inbox.c.evento_id).where(
        inbox.c.origen == event.source,
        inbox.c.sujeto == event.subject,
        inbox.c.secuencia > event.sequence,
    )
    return bool(session.scalar(select(exists(later))))


def _without_repeated_subject(events: Sequence[Event], places: Iterable[int]) -> list[list[int]]:
    """Of these places those of the first event of each subject, then those of the second and so on.

    Apart, because the inbox must not know of what comes later. Sorted by subject, so that whoever writes about
    several in one transaction can do so in the same order (`centro`, `doctor`, `paciente`) and none deadlocks.
    """
    turns: list[list[int]] = []
    seen: Counter[tuple[str, str]] = Counter()
    for place in places:
        event = events[place]
        turn = seen[event.source, event.subject]
        seen[event.source, event.subject] += 1
        if turn == len(turns):
            turns.append([])
        turns[turn].append(place)
    return [sorted(turn, key=lambda place: (events[place].subject, events[place].source)) for turn in turns]


def _remember(events: Sequence[Event]) -> set[tuple[str, str]]:
    """Those that were not received before; waits while another transaction is about to say so."""
    if not events:
        return set()
    service = runtime()
    session = service.db.session
    inbox = service.tables.inbox
    moment = now()
    rows = [
        {
            "origen": event.source,
            "evento_id": event.id,
            "tipo": event.type,
            "sujeto": event.subject,
            "secuencia": event.sequence,
            "recibido_en": moment,
        }
        # Two deliveries of the same events must not lock them in opposite orders.
        for event in sorted(events, key=lambda event: event.key)
    ]
    new = insert_all(session, inbox, rows, absent=True, returning=(inbox.c.origen, inbox.c.evento_id))
    return {(row.origen, row.evento_id) for row in new}


def _text(longest: int) -> Callable[[Any], str]:
    def parse(value: Any) -> str:
        if not isinstance(value, str) or not 0 < len(value) <= longest or "\0" in value:
            raise ValueError
        return value

    return parse


def _exactly(expected: str) -> Callable[[Any], str]:
    def parse(value: Any) -> str:
        if value != expected:
            raise ValueError
        return expected

    return parse


def _positive(value: Any) -> int:
    number = int(value) if isinstance(value, str) and value.isdecimal() else 0
    if not 1 <= number < 2**31:
        raise ValueError
    return number


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError
    return moment


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError
    return value
