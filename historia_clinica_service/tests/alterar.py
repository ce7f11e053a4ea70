"""What somebody can do who owns the database."""

from __future__ import annotations

from flask import Flask

from historia_clinica.extensiones import db


def alterar(app: Flask, tabla: str, *ordenes: str) -> None:
    """Run these where the triggers of a table don't see it."""
    with app.app_context(), db.engine.begin() as conexion:
        if conexion.dialect.name == "postgresql":
            conexion.exec_driver_sql("SET LOCAL session_replication_role = replica")
            for orden in ordenes:
                conexion.exec_driver_sql(orden)
            return
        guardas = conexion.exec_driver_sql(
            f"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{tabla}'"
        ).all()
        for nombre, _ in guardas:
            conexion.exec_driver_sql(f"DROP TRIGGER {nombre}")
        for orden in ordenes:
            conexion.exec_driver_sql(orden)
        for _, sql in guardas:
            conexion.exec_driver_sql(sql)
