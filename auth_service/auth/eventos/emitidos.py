"""News that this service sends: each change of a user."""

from typing import Literal

from auth.extensiones import db
from auth.modelos import Usuario
from comun.events import emit

Suceso = Literal["creado", "actualizado", "desactivado", "invitado"]


def anunciar(usuario: Usuario, suceso: Suceso) -> None:
    """Emit `usuario.<suceso>.v1` with the user as it now is, in the current transaction. Never a secret."""
    db.session.flush()  # a new user has its id only then
    emit(
        f"usuario.{suceso}.v1",
        f"usuario/{usuario.id}",
        {
            "id": usuario.id,
            "nombre_usuario": usuario.nombre_usuario,
            "email": usuario.email,
            "nombres": usuario.nombres,
            "apellidos": usuario.apellidos,
            "rol": usuario.rol,
            "activo": usuario.activo,
            "doctor_id": usuario.doctor_id,
            "paciente_id": usuario.paciente_id,
        },
    )
