"""The audit rows that the mechanism writes, to read."""

from auth.extensiones import db, tablas


class Auditoria(db.Model):
    """Who did what, when, from where, in which request. Only ever read here."""

    __table__ = tablas.audit
