#!/usr/bin/env python3
"""Writes the synthetic CSV files of a network of clinics in Ecuador: who works there, who comes, what is used.

    python data/generar.py --pacientes 100000 --salida /tmp/datos

Nobody in them exists. The same seed and sizes give the same bytes, and a bigger size only adds rows
at the end, so that a load test can start from the sample data. Needs the standard library only.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import catalogo
import insumos
import listas
from sorteo import Fila, Generador, codigo_de, lugar_de, sin_acentos

COLUMNAS: dict[str, tuple[str, ...]] = {
    "usuarios.csv": (
        "nombre_usuario", "contrasena", "email", "nombres", "apellidos", "rol", "centros", "permisos",
    ),
    "centros.csv": ("codigo", "nombre", "direccion", "telefono", "zona_horaria", "ruc", "salas"),
    "doctores.csv": (
        "nombres", "apellidos", "identificacion", "registro_profesional", "especialidades", "centros",
        "servicios", "telefono", "email", "nombre_usuario", "contrasena",
    ),
    "pacientes.csv": (
        "referencia_externa", "nombres", "apellidos", "tipo_identificacion", "identificacion",
        "telefono", "email", "fecha_nacimiento", "genero", "direccion", "estado_paciente",
        "fuente_captacion", "aseguradora", "linea_negocio",
        "representante.nombres", "representante.apellidos", "representante.identificacion",
        "representante.parentesco", "representante.telefono",
        "crear_usuario", "nombre_usuario", "contrasena",
    ),
    "proveedores.csv": (
        "nombre", "ruc", "contacto", "telefono", "email", "direccion", "plazo_entrega_dias",
    ),
    "productos.csv": (
        "codigo", "nombre", "categoria", "unidad", "presentaciones", "stock_minimo", "costo_unitario",
        "precio_venta", "tarifa_iva", "proveedor", "controla_lotes", "existencias",
    ),
    "tratamientos.csv": (
        "codigo", "nombre", "categoria", "especialidad", "precio", "duracion_minutos", "tarifa_iva",
    ),
    "recetas.csv": (
        "tratamiento", "producto", "incluye", "cantidad", "unidad", "opcional", "alternativa",
    ),
    "puntos_emision.csv": ("centro", "establecimiento", "punto", "nombre", "principal"),
    "categorias_gasto.csv": ("nombre",),
}  # fmt: skip


def centros(cuantos: int, semilla: int) -> Iterator[Fila]:
    """The first three stand in Quito, Guayaquil and, in another time zone, on Galápagos."""
    g = Generador(semilla, "centros.csv")
    for indice in range(cuantos):
        lugar, codigo = lugar_de(indice), codigo_de(indice)
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
        codigo = codigo_de(indice)
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
        lugar = lugar_de(sede)
        trabaja_en = [codigo_de(sede)]
        if indice % 4 == 3 and cuantos_centros > 1:
            trabaja_en.append(codigo_de((sede + 1) % cuantos_centros))
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
            "servicios": ";".join(_servicios(listas.ESPECIALIDADES[indice % len(listas.ESPECIALIDADES)])),
            "telefono": g.celular(),
            "email": f"{nombre_usuario}@example.com",
            "nombre_usuario": nombre_usuario,
            "contrasena": g.contrasena(),
        }


def _servicios(especialidades: Sequence[str]) -> list[str]:
    """The treatments of these specialties; not the kits, which are parts of others."""
    return [uno.codigo for uno in catalogo.TRATAMIENTOS if uno.especialidad in especialidades]


def pacientes(cuantos: int, semilla: int) -> Iterator[Fila]:
    """Adults and minors, some inactive; with a user, invited by email, or without one."""
    g = Generador(semilla, "pacientes.csv")
    pesos = [lugar.peso for lugar in listas.LUGARES]
    for indice in range(1, cuantos + 1):
        lugar = g.azar.choices(listas.LUGARES, weights=pesos)[0]
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


def puntos_emision(cuantos_centros: int) -> Iterator[Fila]:
    """Where each centre numbers its invoices: an establishment of its own, with one point at the desk."""
    for indice in range(cuantos_centros):
        codigo = codigo_de(indice)
        yield {
            "centro": codigo,
            "establecimiento": f"{indice + 1:03d}",
            "punto": "001",
            "nombre": f"Recepción {codigo}",
            "principal": "true",
        }


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
    """Writes the files into `salida` and returns the number of rows of each."""
    salida.mkdir(parents=True, exist_ok=True)
    contenido = {
        "usuarios.csv": usuarios(centros_, semilla),
        "centros.csv": centros(centros_, semilla),
        "doctores.csv": doctores(doctores_, centros_, semilla),
        "pacientes.csv": pacientes(pacientes_, semilla),
        "proveedores.csv": insumos.proveedores(semilla),
        "productos.csv": insumos.productos(centros_, semilla),
        "tratamientos.csv": insumos.tratamientos(),
        "recetas.csv": insumos.recetas(),
        "puntos_emision.csv": puntos_emision(centros_),
        "categorias_gasto.csv": ({"nombre": nombre} for nombre in catalogo.CATEGORIAS_GASTO),
    }
    return {nombre: escribir(salida / nombre, filas) for nombre, filas in contenido.items()}


def main(argumentos: Sequence[str] | None = None) -> None:
    analizador = argparse.ArgumentParser(description="Genera los archivos CSV de demostración.")
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
