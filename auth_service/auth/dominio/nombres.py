"""Names: of users (how they sign in) and of people."""

import re
import unicodedata

# No `@`: what has one is an email address, so that nobody can take another's address as a name.
_NOMBRE_USUARIO = re.compile(r"[a-z0-9][a-z0-9._+-]{1,58}[a-z0-9]")
DESCRIPCION = "De 3 a 60 letras sin tildes, dígitos o . _ + - (empieza y termina en letra o dígito)."
LARGO_MAXIMO = 60


def normalizar_nombre_usuario(texto: str) -> str:
    """The name as it is kept and compared: lower case. ValueError with a Spanish sentence when it can't be one."""
    nombre = texto.strip().lower()
    if not _NOMBRE_USUARIO.fullmatch(nombre):
        raise ValueError(DESCRIPCION)
    return nombre


def proponer_nombre_usuario(nombres: str, apellidos: str, email: str | None = None) -> str:
    """A user name for somebody who did not choose one: of the email address, or of the names."""
    base = email.partition("@")[0] if email else ".".join([*nombres.split()[:1], *apellidos.split()[:1]])
    sin_tildes = "".join(c for c in unicodedata.normalize("NFKD", base) if not unicodedata.combining(c))
    limpio = re.sub(r"[^a-z0-9]+", ".", sin_tildes.lower()).strip(".")[:40].strip(".")
    return limpio if len(limpio) >= 3 else f"usuario.{limpio}".strip(".")


def separar_nombre(completo: str) -> tuple[str, str]:
    """(nombres, apellidos) of a whole name, by the custom of two and two: with three words the first is the name."""
    palabras = completo.split()
    corte = 2 if len(palabras) > 3 else min(1, len(palabras))
    return " ".join(palabras[:corte]), " ".join(palabras[corte:])
