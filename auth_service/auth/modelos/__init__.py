"""Tables of auth_service, with their named queries and state changes."""

from auth.modelos.auditoria import Auditoria
from auth.modelos.clave import ClaveFirma
from auth.modelos.cliente import ClienteServicio
from auth.modelos.freno import FrenoAcceso
from auth.modelos.invitacion import Invitacion
from auth.modelos.revocacion import Revocacion
from auth.modelos.rol import PermisoSembrado, Rol, RolPermiso
from auth.modelos.sesion import Sesion, TokenRenovacion
from auth.modelos.usuario import CodigoRecuperacion, Usuario, UsuarioCentro, UsuarioPermiso

__all__ = [
    "Auditoria",
    "ClaveFirma",
    "ClienteServicio",
    "CodigoRecuperacion",
    "FrenoAcceso",
    "Invitacion",
    "PermisoSembrado",
    "Revocacion",
    "Rol",
    "RolPermiso",
    "Sesion",
    "TokenRenovacion",
    "Usuario",
    "UsuarioCentro",
    "UsuarioPermiso",
]
