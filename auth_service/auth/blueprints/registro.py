"""/auth/registro: patients by themselves, anybody by an administrator."""

from typing import Any

from flask.views import MethodView
from marshmallow import ValidationError

from auth.blueprints.base import auth_bp, origen
from auth.casos_de_uso.registro import registrar
from auth.casos_de_uso.usuarios import crear
from auth.esquemas.usuarios import Registro, UsuarioNuevo, UsuarioSalida
from comun.auth.caller import caller
from comun.errors import Invalid


@auth_bp.route("/registro")
class RegistroDeUsuario(MethodView):
    @auth_bp.public_or_known
    @auth_bp.arguments(Registro)
    @auth_bp.response(201, UsuarioSalida, location="/auth/usuarios/{id}")
    def post(self, datos: dict[str, Any]) -> Any:
        """Make a patient's account with its own new patient record, whatever else the body says.

        With the token of somebody who may create users: a user of the role given, and no patient record.
        """
        quien = caller()
        if quien.can("auth:usuarios:crear") and datos.get("rol") is not None:
            return crear(_como_usuario(datos), quien)
        if faltan := [campo for campo in ("nombres", "apellidos") if not datos.get(campo)]:
            raise Invalid({campo: ["Es obligatorio."] for campo in faltan})
        return registrar(datos, origen())


def _como_usuario(datos: dict[str, Any]) -> dict[str, Any]:
    """The part of the body that a user is made of, checked as /auth/usuarios does."""
    esquema = UsuarioNuevo()
    dados = {campo: valor for campo, valor in datos.items() if campo in esquema.fields and valor is not None}
    try:
        cargados: dict[str, Any] = esquema.load(dados)
    except ValidationError as error:
        raise Invalid(error.normalized_messages()) from None
    return cargados
