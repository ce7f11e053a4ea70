#!/usr/bin/env python3
"""Writes the four synthetic CSV files of a network of clinics in Ecuador.

    python data/generar.py --pacientes 100000 --salida /tmp/datos

Nobody in them exists. The same seed and sizes give the same bytes, and a bigger size only adds rows
at the end, so that a load test can start from the sample data. Needs the standard library only.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import listas

Fila = dict[str, str]

COLUMNAS: dict[str, tuple[str, ...]] = {
    "usuarios.csv": (
        "nombre_usuario", "contrasena", "email", "nombres", "apellidos", "rol", "centros", "permisos",
    ),
    "centros.csv": ("codigo", "nombre", "direccion", "telefono", "zona_horaria", "ruc", "salas"),
    "doctores.csv": (
        "nombres", "apellidos", "identificacion", "registro_profesional", "especialidades", "centros",
        "telefono", "email", "nombre_usuario", "contrasena",
    ),
    "pacientes.csv": (
        "referencia_externa", "nombres", "apellidos", "tipo_identificacion", "identificacion",
        "telefono", "email", "fecha_nacimiento", "genero", "direccion", "estado_paciente",
        "fuente_captacion", "aseguradora", "linea_negocio",
        "representante.nombres", "representante.apellidos", "representante.identificacion",
        "representante.parentesco", "representante.telefono",
        "crear_usuario", "nombre_usuario", "contrasena",
    ),
}  # fmt: skip

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


def _lugar(indice: int) -> listas.Lugar:
    return listas.LUGARES[indice % len(listas.LUGARES)]


def _codigo(indice: int) -> str:
    vuelta = indice // len(listas.LUGARES)
    return _lugar(indice).codigo + (str(vuelta + 1) if vuelta else "")


def centros(cuantos: int, semilla: int) -> Iterator[Fila]:
    """The first three stand in Quito, Guayaquil and, in another time zone, on Galápagos."""
    g = Generador(semilla, "centros.csv")
    for indice in range(cuantos):
        lugar, codigo = _lugar(indice), _codigo(indice)
        numero = codigo.removeprefix(lugar.codigo)
        sillones = g.azar.randrange(2, 5)
        salas = [f"Sillón {n}:sillon" for n in range(1, sillones + 1)]
        salas += ["Consultorio 1:consultorio", "Gabinete visual:consultorio"]
        yield {
            "codigo": codigo,
            "nombre": f"OdontoCare {lugar.nombre} {numero}".strip(),
            "direccion": g.direccion(lugar),
            "telefono": f"{lugar.prefijo}{g.azar.randrange(2, 7)}{g.azar.randrange(10**6):06d}",
            "zona_horaria": lugar.zona_horaria,
            "ruc": g.ruc_sociedad(lugar.provincia),
            "salas": ";".join(salas),
        }


def usuarios(cuantos_centros: int, semilla: int) -> Iterator[Fila]:
    """The administrator, then one secretary per centre who may also create patients."""
    g = Generador(semilla, "usuarios.csv")
    yield {
        "nombre_usuario": "admin",
        "contrasena": g.contrasena(),
        "email": "admin@example.com",
        "nombres": "Administración",
        "apellidos": "General",
        "rol": "admin",
    }
    for indice in range(cuantos_centros):
        codigo = _codigo(indice)
        nombre_usuario = f"secretaria.{codigo.lower()}"
        yield {
            "nombre_usuario": nombre_usuario,
            "contrasena": g.contrasena(),
            "email": f"{nombre_usuario}@example.com",
            "nombres": g.nombres("femenino"),
            "apellidos": g.apellidos(),
            "rol": "secretaria",
            "centros": codigo,
            "permisos": "admin:pacientes:crear",
        }


def doctores(cuantos: int, cuantos_centros: int, semilla: int) -> Iterator[Fila]:
    """Dentists of several specialties, general practitioners and ophthalmologists; all with a user."""
    g = Generador(semilla, "doctores.csv")
    for indice in range(cuantos):
        genero = g.genero()
        nombres, apellidos = g.nombres(genero), g.apellidos()
        sede = indice % cuantos_centros
        lugar = _lugar(sede)
        trabaja_en = [_codigo(sede)]
        if indice % 4 == 3 and cuantos_centros > 1:
            trabaja_en.append(_codigo((sede + 1) % cuantos_centros))
        nombre_usuario = (
            f"{'dra' if genero == 'femenino' else 'dr'}.{sin_acentos(apellidos.split()[0])}.d{indice + 1}"
        )
        yield {
            "nombres": nombres,
            "apellidos": apellidos,
            "identificacion": g.cedula(lugar.provincia),
            "registro_profesional": g.registro_profesional(),
            "especialidades": ";".join(listas.ESPECIALIDADES[indice % len(listas.ESPECIALIDADES)]),
            "centros": ";".join(trabaja_en),
            "telefono": g.celular(),
            "email": f"{nombre_usuario}@example.com",
            "nombre_usuario": nombre_usuario,
            "contrasena": g.contrasena(),
        }


def pacientes(cuantos: int, semilla: int) -> Iterator[Fila]:
    """Adults and minors, some inactive; with a user, invited by email, or without one."""
    g = Generador(semilla, "pacientes.csv")
    for indice in range(1, cuantos + 1):
        lugar = g.azar.choices(listas.LUGARES, weights=[lugar.peso for lugar in listas.LUGARES])[0]
        genero = g.genero()
        es_menor = g.azar.random() < 0.15
        fila = {
            "referencia_externa": f"PAC-{indice:06d}",
            "nombres": g.nombres(genero),
            "apellidos": g.apellidos(),
            "telefono": g.celular(),
            "fecha_nacimiento": (g.nacimiento(1, 13) if es_menor else g.nacimiento(22, 90)).isoformat(),
            "genero": genero,
            "direccion": g.direccion(lugar),
            # The first is always active: the loader books for the first active patient.
            "estado_paciente": "inactivo" if indice > 1 and g.azar.random() < 0.1 else "activo",
            "fuente_captacion": g.azar.choice(listas.FUENTES),
            "aseguradora": g.azar.choice(listas.ASEGURADORAS),
            "linea_negocio": g.azar.choice(listas.LINEAS_NEGOCIO),
        }
        fila |= _identificacion(g, lugar, es_menor)
        fila |= _representante(g, lugar, fila["apellidos"]) if es_menor else _acceso(g, indice, fila)
        yield fila


def _identificacion(g: Generador, lugar: listas.Lugar, es_menor: bool) -> Fila:
    suerte = g.azar.random()
    if suerte < 0.06:
        return {"tipo_identificacion": "pasaporte", "identificacion": g.pasaporte()}
    if suerte < 0.12 and not es_menor:
        return {"tipo_identificacion": "ruc", "identificacion": g.cedula(lugar.provincia) + "001"}
    return {"tipo_identificacion": "cedula", "identificacion": g.cedula(lugar.provincia)}


def _representante(g: Generador, lugar: listas.Lugar, apellidos: str) -> Fila:
    genero = g.genero()
    return {
        "representante.nombres": g.nombres(genero),
        "representante.apellidos": f"{apellidos.split()[0]} {g.azar.choice(listas.APELLIDOS)}",
        "representante.identificacion": g.cedula(lugar.provincia),
        "representante.parentesco": "madre" if genero == "femenino" else "padre",
        "representante.telefono": g.celular(),
        "crear_usuario": "false",
    }


def _acceso(g: Generador, indice: int, fila: Fila) -> Fila:
    """One adult in four has a user at once, one in eight is invited by email, the rest have none."""
    suerte, contrasena = g.azar.random(), g.contrasena()
    persona = f"{sin_acentos(fila['nombres'].split()[0])}.{sin_acentos(fila['apellidos'].split()[0])}.p{indice}"
    email = {"email": f"{persona}@example.com"}
    if fila["estado_paciente"] == "inactivo":
        return email | {"crear_usuario": "false"}
    if indice == 1 or suerte < 0.25:
        return email | {"nombre_usuario": persona, "contrasena": contrasena}
    if suerte < 0.375:
        return email
    return (email if suerte < 0.8 else {}) | {"crear_usuario": "false"}


def escribir(ruta: Path, filas: Iterator[Fila]) -> int:
    """Writes one CSV file (UTF-8, comma, LF) and returns how many rows it has."""
    cuantas = 0
    with ruta.open("w", encoding="utf-8", newline="") as archivo:
        escritor = csv.DictWriter(archivo, COLUMNAS[ruta.name], restval="", lineterminator="\n")
        escritor.writeheader()
        for fila in filas:
            escritor.writerow(fila)
            cuantas += 1
    return cuantas


def generar(salida: Path, *, pacientes_: int, doctores_: int, centros_: int, semilla: int) -> dict[str, int]:
    """Writes the four files into `salida` and returns the number of rows of each."""
    salida.mkdir(parents=True, exist_ok=True)
    contenido = {
        "usuarios.csv": usuarios(centros_, semilla),
        "centros.csv": centros(centros_, semilla),
        "doctores.csv": doctores(doctores_, centros_, semilla),
        "pacientes.csv": pacientes(pacientes_, semilla),
    }
    return {nombre: escribir(salida / nombre, filas) for nombre, filas in contenido.items()}


def main(argumentos: Sequence[str] | None = None) -> None:
    analizador = argparse.ArgumentParser(description="Genera los cuatro archivos CSV de demostración.")
    analizador.add_argument("--pacientes", type=int, default=60)
    analizador.add_argument("--doctores", type=int, default=12)
    analizador.add_argument("--centros", type=int, default=3)
    analizador.add_argument("--semilla", type=int, default=2026)
    analizador.add_argument("--salida", type=Path, default=Path(__file__).parent, metavar="DIR")
    opciones = analizador.parse_args(argumentos)
    if min(opciones.pacientes, opciones.doctores, opciones.centros) < 1:
        analizador.error("hace falta al menos un paciente, un doctor y un centro")
    filas = generar(
        opciones.salida,
        pacientes_=opciones.pacientes,
        doctores_=opciones.doctores,
        centros_=opciones.centros,
        semilla=opciones.semilla,
    )
    for nombre, cuantas in filas.items():
        sys.stdout.write(f"{opciones.salida / nombre}: {cuantas} filas\n")


if __name__ == "__main__":
    main()
