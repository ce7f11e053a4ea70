"""Self-registration: an account of a patient with its own new record, and nothing more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auth.casos_de_uso import reservas
from auth.casos_de_uso.acceso import Origen, frenar_registro
from auth.clientes.admin import admin
from auth.dominio.personas import Persona
from auth.dominio.roles import PACIENTE
from auth.modelos import Usuario
from comun.errors import Conflict, Invalid
from comun.http import RemoteProblem

_DE_LA_CUENTA = ("nombre_usuario", "contrasena", "email", "nombres", "apellidos")
_DE_LA_PERSONA = (
    "nombres",
    "apellidos",
    "email",
    "telefono",
    "tipo_identificacion",
    "identificacion",
    "fecha_nacimiento",
    "genero",
    "direccion",
)


def registrar(datos: Mapping[str, Any], origen: Origen) -> Usuario:
    """The new user. Conflict when the name or the identification is somebody's: whose, it does not say.

    An existing patient is never linked by an identification number: who knows it need not be that patient.
    When admin_service is down, Unavailable; the same request later goes on where this one ended.
    """
    frenar_registro(origen)
    cuenta = {campo: datos[campo] for campo in _DE_LA_CUENTA if campo in datos}
    usuario = reservas.reservar({**cuenta, "rol": PACIENTE})
    persona = {campo: datos[campo] for campo in _DE_LA_PERSONA if datos.get(campo) is not None}
    try:
        paciente_id = admin().crear_paciente(usuario.id, persona)
    except RemoteProblem as problema:
        reservas.soltar(usuario.id)
        if problema.status == 422:
            raise Invalid(problema.errores) from None
        if problema.status == 409:
            raise Conflict(
                "registro_no_posible",
                "No se pudo completar el registro con esos datos; comuníquese con su clínica.",
            ) from None
        raise
    return reservas.confirmar(usuario.id, Persona(paciente_id=paciente_id))
