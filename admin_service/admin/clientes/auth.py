"""auth_service: the users of doctors and patients."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app

from comun.errors import Conflict, Invalid, Unavailable
from comun.http import RemoteProblem, client_of


class AuthCliente:
    """What this service asks of auth_service. Every method raises Unavailable when it is down."""

    def __init__(self, app: Flask) -> None:
        self._http = client_of(app, "auth", "autenticación")

    def reservar(self, clave: str, datos: dict[str, Any]) -> int:
        """Reserve a user who can't log in yet; his id. The same `clave` again takes the same reservation.

        `datos`: nombres, apellidos, rol, and what there is of nombre_usuario, contrasena, email. Raises
        Conflict when the name or the email is taken, Invalid when the password or the name won't do.
        """
        try:
            reserva = self._http.put("/interno/usuarios/reservas", json={"clave": clave, **datos})
        except RemoteProblem as problema:
            raise _traducido(problema) from problema
        return int(reserva["usuario_id"])

    def usuario(self, usuario_id: int) -> dict[str, Any] | None:
        """`{id, nombre_usuario, rol, activo, doctor_id, paciente_id}`; None when there is no such user."""
        try:
            usuario: dict[str, Any] = self._http.get(f"/interno/usuarios/{usuario_id}")
        except RemoteProblem as problema:
            if problema.status == 404:
                return None
            raise _traducido(problema) from problema
        return usuario

    def confirmar(self, usuario_id: int, **persona: int) -> None:
        """The person exists: the user may log in. `persona`: doctor_id or paciente_id. Any number of times."""
        self._http.post(
            f"/interno/usuarios/{usuario_id}/confirmacion",
            json=persona,
            idempotency_key=f"confirmacion-{usuario_id}-{'-'.join(map(str, persona.values()))}",
        )


def auth() -> AuthCliente:
    """The client of the current application."""
    cliente: AuthCliente = current_app.extensions["auth"]
    return cliente


def _traducido(problema: RemoteProblem) -> Exception:
    """A refusal of auth_service in terms of the request that caused it."""
    match problema.status:
        case 409:
            return Conflict(problema.codigo, problema.detail, errores=problema.errores)
        case 422:
            return Invalid(problema.errores, problema.codigo, problema.detail)
    return Unavailable("servicio_no_disponible", "El servicio de autenticación no atiende la solicitud.")
