"""The tables that every service has for the mechanism: events, jobs, idempotency, audit, remote cache.

Core tables, created in the metadata of each service by `mechanism_tables`, so that comun holds no model.
Their migration is `comun.migrations.create_mechanism_tables`.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from comun.db import UtcDateTime

# SQLite only counts up by itself on INTEGER keys.
BigId = BigInteger().with_variant(Integer, "sqlite")
Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

DELIVERY_STATES = ("pendiente", "entregada", "fallida")


@dataclass(frozen=True)
class MechanismTables:
    """Handles on the mechanism's tables of one service."""

    outbox: Table
    deliveries: Table
    inbox: Table
    jobs: Table
    idempotency: Table
    audit: Table
    remote_cache: Table


def mechanism_tables(metadata: MetaData) -> MechanismTables:
    """Declare the mechanism's tables in a service's metadata."""
    return MechanismTables(
        outbox=Table(
            "evento_saliente",
            metadata,
            Column("id", BigId, primary_key=True),
            Column("evento_id", String(36), nullable=False, unique=True),
            Column("tipo", String(80), nullable=False),
            Column("sujeto", String(80), nullable=False),
            Column("secuencia", Integer, nullable=False),
            Column("momento", UtcDateTime, nullable=False),
            Column("datos", Json, nullable=False),
            Column("traceparent", String(55), nullable=False),
            UniqueConstraint("sujeto", "secuencia"),
        ),
        deliveries=Table(
            "entrega",
            metadata,
            Column("evento_id", BigId, ForeignKey("evento_saliente.id", ondelete="CASCADE"), primary_key=True),
            Column("suscriptor", String(40), primary_key=True),
            Column("sujeto", String(80), nullable=False),
            Column("estado", String(10), nullable=False, server_default="pendiente"),
            Column("intentos", SmallInteger, nullable=False, server_default="0"),
            Column("pendiente_desde", UtcDateTime, nullable=False),
            Column("proximo_intento", UtcDateTime, nullable=False),
            Column("arrendada_hasta", UtcDateTime),
            Column("arrendada_por", String(64)),
            Column("ultimo_error", Text),
            Column("entregada_en", UtcDateTime),
            CheckConstraint(f"estado IN {DELIVERY_STATES}", name="estado"),
            Index("ix_entrega_turno", "suscriptor", "sujeto", "evento_id", **_partial("estado <> 'entregada'")),
            Index("ix_entrega_pendiente", "suscriptor", "evento_id", **_partial("estado = 'pendiente'")),
        ),
        inbox=Table(
            "evento_recibido",
            metadata,
            Column("origen", String(80), primary_key=True),
            Column("evento_id", String(64), primary_key=True),
            Column("tipo", String(80), nullable=False),
            Column("sujeto", String(80), nullable=False),
            Column("secuencia", Integer, nullable=False),
            Column("recibido_en", UtcDateTime, nullable=False),
            Index("ix_evento_recibido_sujeto", "origen", "sujeto", "secuencia"),
        ),
        # `ultimo_fin`: when it last ended well; `ultimo_error`: of the last run, when that failed.
        jobs=Table(
            "trabajo",
            metadata,
            Column("nombre", String(60), primary_key=True),
            Column("proxima_vez", UtcDateTime, nullable=False),
            Column("arrendado_hasta", UtcDateTime),
            Column("arrendado_por", String(64)),
            Column("ultimo_inicio", UtcDateTime),
            Column("ultimo_fin", UtcDateTime),
            Column("ultimo_error", Text),
        ),
        idempotency=Table(
            "idempotencia",
            metadata,
            Column("llamador", String(80), primary_key=True),
            Column("clave", String(64), primary_key=True),
            Column("huella", String(64), nullable=False),
            Column("estado_http", SmallInteger, nullable=False),
            Column("cabeceras", Json, nullable=False),
            Column("cuerpo", LargeBinary, nullable=False),
            Column("creado_en", UtcDateTime, nullable=False, index=True),
        ),
        audit=Table(
            "auditoria",
            metadata,
            Column("id", BigId, primary_key=True),
            Column("momento", UtcDateTime, nullable=False, index=True),
            Column("actor", String(80), nullable=False),
            Column("rol", String(40)),
            Column("accion", String(80), nullable=False),
            Column("recurso", String(60)),
            Column("recurso_id", BigId),
            Column("cambios", Json),
            Column("direccion_ip", String(45)),
            Column("traza", String(64), nullable=False),
            Index("ix_auditoria_recurso", "recurso", "recurso_id", "id"),
        ),
        remote_cache=Table(
            "cache_remota",
            metadata,
            Column("clave", String(80), primary_key=True),
            Column("documento", Json, nullable=False),
            Column("obtenido_en", UtcDateTime, nullable=False),
        ),
    )


def _partial(condition: str) -> dict[str, Any]:
    return {"postgresql_where": text(condition), "sqlite_where": text(condition)}
