"""What the modules of this service share: database, mechanism tables, constraint messages, event consumer."""

from comun.db import make_database
from comun.errors import ConstraintMessages
from comun.events.consumer import Consumer
from comun.tables import mechanism_tables

db = make_database()
tablas = mechanism_tables(db.metadata)
restricciones = ConstraintMessages()
# Without contracts: who emits an event has held it against its own, and a log keeps what it is told.
consumidor = Consumer()
