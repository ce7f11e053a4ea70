"""Draws people, numbers and addresses: the same ones from the same seed."""

from __future__ import annotations

import random
import unicodedata
from datetime import date, timedelta

import listas

Fila = dict[str, str]

# Ages are counted from a fixed day, never from today: the output must not depend on when it is made.
DIA_DE_REFERENCIA = date(2026, 1, 1)


def digito_cedula(primeros: str) -> str:
    """Check digit of a cédula's first nine digits (modulus 10, weights 2 and 1 by turns)."""
    suma = 0
    for posicion, cifra in enumerate(primeros):
        producto = int(cifra) * (2 if posicion % 2 == 0 else 1)
        suma += producto - 9 if producto > 9 else producto
    return str(-suma % 10)


def digito_ruc_sociedad(primeros: str) -> str | None:
    """Check digit of a private company's RUC (modulus 11), None for the few that have none."""
    suma = sum(int(cifra) * peso for cifra, peso in zip(primeros, (4, 3, 2, 7, 6, 5, 4, 3, 2), strict=True))
    digito = -suma % 11
    return None if digito == 10 else str(digito)


def sin_acentos(texto: str) -> str:
    """Lower case ASCII for user names and addresses: `Ñ` becomes `n`."""
    plano = unicodedata.normalize("NFKD", texto).encode("ascii", "ignore").decode()
    return plano.lower().replace(" ", "")


class Generador:
    """Draws people from one seeded source; each file has its own, so that sizes don't disturb others."""

    def __init__(self, semilla: int, archivo: str) -> None:
        self.azar = random.Random(f"{semilla}:{archivo}")
        self._usados: set[str] = set()

    def _unico(self, propuesta: str) -> bool:
        if propuesta in self._usados:
            return False
        self._usados.add(propuesta)
        return True

    def cedula(self, provincia: str) -> str:
        while True:
            primeros = f"{provincia}{self.azar.randrange(6)}{self.azar.randrange(10**6):06d}"
            if self._unico(primeros):
                return primeros + digito_cedula(primeros)

    def ruc_sociedad(self, provincia: str) -> str:
        while True:
            primeros = f"{provincia}9{self.azar.randrange(10**6):06d}"
            digito = digito_ruc_sociedad(primeros)
            if digito is not None and self._unico(primeros):
                return f"{primeros}{digito}001"

    def pasaporte(self) -> str:
        while True:
            letras = self.azar.choice("ABCEGHKLNPX") + self.azar.choice("ADFMRT")
            numero = f"{letras}{self.azar.randrange(10**7):07d}"
            if self._unico(numero):
                return numero

    def celular(self) -> str:
        return f"09{self.azar.choice('35689')}{self.azar.randrange(10**7):07d}"

    def registro_profesional(self) -> str:
        azar = self.azar.randrange
        return f"10{azar(10, 40)}-{azar(2002, 2022)}-{azar(10**6, 10**7)}"

    def contrasena(self) -> str:
        primera, segunda = self.azar.sample(listas.PALABRAS, 2)
        return f"{primera}-{segunda}-{self.azar.randrange(1000, 10000)}"

    def genero(self) -> str:
        return self.azar.choice(("femenino", "masculino"))

    def nombres(self, genero: str) -> str:
        return " ".join(self.azar.sample(listas.NOMBRES[genero], 2))

    def apellidos(self) -> str:
        return f"{self.azar.choice(listas.APELLIDOS)} {self.azar.choice(listas.APELLIDOS)}"

    def nacimiento(self, edad_minima: int, edad_maxima: int) -> date:
        dias = self.azar.randrange(edad_minima * 366, edad_maxima * 365)
        return DIA_DE_REFERENCIA - timedelta(days=dias)

    def direccion(self, lugar: listas.Lugar) -> str:
        calle, cruce = self.azar.sample(lugar.calles, 2)
        return f"{calle} N{self.azar.randrange(1, 90)}-{self.azar.randrange(10, 400)} y {cruce}, {lugar.ciudad}"


def lugar_de(indice: int) -> listas.Lugar:
    """Where the centre of that number, from 0 on, stands."""
    return listas.LUGARES[indice % len(listas.LUGARES)]


def codigo_de(indice: int) -> str:
    """The code of the centre of that number."""
    vuelta = indice // len(listas.LUGARES)
    return lugar_de(indice).codigo + (str(vuelta + 1) if vuelta else "")
