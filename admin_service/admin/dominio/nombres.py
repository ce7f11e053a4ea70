"""Names of persons as they are written in Ecuador: given names first, then two surnames."""

from comun.fields import fold

# Words that belong to the one after them: "de los Ángeles", "De la Cruz".
_PARTICULAS = frozenset(
    {"de", "del", "la", "las", "los", "y", "e", "da", "do", "dos", "van", "von", "der", "san", "santa"}
)


class NombreIncompleto(ValueError):
    """A name without surname; the message is for a person."""


def separar(nombre_completo: str) -> tuple[str, str]:
    """Given names and surnames of a full name: "Ana Lucía Pérez Mora" → "Ana Lucía", "Pérez Mora".

    The last two are surnames; of two names only the last one. "Pérez Mora, Ana Lucía" is understood too.
    Raises NombreIncompleto when there is only one.
    """
    if "," in nombre_completo:
        apellidos, _, nombres = (parte.strip() for parte in nombre_completo.partition(","))
        if not nombres or not apellidos:
            raise NombreIncompleto("Escriba nombres y apellidos.")
        return " ".join(nombres.split()), " ".join(apellidos.split())
    partes = _con_particulas(nombre_completo.split())
    if len(partes) < 2:
        raise NombreIncompleto("Escriba al menos un nombre y un apellido.")
    cuantos_apellidos = 1 if len(partes) == 2 else 2
    return " ".join(partes[:-cuantos_apellidos]), " ".join(partes[-cuantos_apellidos:])


def _con_particulas(palabras: list[str]) -> list[str]:
    """The words, each with the particles before it."""
    partes: list[str] = []
    pendiente: list[str] = []
    for palabra in palabras:
        pendiente.append(palabra)
        if fold(palabra) not in _PARTICULAS:
            partes.append(" ".join(pendiente))
            pendiente = []
    if pendiente:
        partes.append(" ".join(pendiente))
    return partes
