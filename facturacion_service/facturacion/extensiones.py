"""What the modules of this service share: database, mechanism tables, constraint messages, event consumer, tasks."""

from pathlib import Path

from comun.db import make_database
from comun.errors import ConstraintMessages
from comun.events import Consumer, EventSchemas
from comun.tables import mechanism_tables
from comun.tasks import Tasks

db = make_database()
tablas = mechanism_tables(db.metadata)
restricciones = ConstraintMessages()
consumidor = Consumer(EventSchemas(Path(__file__).parent / "eventos" / "esquemas_consumidos"))
# Appointments of which the worker brings the invoice to what was last told of them.
pendientes = Tasks(db.metadata)
