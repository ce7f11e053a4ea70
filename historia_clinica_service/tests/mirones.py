"""What processes do that look at the record of patient 1."""

from __future__ import annotations

import sys
import time

from flask import Flask
from sqlalchemy import event

from comun.testing.client import ApiClient
from historia_clinica.extensiones import db


def mirar(app: Flask, veces: int) -> None:
    """So many times; prints how each was answered."""
    api = ApiClient(app).as_("admin")
    for _ in range(veces):
        sys.stdout.write(f"{api.get('/historia-clinica/pacientes/1/accesos?tamano=1').status_code}\n")


def mirar_y_pararse(app: Flask) -> None:
    """Stand still with the row written but not committed, and say so."""

    def pararse(_sesion: object) -> None:
        sys.stdout.write("escrito\n")
        sys.stdout.flush()
        time.sleep(600)

    with app.app_context():
        event.listen(db.session, "before_commit", pararse)
    mirar(app, 1)
