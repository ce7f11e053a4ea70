"""What a password must be.

Source: OWASP Authentication Cheat Sheet and NIST SP 800-63B: length and a list of common ones count, rules
about kinds of characters don't.
"""

from functools import cache

MINIMO = 10
MAXIMO = 128
_CARACTERES_DISTINTOS = 4


@cache
def _comunes() -> frozenset[str]:
    # Here and not above: the lists take 14 MB, which only the process that checks a password needs.
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(palabra for palabra in FREQUENCY_LISTS["passwords"] if len(palabra) >= MINIMO)


def defectos(contrasena: str, nombre_usuario: str = "") -> list[str]:
    """Why a password is not acceptable, in Spanish sentences; empty when it is."""
    encontrados = []
    simple = contrasena.casefold()
    if len(contrasena) < MINIMO:
        encontrados.append(f"Debe tener al menos {MINIMO} caracteres.")
    if len(contrasena) > MAXIMO:
        encontrados.append(f"Debe tener como máximo {MAXIMO} caracteres.")
    if simple in _comunes() or len(set(simple)) < _CARACTERES_DISTINTOS:
        encontrados.append("Es demasiado común; elija otra.")
    if len(nombre_usuario) >= 3 and nombre_usuario.casefold() in simple:
        encontrados.append("No debe contener el nombre de usuario.")
    return encontrados
