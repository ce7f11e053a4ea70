"""The service under test, and a stand-in for the services that it calls, over real HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, jsonify, request
from werkzeug.serving import make_server

from admin.servicio import SERVICIO
from comun.app import Service
from comun.testing.client import ApiClient


class OtrosServicios:
    """auth_service's part of the protocol of users and persons, citas_service's part of an export, and the treatments
    1 to 20 of inventario_service, unless `sin_inventario`.

    Reservations are kept as auth_service keeps them: the same key, or the same name with the same password,
    is the same reservation. `falla` makes the next calls fail before or after their effect.
    """

    def __init__(self) -> None:
        self._candado = threading.Lock()
        self.reset()
        app = Flask("otros")

        @app.post("/auth/token")
        def token() -> Any:
            return jsonify(access_token="servicio", token_type="bearer", expires_in=900)

        @app.put("/interno/usuarios/reservas")
        def reservar() -> Any:
            if self.falla == "antes":
                return self._caido()
            with self._candado:
                respuesta = self._reservar(request.get_json())
            return self._caido() if self.falla == "despues" else respuesta

        @app.get("/interno/usuarios/<int:usuario_id>")
        def usuario(usuario_id: int) -> Any:
            if self.falla:
                return self._caido()
            hallado = self.usuarios.get(usuario_id)
            return jsonify(hallado) if hallado else (jsonify(codigo="no_encontrado"), 404)

        @app.post("/interno/usuarios/<int:usuario_id>/confirmacion")
        def confirmar(usuario_id: int) -> Any:
            if self.falla:
                return self._caido()
            self.usuarios[usuario_id].update(request.get_json(), confirmado=True)
            return jsonify(self.usuarios[usuario_id])

        @app.get("/interno/pacientes/<int:paciente_id>/datos")
        def datos(paciente_id: int) -> Any:
            return self._caido() if self.falla else jsonify(citas=[{"id": 7, "paciente_id": paciente_id}])

        @app.get("/interno/tratamientos")
        def tratamientos() -> Any:
            self.consultas += 1
            ids = [int(uno) for uno in request.args["ids"].split(",")]
            return self._caido() if self.sin_inventario else jsonify(datos=[{"id": n} for n in ids if n <= 20])

        self._server = make_server("127.0.0.1", 0, app, threaded=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def reset(self) -> None:
        self.usuarios: dict[int, dict[str, Any]] = {}
        self.falla: str | None = None
        self.sin_inventario, self.consultas = False, 0

    def existe(self, rol: str = "paciente", **campos: Any) -> int:
        """A user that is there already."""
        usuario_id = len(self.usuarios) + 1
        libre = {"doctor_id": None, "paciente_id": None, "activo": True, "nombre_usuario": f"u{usuario_id}"}
        self.usuarios[usuario_id] = {"id": usuario_id, "rol": rol, "confirmado": True, **libre, **campos}
        return usuario_id

    def stop(self) -> None:
        self._server.shutdown()

    def _reservar(self, datos: dict[str, Any]) -> Any:
        for usuario in self.usuarios.values():
            mismo_nombre = datos.get("nombre_usuario") == usuario["nombre_usuario"] is not None
            reintento = not usuario["confirmado"] and usuario.get("contrasena") == datos.get("contrasena")
            if usuario.get("clave") == datos["clave"] or (mismo_nombre and reintento):
                return jsonify(usuario_id=usuario["id"])
            if mismo_nombre:
                problema = {"codigo": "nombre_usuario_duplicado", "detail": "Ya existe un usuario con ese nombre."}
                return jsonify(problema), 409
        if len(datos.get("contrasena", "suficientemente larga")) < 10:
            return jsonify(codigo="datos_invalidos", errores={"contrasena": ["Es demasiado corta."]}), 422
        campos = {"nombre_usuario": None, **datos, "confirmado": False}
        return jsonify(usuario_id=self.existe(**campos))

    def _caido(self) -> Any:
        return jsonify(codigo="servicio_no_disponible"), 503, {"Retry-After": "0"}


@pytest.fixture(scope="session")
def _otros() -> Iterator[OtrosServicios]:
    servidor = OtrosServicios()
    yield servidor
    servidor.stop()


@pytest.fixture
def otros(_otros: OtrosServicios, app: Flask) -> OtrosServicios:
    """The stand-in, as at the start; calls to it are not held back by what failed in another test."""
    _otros.reset()
    SERVICIO.prepare(app)
    return _otros


@pytest.fixture(scope="session")
def service() -> Service:
    """admin_service."""
    return SERVICIO


@pytest.fixture(scope="session")
def service_overrides(_otros: OtrosServicios) -> dict[str, Any]:
    return {
        "AUTH_URL": _otros.url,
        "CITAS_URL": _otros.url,
        "HISTORIA_CLINICA_URL": _otros.url,
        "FACTURACION_URL": _otros.url,
        "INVENTARIO_URL": _otros.url,
        "ADMIN_EVENT_SUBSCRIBERS": {"auth": "http://127.0.0.1:1", "citas": "http://127.0.0.1:1"},
    }


@pytest.fixture
def api(app: Flask, otros: OtrosServicios) -> ApiClient:
    """An administrator; `api.as_(…)` is somebody else."""
    return ApiClient(app).as_("admin")
