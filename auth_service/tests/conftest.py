"""The service under test, real users who really sign in, and a stand-in for admin_service over real HTTP."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from typing import Any

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from flask import Flask, jsonify, request
from sqlalchemy import Table, func, select
from werkzeug.serving import make_server

from auth import contrasenas
from auth.casos_de_uso.siembra import sembrar
from auth.clientes.admin import AdminCliente
from auth.extensiones import db
from auth.llavero import llavero
from auth.modelos import Rol, Usuario, UsuarioPermiso
from auth.servicio import SERVICIO
from comun.app import Service
from comun.testing.client import ApiClient, ok

CONTRASENA = "Colibri-Paramo-77"
SECRETO_CITAS = "secreto-de-citas-01"
SECRETO_ADMIN = "secreto-de-admin-01"
SEMBRADAS = frozenset({"alembic_version", "clave_firma"})


class AdminDePrueba:
    """Answers what admin_service answers: makes patients once per user, knows persons and centres."""

    def __init__(self) -> None:
        self.reset()
        app = Flask("admin_de_prueba")

        @app.before_request
        def caido() -> Any:
            self.llamadas.append((request.method, request.path))
            if self.caido:
                return jsonify(status=503, codigo="servicio_no_disponible"), 503
            return None

        @app.put("/interno/pacientes/por-usuario/<int:usuario_id>")
        def paciente(usuario_id: int) -> Any:
            datos = request.get_json()
            if datos.get("identificacion") in self.identificaciones_ajenas:
                return jsonify(status=409, codigo="identificacion_duplicada", detail="De Ana Pérez."), 409
            if datos.get("identificacion") == "mala":
                return jsonify(
                    status=422, codigo="datos_invalidos", errores={"identificacion": ["No es válida."]}
                ), 422
            persona = self.personas.setdefault(usuario_id, {"paciente_id": 100 + usuario_id, "doctor_id": None})
            self.pacientes[persona["paciente_id"]] = datos
            if self.muere_despues:
                return jsonify(status=503, codigo="servicio_no_disponible"), 503
            return jsonify(paciente_id=persona["paciente_id"])

        @app.get("/interno/personas/por-usuario/<int:usuario_id>")
        def persona(usuario_id: int) -> Any:
            return jsonify(self.personas.get(usuario_id, {"paciente_id": None, "doctor_id": None}))

        @app.get("/interno/centros")
        def centros() -> Any:
            return jsonify(centros=[n for n in map(int, request.args["ids"].split(",")) if n <= 3])

        self._server = make_server("127.0.0.1", 0, app, threaded=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def reset(self) -> None:
        """Centres 1 to 3, nobody else."""
        self.caido = self.muere_despues = False
        self.llamadas: list[tuple[str, str]] = []
        self.identificaciones_ajenas: set[str] = set()
        self.personas: dict[int, dict[str, int | None]] = {}
        self.pacientes: dict[int, dict[str, Any]] = {}

    def stop(self) -> None:
        self._server.shutdown()


@pytest.fixture(scope="session")
def _admin() -> Iterator[AdminDePrueba]:
    servidor = AdminDePrueba()
    yield servidor
    servidor.stop()


@pytest.fixture
def admin(_admin: AdminDePrueba, app: Flask) -> AdminDePrueba:
    """The stand-in, as at the start; calls to it were never refused before."""
    _admin.reset()
    app.extensions["admin"] = AdminCliente(app)
    return _admin


@pytest.fixture(scope="session")
def service() -> Service:
    return SERVICIO


@pytest.fixture(scope="session")
def service_overrides(_admin: AdminDePrueba) -> dict[str, Any]:
    return {
        "ADMIN_URL": _admin.url,
        "AUTH_SECRET_KEY": ["clave-de-prueba-0123456789-0123456789"],
        "AUTH_SERVICE_CLIENTS": {"citas": SECRETO_CITAS, "admin": SECRETO_ADMIN},
        # Tests say when the news arrives: `propagar`.
        "REVOCATION_POLL_SECONDS": 3600.0,
    }


@pytest.fixture(scope="session")
def seeded_tables() -> frozenset[str]:
    return SEMBRADAS


@pytest.fixture(autouse=True)
def _sin_esperas(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who meets an unknown key asks for the keys at once."""
    monkeypatch.setattr("comun.auth.trust.UNKNOWN_KEY_SECONDS", -1)


class Recuerda:
    """The real hasher, but nothing is worked out twice: all tests sign in, with the same password or a wrong one."""

    def __init__(self, argon: PasswordHasher) -> None:
        self._argon = argon
        self._iguales: dict[tuple[str, str], bool] = {}
        self.check_needs_rehash = argon.check_needs_rehash

    def hash(self, contrasena: str) -> str:
        guardado = self._argon.hash(contrasena)
        self._iguales[guardado, contrasena] = True
        return guardado

    def verify(self, guardado: str, contrasena: str) -> bool:
        if (guardado, contrasena) not in self._iguales:
            with suppress(VerifyMismatchError):
                self._iguales[guardado, contrasena] = self._argon.verify(guardado, contrasena)
        if not self._iguales.setdefault((guardado, contrasena), False):
            raise VerifyMismatchError
        return True


RECUERDA = Recuerda(contrasenas._ARGON)


Filas = list[tuple[Table, list[dict[str, Any]]]]


@pytest.fixture(scope="session")
def _sembradas() -> dict[str, Filas]:
    """Kind of database → all rows that `sembrar` made in it, to be put back before each test."""
    return {}


def _reponer(filas: Filas) -> None:
    with db.engine.begin() as conexion:
        for tabla, suyas in filas:
            conexion.execute(tabla.insert(), suyas)
            if conexion.dialect.name == "postgresql" and (columna := tabla.autoincrement_column) is not None:
                contador = func.pg_get_serial_sequence(tabla.name, columna.name)
                conexion.execute(select(func.setval(contador, max(fila[columna.name] for fila in suyas))))


@pytest.fixture
def app(app: Flask, backend: str, _sembradas: dict[str, Filas], monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application with its roles, and nobody in it."""
    monkeypatch.setattr(contrasenas, "_ARGON", RECUERDA)
    with app.app_context():
        if backend in _sembradas:
            _reponer(_sembradas[backend])
            llavero().crear_primera()
        else:
            sembrar()
            with db.engine.connect() as conexion:
                todas = [
                    (tabla, [dict(fila) for fila in conexion.execute(select(tabla)).mappings()])
                    for tabla in db.metadata.sorted_tables
                    if tabla.name not in SEMBRADAS
                ]
            _sembradas[backend] = [(tabla, filas) for tabla, filas in todas if filas]
    propagar(app)
    return app


def propagar(app: Flask) -> None:
    """What happens in every service each two seconds: the revocations are read."""
    app.extensions["trust"].refresh()


@cache
def _hash(contrasena: str) -> str:
    return contrasenas.cifrar(contrasena)


Fabrica = Callable[..., int]


@pytest.fixture
def crear(app: Flask) -> Fabrica:
    """Put a user into the database: `crear("secretaria", centros=[1])` gives its id; its name is its role's."""

    def nuevo(rol: str, nombre: str | None = None, permisos: tuple[str, ...] = (), **campos: Any) -> int:
        huella = _hash(campos.pop("contrasena", CONTRASENA))
        centros = campos.pop("centros", [])
        with app.app_context():
            usuario = Usuario(
                **{"nombre_usuario": nombre or rol, "contrasena_hash": huella, "nombres": "Ana", **campos}
            )
            usuario.entidad_rol = Rol.de_nombre(rol)
            usuario.filas_permiso = [UsuarioPermiso(permiso=p, concedido=True) for p in permisos]
            db.session.add(usuario)
            db.session.flush()
            usuario.asignar_centros(centros)
            usuario.version_token = 1
            db.session.execute(db.delete(SERVICIO.db.metadata.tables["revocacion"]))
            db.session.commit()
            return usuario.id

    return nuevo


@pytest.fixture
def anonimo(app: Flask) -> ApiClient:
    """Nobody."""
    return ApiClient(app)


Entrar = Callable[..., ApiClient]


@pytest.fixture
def entrar(anonimo: ApiClient) -> Entrar:
    """Sign in for real: `entrar("secretaria")` is a client with that user's token."""

    def con_token(nombre: str, contrasena: str = CONTRASENA) -> ApiClient:
        return anonimo.with_token(credenciales(anonimo, nombre, contrasena)["access_token"])

    return con_token


@pytest.fixture
def api(crear: Fabrica, entrar: Entrar) -> ApiClient:
    """The administrator `admin`, signed in."""
    crear("admin")
    return entrar("admin")


@pytest.fixture
def servicio(anonimo: ApiClient) -> Callable[[str], ApiClient]:
    """`servicio("admin")`: that service of the network, with its token."""

    def con_token(nombre: str) -> ApiClient:
        secreto = {"citas": SECRETO_CITAS, "admin": SECRETO_ADMIN}[nombre]
        cuerpo = {"grant_type": "client_credentials", "client_id": nombre, "client_secret": secreto}
        return anonimo.with_token(ok(anonimo.post("/auth/token", cuerpo))["access_token"])

    return con_token


def credenciales(cliente: ApiClient, nombre: str, contrasena: str = CONTRASENA, **mas: Any) -> dict[str, Any]:
    """Sign in and give the whole answer."""
    cuerpo = {"nombre_usuario": nombre, "contrasena": contrasena, **mas}
    tokens: dict[str, Any] = ok(cliente.post("/auth/login", cuerpo))
    return tokens
