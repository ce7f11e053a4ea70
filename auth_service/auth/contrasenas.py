"""Argon2id, by default as OWASP says at least: 19 MiB, 2 passes, 1 lane. Takes about 26 ms, so never while a
transaction is open.
"""

from __future__ import annotations

import logging

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from auth.dominio.contrasenas import defectos
from comun.errors import Invalid
from comun.http import require_no_transaction

logger = logging.getLogger(__name__)

MEMORIA_KIB, PASADAS = 19 * 1024, 2

_ARGON: PasswordHasher
# Verified in place of a missing hash, so that an unknown user takes as long as a wrong password. Of no password.
_SENUELO: str


def ajustar(memoria_kib: int, pasadas: int) -> None:
    """What a hash costs from now on; one that was made at another cost is made anew when its owner signs in."""
    global _ARGON, _SENUELO
    if memoria_kib < MEMORIA_KIB or pasadas < PASADAS:
        logger.warning("passwords are hashed at less than OWASP advises: %s KiB, %s passes", memoria_kib, pasadas)
    _ARGON = PasswordHasher(time_cost=pasadas, memory_cost=memoria_kib, parallelism=1)
    nada = "b2RvbnRvY2FyZS1zZW51ZWxv$Zm9yYmlkZGVuLWZvcmJpZGRlbi1mb3JiaWRkZW4tMDE"
    _SENUELO = f"$argon2id$v=19$m={memoria_kib},t={pasadas},p=1${nada}"


ajustar(MEMORIA_KIB, PASADAS)


def exigir_aceptable(contrasena: str, nombre_usuario: str = "", campo: str = "contrasena") -> None:
    """Invalid, naming `campo`, when the password breaks the rules."""
    if problemas := defectos(contrasena, nombre_usuario):
        raise Invalid({campo: problemas}, "contrasena_debil", "La contraseña no cumple las reglas.")


def cifrar(contrasena: str) -> str:
    """The hash to keep."""
    require_no_transaction()
    return _ARGON.hash(contrasena)


def coincide(guardado: str | None, contrasena: str) -> bool:
    """Whether this is the password. Takes the same time when there is no hash at all."""
    require_no_transaction()
    try:
        _ARGON.verify(guardado or _SENUELO, contrasena)
    except (Argon2Error, InvalidHashError):
        return False
    return guardado is not None


def desactualizada(guardado: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _ARGON.check_needs_rehash(guardado)
