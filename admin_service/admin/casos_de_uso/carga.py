"""Loading many centres, doctors or catalogue entries at once."""

from __future__ import annotations

from collections.abc import Sequence

from admin.casos_de_uso.centros import codigo_libre, crear_centro
from admin.casos_de_uso.doctores import crear_doctor, no_existe
from admin.clientes.inventario import inventario
from admin.extensiones import db
from admin.modelos import Catalogo, Centro, Doctor, Entrada
from admin.modelos.catalogo import plegado
from comun.auth.caller import Caller
from comun.bulk import Answer, Report, Row, mark_repeated, mark_taken, one_by_one, taken
from comun.db import release


def cargar_centros(filas: list[Row]) -> Answer:
    """Make many centres."""
    informe = Report()
    mark_repeated(informe, filas, "codigo", "Está repetido en la carga.")
    mark_taken(informe, filas, Centro.codigo, "Ya existe un centro con ese código.")
    propios = frozenset(fila["codigo"] for fila in filas if "codigo" in fila)
    for fila in filas:
        fila.setdefault("codigo", None)
    return one_by_one(
        filas, informe, lambda fila: crear_centro({**fila, "codigo": fila["codigo"] or codigo_libre(propios)})
    )


def cargar_doctores(filas: list[Row], quien: Caller) -> Answer:
    """Make many doctors, without users."""
    informe = Report()
    _senalar_servicios(informe, filas)
    mark_repeated(informe, filas, "identificacion", "Está repetida en la carga.")
    mark_taken(informe, filas, Doctor.identificacion, "Ya existe un doctor con esa identificación.")
    return one_by_one(filas, informe, lambda fila: _doctor(fila, quien))


def _doctor(fila: Row, quien: Caller) -> Doctor:
    return crear_doctor({**fila, "crear_usuario": False}, quien, servicios_conocidos=True)


def _senalar_servicios(informe: Report, filas: Sequence[Row]) -> None:
    """Which rows name treatments that do not exist; asked at once, before anything is written."""
    pedidos = {uno for fila in filas for uno in fila.get("servicios", ())}
    if not pedidos:
        return
    release(db.session)
    desconocidos = set(inventario().desconocidos(pedidos))
    for lugar, fila in enumerate(filas):
        for uno in sorted(desconocidos & set(fila.get("servicios", ()))):
            informe.fault(lugar, "servicios", no_existe(uno))


def cargar_entradas(catalogo: Catalogo, filas: list[Row]) -> Answer:
    """Add many entries to a catalogue."""
    informe = Report()
    plegadas = [{"nombre": plegado(fila["nombre"])} for fila in filas]
    mark_repeated(informe, plegadas, "nombre", "Está repetido en la carga.")
    vivas = Entrada.vivos() & (Entrada.catalogo == catalogo)
    ocupadas = taken(Entrada.nombre_plegado, vivas, [fila["nombre"] for fila in plegadas])
    for lugar, fila in enumerate(plegadas):
        if fila["nombre"] in ocupadas:
            informe.fault(lugar, "nombre", "Ya existe una entrada con ese nombre.")
    return one_by_one(filas, informe, lambda fila: _entrada(catalogo, fila))


def _entrada(catalogo: Catalogo, fila: Row) -> Entrada:
    entrada = Entrada(catalogo=catalogo)
    entrada.cambiar(fila)
    db.session.add(entrada)
    return entrada
