"""What every service is made of, put together once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask, g, request
from flask_sqlalchemy import SQLAlchemy
from prometheus_client.core import Metric
from werkzeug.middleware.proxy_fix import ProxyFix

from comun import audit, context
from comun.api import Api, Blueprint, init_json, schema_name
from comun.auth import trust
from comun.auth.permissions import public
from comun.auth.remote import RemoteTrust
from comun.auth.tokens import init_tokens
from comun.config import Setting, read_settings, service_settings
from comun.db import let_go_of_lost_connections
from comun.engine import configure_engine, engine_options, normalise_url
from comun.errors import ConstraintMessages, init_errors
from comun.events import EventSchemas
from comun.events.blueprint import INTERNAL_PERMISSIONS, events_blueprint
from comun.events.consumer import Consumer
from comun.events.outbox import add_outbox_constraints
from comun.events.subscribers import parse_subscribers
from comun.health import Check, register_health
from comun.http import ServiceTokens
from comun.logs import configure_logging, log_requests
from comun.metrics import register_metrics
from comun.runtime import Runtime
from comun.tables import MechanismTables
from comun.worker import Background, Job, maintenance_jobs

BULK_BYTES = 10 * 2**20

# The applications that forks of this process begin with, by the name of their service.
_made_ahead: dict[str, Flask] = {}


@dataclass(frozen=True)
class Service:
    """One service, declared. `name` is its path context (`citas`), `package` its import name."""

    name: str
    package: str
    title: str
    port: int
    db: SQLAlchemy
    tables: MechanismTables
    permissions: Mapping[str, str]
    blueprints: Sequence[Blueprint]
    constraints: ConstraintMessages
    consumer: Consumer = field(default_factory=Consumer)
    settings: Sequence[Setting] = ()
    jobs: Sequence[Job] = ()
    # What its worker does beside relay and jobs.
    background: Callable[[Flask], Sequence[Background]] = lambda _app: ()
    # What its readiness tells besides, for those who look after it: name → figures. They make nothing bad.
    reports: Mapping[str, Check] = field(default_factory=dict)
    # What it has of its own for /metrics, read when scraped.
    figures: Sequence[Callable[[], Iterable[Metric]]] = ()
    # Other services without which it can't work: name → setting that holds the base URL.
    needs: Mapping[str, str] = field(default_factory=dict)
    # Sets the service's own extensions (clients of other services and the like).
    prepare: Callable[[Flask], None] = lambda _app: None
    # Where keys and revocations, and this service's own token, come from; auth_service has its own.
    trust_source: Callable[[Flask], trust.TrustSource] | None = None
    own_token: Callable[[Flask], Callable[[], str]] | None = None
    # Rows that the service can't do without. Runs in the application's context after each migration, so it
    # leaves alone what is there; commits.
    seed: Callable[[], None] = lambda: None

    @property
    def prefix(self) -> str:
        """Of its settings: `CITAS`."""
        return self.name.upper().replace("-", "_")

    def declared_settings(self) -> list[Setting]:
        """All settings, its own and the common ones."""
        common = service_settings(self.prefix, self.port, has_credentials=self.own_token is None)
        return [*common, *self.settings]

    def setting(self, app: Flask, name: str) -> Any:
        """The value of one of its prefixed settings: `setting(app, "PORT")`."""
        return app.config[f"{self.prefix}_{name}"]

    def create_app(self, overrides: Mapping[str, Any] | None = None) -> Flask:
        """The Flask application; `overrides` (tests) win over the environment."""
        if overrides is None and self.name in _made_ahead:
            app = _made_ahead[self.name]
            configure_logging(self.name, app.config["LOG_LEVEL"])
            return app
        return self._create_app(overrides)

    def create_ahead(self) -> None:
        """Make the application now, for the forks of this process: each that asks for it has it from here."""
        _made_ahead[self.name] = self._create_app(None)

    def _create_app(self, overrides: Mapping[str, Any] | None) -> Flask:
        app = Flask(self.package, static_folder=None)
        settings = read_settings(self.declared_settings(), overrides)
        app.config.update(settings, MAX_CONTENT_LENGTH=BULK_BYTES, PROPAGATE_EXCEPTIONS=False)
        configure_logging(self.name, settings["LOG_LEVEL"])
        init_json(app)
        init_errors(app, self.constraints)
        add_outbox_constraints(self.constraints)
        self._init_database(app)
        app.extensions["comun"] = Runtime(
            service=self.name,
            db=self.db,
            tables=self.tables,
            settings=settings,
            permissions={**INTERNAL_PERMISSIONS, **self.permissions},
            constraints=self.constraints,
            consumer=self.consumer,
            subscribers=parse_subscribers(settings[f"{self.prefix}_EVENT_SUBSCRIBERS"]),
            jobs=[job.name for job in (*maintenance_jobs(), *self.jobs)],
            figures=self.figures,
        )
        app.extensions["service"] = self
        app.extensions["service_tokens"] = self._service_tokens(app)
        EventSchemas.load(app, Path(app.root_path) / "eventos" / "esquemas")
        self._init_requests(app)
        self._init_trust(app)
        self.prepare(app)
        self._register_routes(app)
        return app

    def _service_tokens(self, app: Flask) -> Callable[[], str]:
        if self.own_token:
            return self.own_token(app)
        return ServiceTokens(
            app.config["AUTH_URL"],
            self.setting(app, "CLIENT_ID"),
            self.setting(app, "CLIENT_SECRET"),
            seconds=app.config["PEER_TIMEOUT_SECONDS"],
            breaker_seconds=app.config["PEER_BREAKER_SECONDS"],
        )

    def _init_database(self, app: Flask) -> None:
        url = normalise_url(self.setting(app, "DATABASE_URL"))
        app.config["SQLALCHEMY_DATABASE_URI"] = url
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(url, self.setting(app, "THREADS"))
        self.db.init_app(app)
        let_go_of_lost_connections(app, self.db)
        with app.app_context():
            configure_engine(self.db.engine)
        audit.watch(self.db)

    def _init_requests(self, app: Flask) -> None:
        proxies = app.config["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]

        @app.before_request
        def begin() -> None:
            context.begin(request.headers.get("X-Request-ID"), request.headers.get("traceparent"))

        @app.after_request
        def identify(response: Any) -> Any:
            response.headers["X-Request-ID"] = context.request_id()
            return response

        @app.teardown_request
        def forget(_error: BaseException | None) -> None:
            g.pop("caller", None)

    def _init_trust(self, app: Flask) -> None:
        source = self.trust_source(app) if self.trust_source else RemoteTrust(app)
        store = trust.TrustStore(app, app.extensions["comun"], source, app.config["REVOCATION_POLL_SECONDS"])
        init_tokens(app, store, app.config["JWT_ISSUER"], app.config["JWT_AUDIENCE"])

    def _register_routes(self, app: Flask) -> None:
        app.config.update(
            API_TITLE=self.title,
            API_VERSION="1.0",
            OPENAPI_VERSION="3.1.0",
            API_SPEC_OPTIONS={
                "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
                "security": [{"bearer": []}],
            },
        )
        api = Api(app, spec_kwargs={"marshmallow_plugin": MarshmallowPlugin(schema_name)})
        for blueprint in (*self.blueprints, events_blueprint()):
            api.register_blueprint(blueprint)

        @public
        def openapi() -> Any:
            return app.json.response(api.document())

        app.add_url_rule(f"/{self.name}/openapi.json", "openapi", openapi)
        register_health(app, self.name, {name: app.config[url] for name, url in self.needs.items()}, self.reports)
        register_metrics(app)
        log_requests(app)
