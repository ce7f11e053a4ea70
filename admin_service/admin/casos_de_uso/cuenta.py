"""A person and his user, in two services, never half made.

The user is reserved in auth_service first; the person is committed with the user's id and the event that tells
of it; only then the user is confirmed. Whatever dies in between, auth_service confirms or deletes the
reservation later, by asking whether the person exists.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from admin.clientes.auth import auth
from admin.extensiones import db
from admin.modelos import Doctor, Paciente
from comun.db import release
from comun.errors import Conflict, Invalid
from comun.work import after_commit

MODELO_DE_ROL: Mapping[str, type[Doctor] | type[Paciente]] = {"medico": Doctor, "paciente": Paciente}


@dataclass
class Cuenta:
    """How the user of a new person is made or found."""

    rol: str
    usuario_id: int | None = None
    nombre_usuario: str | None = None
    contrasena: str | None = None
    crear_usuario: bool | None = None

    CAMPOS: ClassVar = ("usuario_id", "nombre_usuario", "contrasena", "crear_usuario")

    @classmethod
    def tomar(cls, rol: str, datos: dict[str, Any]) -> Cuenta:
        """Take what is said about the user out of the data of the person."""
        return cls(rol, **{campo: datos.pop(campo) for campo in cls.CAMPOS if campo in datos})

    def obtener(self, persona: Mapping[str, Any]) -> int | None:
        """The id of the user for this person, reserved or found; None for a person without one.

        Ends the current transaction when it has to ask auth_service. Raises what that says: Invalid, Conflict
        or Unavailable; nothing is made then.
        """
        if self.usuario_id is not None:
            vinculable(self.usuario_id, self.rol)
            return self.usuario_id
        if self.crear_usuario is False or not (self.nombre_usuario or persona.get("email")):
            return None
        return self._reservar(persona)

    def _reservar(self, persona: Mapping[str, Any]) -> int:
        datos = {
            "nombres": persona["nombres"],
            "apellidos": persona["apellidos"],
            "rol": self.rol,
            "email": persona.get("email"),
            "nombre_usuario": self.nombre_usuario,
            "contrasena": self.contrasena,
        }
        clave = self._clave(persona)
        release(db.session)
        return auth().reservar(clave, {k: v for k, v in datos.items() if v is not None})

    def _clave(self, persona: Mapping[str, Any]) -> str:
        """The same for every attempt to make this person, so that a retry takes the reservation over.

        Not the same once the person was made and deleted: that one's user is spent.
        """
        modelo = MODELO_DE_ROL[self.rol]
        iguales = {campo: persona.get(campo) for campo in ("nombres", "apellidos", "identificacion", "email")}
        borradas = db.select(db.func.count()).select_from(modelo).filter_by(**iguales).where(~modelo.vivos())
        partes = (
            self.rol,
            self.nombre_usuario,
            *iguales.values(),
            persona.get("referencia_externa"),
            db.session.scalar(borradas),
        )
        return hashlib.sha256("\0".join(str(parte or "") for parte in partes).encode()).hexdigest()


def vinculable(usuario_id: int, rol: str) -> None:
    """Whether an existing user can be linked to a person: Invalid or Conflict when not. Ends the transaction."""
    release(db.session)
    usuario = auth().usuario(usuario_id)
    if usuario is None:
        raise Invalid({"usuario_id": ["No existe ese usuario."]})
    if usuario["rol"] != rol:
        raise Invalid({"usuario_id": [f"Ese usuario no tiene el rol {rol}."]})
    if usuario.get("doctor_id") is not None or usuario.get("paciente_id") is not None:
        raise Conflict("usuario_ya_vinculado", "Ese usuario ya pertenece a otra persona.")


def confirmar_al_guardar(usuario_id: int | None, **persona: int) -> None:
    """Tell auth_service that the person exists, once that is committed.

    At best: the event of the person tells it as well.
    """
    if usuario_id is not None:
        after_commit(partial(auth().confirmar, usuario_id, **persona))
