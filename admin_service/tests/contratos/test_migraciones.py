"""The schema exists only through migrations, on both databases."""

from flask import Flask

from comun.auth.permissions import undeclared
from comun.migrations import differences


def test_models_and_migrations_agree(app: Flask) -> None:
    assert differences(app, only_in_migrations=["paciente_fts*", "ix_paciente_trigramas"]) == []


def test_every_view_declares_a_known_permission(app: Flask) -> None:
    assert undeclared(app, set(app.extensions["comun"].permissions)) == []
