"""The commands: first administrator, integration clients, keys."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from auth.cli import cli
from auth.extensiones import db
from auth.modelos import ClaveFirma
from auth.servicio import SERVICIO
from comun.testing.client import ApiClient, ok

from ..conftest import credenciales

CSV = "nombre_usuario,contrasena,email,nombres,apellidos,rol,centros,permisos\n"


@pytest.fixture
def comando(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run a command against the application under test."""
    monkeypatch.setattr(type(SERVICIO), "create_app", lambda _self, _overrides=None: app)
    return lambda *argumentos: CliRunner().invoke(cli, list(argumentos))


class TestCrearAdmin:
    def test_de_un_csv_y_una_sola_vez(self, comando: Any, tmp_path: Path, anonimo: ApiClient) -> None:
        archivo = tmp_path / "usuarios.csv"
        archivo.write_text(
            CSV + "sec,Clave-De-Secretaria-1,,,,secretaria,UIO,\nJefe,Clave-Larga-77,J@example.com,Juan,Paz,Admin,,\n"
        )
        primero = comando("crear-admin", "--csv", str(archivo))
        assert (primero.exit_code, primero.output) == (0, "auth: administrator Jefe made\n")
        assert "exists already" in comando("crear-admin", "--csv", str(archivo)).output
        usuario = credenciales(anonimo, "jefe", "Clave-Larga-77")["user"]
        assert (usuario["rol"], usuario["full_name"], usuario["email"]) == ("admin", "Juan Paz", "j@example.com")

    def test_de_un_csv_de_otro_sistema(self, comando: Any, tmp_path: Path, anonimo: ApiClient) -> None:
        archivo = tmp_path / "usuarios.csv"
        archivo.write_bytes("\ufeffusername;password;rol\nadmin;Iguana-Chagra-8426;admin\n".encode())
        assert comando("crear-admin", "--csv", str(archivo)).exit_code == 0
        credenciales(anonimo, "admin", "Iguana-Chagra-8426")

    def test_de_los_ajustes(
        self, comando: Any, app: Flask, anonimo: ApiClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert comando("crear-admin").exit_code == 1
        monkeypatch.setitem(app.config, "AUTH_ADMIN_USUARIO", "raiz")
        monkeypatch.setitem(app.config, "AUTH_ADMIN_CONTRASENA", "Clave-Larga-55")
        assert comando("crear-admin").exit_code == 0
        credenciales(anonimo, "raiz", "Clave-Larga-55")

    @pytest.mark.parametrize(
        "fila", ["sec,Clave-Larga-1234,,,,secretaria,,", "admin,corta,,,,admin,,", "a b,Clave-Larga-1234,,,,admin,,"]
    )
    def test_sin_una_fila_buena_se_explica(self, comando: Any, tmp_path: Path, fila: str) -> None:
        archivo = tmp_path / "usuarios.csv"
        archivo.write_text(f"{CSV}{fila}\n")
        resultado = comando("crear-admin", "--csv", str(archivo))
        assert resultado.exit_code == 1
        assert resultado.output.startswith("Error: ")
        assert "Traceback" not in resultado.output


def test_crear_cliente_muestra_su_secreto_una_vez(comando: Any, anonimo: ApiClient) -> None:
    resultado = comando("crear-cliente", "n8n", "--permiso", "citas:leer")
    datos = dict(linea.split("=", 1) for linea in resultado.output.split())
    ok(anonimo.post("/auth/token", {"grant_type": "client_credentials", **datos}))
    repetido = comando("crear-cliente", "n8n")
    assert repetido.exit_code == 1
    assert "Traceback" not in repetido.output
    assert comando("crear-cliente", "otro", "--permiso", "interno:usuarios").exit_code == 1


def test_rotar_clave(comando: Any, app: Flask) -> None:
    resultado = comando("rotar-clave")
    with app.app_context():
        kid = db.session.scalars(db.select(ClaveFirma.kid).where(ClaveFirma.activa)).one()
    assert kid in resultado.output
