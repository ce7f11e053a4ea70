"""Settings from the environment, declared once with what they mean.

Every setting `X` may also be given as `X_FILE`, a path whose content is the value (secrets in containers).
"""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

SHORTEST_KEY = 32
# The longer events come together, the less bookings on one machine lose to the relay: docs/benchmarks.md.
GATHER_SECONDS = 0.7
PEER_SECONDS = 5.0


class SettingError(SystemExit):
    """A setting is missing or makes no sense: the start stops with a sentence that says what to set."""


@dataclass(frozen=True)
class Setting:
    """One setting. Without a default it is required; `parse` turns the text into the value."""

    name: str
    doc: str
    default: Any = None
    parse: Callable[[str], Any] = str
    required: bool = False

    def read(self, environment: Mapping[str, str]) -> Any:
        """The value from the environment, or the default."""
        text = environment.get(self.name)
        if not text and (path := environment.get(f"{self.name}_FILE")):
            text = _file_content(self.name, path)
        if not text:
            if self.required:
                raise SettingError(f"{self.name} is not set. {self.doc} Set {self.name} or {self.name}_FILE.")
            return self.default
        try:
            return self.parse(text)
        except ValueError as error:
            raise SettingError(f"{self.name} has an invalid value ({error}). {self.doc}") from None


def _file_content(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingError(f"{name}_FILE can't be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise SettingError(f"{name}_FILE can't be read: it is not UTF-8 text.") from None


def pairs(text: str) -> dict[str, str]:
    """`a=x,b=y` as a mapping."""
    found = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, separator, value = part.partition("=")
        if not separator or not name or not value:
            raise ValueError("expected name=value,name=value")
        found[name.strip()] = value.strip()
    return found


def database_url(text: str) -> str:
    """The text, when it can be a database URL; the URL itself is a secret."""
    try:
        make_url(text)
    except ArgumentError:
        raise ValueError("not a URL") from None
    return text


def secret_keys(text: str) -> list[str]:
    """Keys of at least 32 characters, comma separated: the first is used, all are believed."""
    keys = [part.strip() for part in text.split(",") if part.strip()]
    if not keys or any(len(key) < SHORTEST_KEY for key in keys):
        raise ValueError(f"each key needs at least {SHORTEST_KEY} characters")
    return keys


def read_settings(
    declared: Iterable[Setting],
    overrides: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] = os.environ,
) -> dict[str, Any]:
    """All declared settings; `overrides` (tests) win over the environment."""
    overrides = dict(overrides or {})
    settings = {}
    for setting in declared:
        if setting.name in overrides:
            settings[setting.name] = overrides.pop(setting.name)
        else:
            settings[setting.name] = setting.read(environment)
    if overrides:
        raise SettingError(f"unknown settings: {', '.join(sorted(overrides))}")
    return settings


def service_settings(prefix: str, port: int, *, has_credentials: bool = True) -> list[Setting]:
    """The settings that every service has; `prefix` is such as `CITAS`.

    `has_credentials`: it identifies itself at auth_service (which itself need not).
    """
    credentials = [
        Setting(f"{prefix}_CLIENT_ID", "Name of this service at auth_service.", prefix.lower()),
        Setting(f"{prefix}_CLIENT_SECRET", "Its secret there (see AUTH_SERVICE_CLIENTS).", required=True),
    ]
    return [
        Setting(
            f"{prefix}_DATABASE_URL",
            "Its own database: postgresql://… or sqlite:////path.",
            parse=database_url,
            required=True,
        ),
        Setting(f"{prefix}_HOST", "Address to listen on.", "127.0.0.1"),
        Setting(f"{prefix}_PORT", "Port to listen on.", port, int),
        Setting(f"{prefix}_WORKERS", "gunicorn worker processes (1 with SQLite).", 1, int),
        Setting(f"{prefix}_THREADS", "Threads per worker; also the size of the connection pool.", 8, int),
        *(credentials if has_credentials else ()),
        Setting(
            f"{prefix}_EVENT_SUBSCRIBERS",
            "Who gets this service's events: name=base URL, comma separated; event types after the URL: only these.",
            {},
            pairs,
        ),
        Setting(f"{prefix}_WORKER_METRICS_PORT", "Port for the worker's /metrics; none when unset.", None, int),
        Setting(f"{prefix}_WORKER_HEARTBEAT", "File that the worker touches while it is well.", None),
        Setting("AUTH_URL", "Base URL of auth_service.", "http://127.0.0.1:5001"),
        Setting("JWT_ISSUER", "Issuer that tokens must carry.", "odontocare"),
        Setting("JWT_AUDIENCE", "Audience that tokens must carry.", "odontocare-api"),
        Setting("TRUSTED_PROXIES", "Proxies in front whose X-Forwarded-For is believed.", 1, int),
        Setting("LOG_LEVEL", "Level of the JSON logs.", "INFO", str.upper),
        Setting("PEER_TIMEOUT_SECONDS", "How long another service may take to answer.", PEER_SECONDS, float),
        Setting(
            "PEER_BREAKER_SECONDS",
            "For how long another service is not asked that has failed five times in a row.",
            PEER_SECONDS,
            float,
        ),
        Setting("REVOCATION_POLL_SECONDS", "How often revoked tokens are asked for.", 2.0, float),
        Setting(
            "EVENT_GATHER_SECONDS",
            "How long events come together after a delivery: less brings them sooner, more costs less.",
            GATHER_SECONDS,
            float,
        ),
    ]
