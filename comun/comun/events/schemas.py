"""Contracts of events: one JSON Schema file per event type, `<type>.json`, about its `data`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import orjson
from flask import Flask, current_app
from jsonschema_rs import Draft202012Validator

_EXTENSION = "event_schemas"

Found = TypeVar("Found")


class EventContractError(ValueError):
    """An event that no contract knows, or whose data breaks its contract: the emitter is wrong."""


class EventSchemas:
    """The schemas in one folder, compiled once. A service's own are in `<package>/eventos/esquemas/`.

    Raises ValueError when one is no schema. Formats are checked: `date-time` is RFC 3339, with an offset.
    """

    def __init__(self, folder: Path) -> None:
        self._schemas: dict[str, dict[str, Any]] = {
            path.stem: orjson.loads(path.read_bytes()) for path in sorted(folder.glob("*.json"))
        }
        self._validators = {
            event_type: Draft202012Validator(schema, validate_formats=True)
            for event_type, schema in self._schemas.items()
        }

    @classmethod
    def load(cls, app: Flask, folder: Path) -> EventSchemas:
        """Let `emit` in this application accept only events of that folder."""
        schemas = app.extensions[_EXTENSION] = cls(folder)
        return schemas

    @classmethod
    def of_current_app(cls) -> EventSchemas | None:
        """The schemas that the current application emits by."""
        found: EventSchemas | None = current_app.extensions.get(_EXTENSION)
        return found

    @property
    def types(self) -> list[str]:
        """Every event type with a schema here."""
        return list(self._schemas)

    def schema(self, event_type: str) -> Mapping[str, Any]:
        """The JSON Schema of that type. Raises EventContractError when there is none."""
        return self._known(self._schemas, event_type)

    def validate(self, event_type: str, data: object) -> None:
        """Raise EventContractError when there is no such event, or `data` breaks its contract."""
        validator = self._known(self._validators, event_type)
        if validator.is_valid(data):
            return
        # The value at fault may be personal: only say where and which rule.
        fault = next(validator.iter_errors(data))
        place, rule = ".".join(map(str, ("$", *fault.instance_path))), fault.schema_path[-1]
        raise EventContractError(f"{event_type}: {place} breaks {rule!r}")

    @staticmethod
    def _known(kept: Mapping[str, Found], event_type: str) -> Found:
        try:
            return kept[event_type]
        except KeyError:
            raise EventContractError(f"{event_type}: no schema") from None
