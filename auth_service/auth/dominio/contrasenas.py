"""What a password must be.

Source: OWASP Authentication Cheat Sheet and NIST SP 800-63B: length and a list of common ones count, rules
about kinds of characters don't.
"""

from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path

MINIMO = 10
MAXIMO = 128
_CARACTERES_DISTINTOS = 4


@cache
def _comunes() -> frozenset[str]:
    # Its module by itself and only for this moment: all lists together take 14 MB, of which this needs a little.
    paquete = find_spec("zxcvbn")
    assert paquete is not None and paquete.submodule_search_locations
    ruta = Path(paquete.submodule_search_locations[0]) / "frequency_lists.py"
    listas = spec_from_file_location("listas_de_zxcvbn", ruta)
    assert listas is not None and listas.loader is not None
    modulo = module_from_spec(listas)
    listas.loader.exec_module(modulo)
    return frozenset(palabra for palabra in modulo.FREQUENCY_LISTS["passwords"] if len(palabra) >= MINIMO)


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
