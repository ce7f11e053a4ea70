"""What the modules of this service share."""

from comun.db import make_database
from comun.errors import ConstraintMessages
from comun.tables import mechanism_tables

db = make_database()
tablas = mechanism_tables(db.metadata)
restricciones = ConstraintMessages()
