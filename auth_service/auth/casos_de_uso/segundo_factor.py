"""The second factor: TOTP (RFC 6238) with an authenticator application, and recovery codes."""

from __future__ import annotations

import re
import secrets
import time

import pyotp
from sqlalchemy import delete, or_, update

from auth.extensiones import db
from auth.huellas import huella
from auth.llavero import cifrado
from auth.modelos import CodigoRecuperacion, Usuario
from comun.db import changed_rows, now
from comun.errors import Conflict, Invalid

EMISOR = "OdontoCare"
CODIGOS = 10
_ALFABETO = "abcdefghjkmnpqrstuvwxyz23456789"
_LARGO = 16  # 79 bits: a fast hash is enough
_PASO_SEGUNDOS = 30


def iniciar(usuario: Usuario) -> tuple[str, str]:
    """A new secret, and its `otpauth:` URI for a QR code. It counts once it was confirmed with a code."""
    if usuario.segundo_factor:
        raise Conflict("segundo_factor_activo", "El segundo factor ya está activo; desactívelo primero.")
    secreto = pyotp.random_base32()
    usuario.totp_secreto = cifrado().encrypt(secreto.encode())
    uri = pyotp.TOTP(secreto).provisioning_uri(name=usuario.nombre_usuario, issuer_name=EMISOR)
    return secreto, uri


def confirmar(usuario: Usuario, codigo: str) -> list[str]:
    """Switch it on with a first code; the recovery codes, of which the answer is the only copy."""
    if usuario.totp_secreto is None or usuario.segundo_factor:
        raise Conflict("segundo_factor_no_iniciado", "Inicie primero la configuración del segundo factor.")
    if not _totp_valido(usuario, codigo):
        raise Invalid({"codigo": ["No es correcto."]}, "segundo_factor_incorrecto")
    usuario.totp_desde = now()
    # Tokens given out so far may lack what the role gives only with a second factor.
    usuario.renovar_tokens()
    return nuevos_codigos(usuario)


def nuevos_codigos(usuario: Usuario) -> list[str]:
    """Replace the recovery codes; the answer is the only copy."""
    codigos = ["".join(secrets.choice(_ALFABETO) for _ in range(_LARGO)) for _ in range(CODIGOS)]
    _olvidar_codigos(usuario)
    db.session.add_all(CodigoRecuperacion(usuario_id=usuario.id, huella=huella(codigo)) for codigo in codigos)
    return ["-".join(re.findall("....", codigo)) for codigo in codigos]


def quitar(usuario: Usuario) -> None:
    """Switch it off; every session ends."""
    usuario.totp_secreto = usuario.totp_desde = usuario.totp_paso = None
    _olvidar_codigos(usuario)
    usuario.cerrar_sesiones()


def codigo_valido(usuario: Usuario, codigo: str) -> bool:
    """Whether it is the application's current code or an unused recovery code; it is good once. Writes."""
    limpio = re.sub(r"[\s-]", "", codigo).lower()
    if limpio.isdecimal():
        return _totp_valido(usuario, limpio)
    usar = (
        update(CodigoRecuperacion)
        .where(
            CodigoRecuperacion.usuario_id == usuario.id,
            CodigoRecuperacion.huella == huella(limpio),
            CodigoRecuperacion.usado_en.is_(None),
        )
        .values(usado_en=now())
    )
    return changed_rows(db.session, usar) == 1


def _totp_valido(usuario: Usuario, codigo: str) -> bool:
    if usuario.totp_secreto is None:
        return False
    totp = pyotp.TOTP(cifrado().decrypt(usuario.totp_secreto).decode(), interval=_PASO_SEGUNDOS)
    actual = int(time.time()) // _PASO_SEGUNDOS
    # One step to either side, because clocks differ. The same code is not good twice.
    for paso in (actual, actual - 1, actual + 1):
        if pyotp.utils.strings_equal(codigo, totp.generate_otp(paso)):
            return _gastar_paso(usuario, paso)
    return False


def _gastar_paso(usuario: Usuario, paso: int) -> bool:
    gastar = (
        update(Usuario)
        .where(Usuario.id == usuario.id, or_(Usuario.totp_paso.is_(None), Usuario.totp_paso < paso))
        .values(totp_paso=paso, actualizado_en=Usuario.actualizado_en)
    )
    return changed_rows(db.session, gastar) == 1


def _olvidar_codigos(usuario: Usuario) -> None:
    db.session.execute(delete(CodigoRecuperacion).where(CodigoRecuperacion.usuario_id == usuario.id))
