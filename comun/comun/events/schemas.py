"""Contracts of events: one JSON Schema file per event type, `<type>.json`, about its `data`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from flask import Flask, current_app
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import best_match

_EXTENSION = "event_schemas"
_formats = FormatChecker(["date", "email", "uuid"])


@_formats.checks("date-time", raises=ValueError)
def _is_moment(value: object) -> bool:
    """ISO 8601 with an offset."""
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


class EventContractError(ValueError):
    """An event that no contract knows, or whose data breaks its contract: the emitter is wrong."""


class EventSchemas:
    """The schemas in one folder, compiled once. A service's own are in `<package>/eventos/esquemas/`."""

    def __init__(self, folder: Path) -> None:
        self._validators: dict[str, Draft202012Validator] = {}
        for path in sorted(folder.glob("*.json")):
            schema = orjson.loads(path.read_bytes())
            Draft202012Validator.check_schema(schema)
            self._validators[path.stem] = Draft202012Validator(schema, format_checker=_formats)

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
        return list(self._validators)

    def schema(self, event_type: str) -> Mapping[str, Any]:
        """The JSON Schema of that type. Raises EventContractError when there is none."""
        schema = self._validator(event_type).schema
        return schema if isinstance(schema, Mapping) else {}

    def validate(self, event_type: str, data: object) -> None:
        """Raise EventContractError when there is no such event, or `data` breaks its contract."""
        # The value at fault may be personal: only say where and which rule.
        if error := best_match(self._validator(event_type).iter_errors(data)):
            raise EventContractError(f"{event_type}: {error.json_path} breaks {error.validator!r}")

    def _validator(self, event_type: str) -> Draft202012Validator:
        try:
            return self._validators[event_type]
        except KeyError:
            raise EventContractError(f"{event_type}: no schema") from None
