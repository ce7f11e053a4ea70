"""Loading many rows at once: all or none, with a report of every row at fault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from admin.casos_de_uso.centros import codigo_libre, crear_centro
from admin.casos_de_uso.doctores import crear_doctor, no_existe
from admin.clientes.inventario import inventario
from admin.extensiones import db
from admin.modelos import Catalogo, Centro, Doctor, Entrada
from admin.modelos.catalogo import plegado
from comun.auth.caller import Caller
from comun.db import release
from comun.errors import Invalid, Problem

Fila = dict[str, Any]
Respuesta = dict[str, Any]


class Informe:
    """What is wrong, and what is odd, with the rows of a load, by their place from 0."""

    def __init__(self) -> None:
        self.errores: dict[str, dict[str, list[str]]] = {}
        self.advertencias: dict[str, list[str]] = {}

    def fallo(self, lugar: int, campo: str, mensaje: str) -> None:
        """A row can't be loaded."""
        self.errores.setdefault(str(lugar), {}).setdefault(campo, []).append(mensaje)

    def aviso(self, lugar: int, mensajes: Iterable[str]) -> None:
        """A row is odd."""
        if nuevos := [*mensajes]:
            self.advertencias.setdefault(str(lugar), []).extend(nuevos)

    def exigir_sin_fallos(self) -> None:
        """Invalid with the report, when a row is at fault."""
        if self.errores:
            raise Invalid(self.errores, "carga_invalida", "Ninguna fila se cargó; corrija las que se señalan.")

    def respuesta(self, ids: Sequence[int]) -> Respuesta:
        """What was made."""
        return {"creados": len(ids), "ids": ids, "advertencias": self.advertencias}


def senalar_repetidos(informe: Informe, filas: Sequence[Mapping[str, Any]], campo: str, mensaje: str) -> None:
    """A value that must be unique stands in several rows."""
    veces = Counter(fila[campo] for fila in filas if fila.get(campo) is not None)
    for lugar, fila in enumerate(filas):
        if fila.get(campo) is not None and veces[fila[campo]] > 1:
            informe.fallo(lugar, campo, mensaje)


def existentes(columna: Any, vivos: Any, valores: Iterable[Any], tanda: int = 1000) -> set[Any]:
    """Which of the values some living row has."""
    pendientes = [*set(valores)]
    hallados: set[Any] = set()
    for inicio in range(0, len(pendientes), tanda):
        consulta = db.select(columna).where(columna.in_(pendientes[inicio : inicio + tanda]), vivos)
        hallados.update(db.session.scalars(consulta))
    return hallados


def cargar_centros(filas: list[Fila]) -> Respuesta:
    """Make many centres."""
    informe = Informe()
    senalar_repetidos(informe, filas, "codigo", "Está repetido en la carga.")
    ocupados = existentes(Centro.codigo, Centro.vivos(), [fila["codigo"] for fila in filas if "codigo" in fila])
    for lugar, fila in enumerate(filas):
        if fila.get("codigo") in ocupados:
            informe.fallo(lugar, "codigo", "Ya existe un centro con ese código.")
    propios = frozenset(fila["codigo"] for fila in filas if "codigo" in fila)
    for fila in filas:
        fila.setdefault("codigo", None)
    return _una_a_una(
        filas, informe, lambda fila: crear_centro({**fila, "codigo": fila["codigo"] or codigo_libre(propios)})
    )


def cargar_doctores(filas: list[Fila], quien: Caller) -> Respuesta:
    """Make many doctors, without users."""
    informe = Informe()
    _senalar_servicios(informe, filas)
    senalar_repetidos(informe, filas, "identificacion", "Está repetida en la carga.")
    dadas = [fila["identificacion"] for fila in filas if fila.get("identificacion")]
    ocupadas = existentes(Doctor.identificacion, Doctor.vivos(), dadas)
    for lugar, fila in enumerate(filas):
        if fila.get("identificacion") in ocupadas:
            informe.fallo(lugar, "identificacion", "Ya existe un doctor con esa identificación.")
    return _una_a_una(filas, informe, lambda fila: _doctor(fila, quien))


def _doctor(fila: Fila, quien: Caller) -> Doctor:
    return crear_doctor({**fila, "crear_usuario": False}, quien, servicios_conocidos=True)


def _senalar_servicios(informe: Informe, filas: Sequence[Fila]) -> None:
    """Which rows name treatments that do not exist; asked at once, before anything is written."""
    pedidos = {uno for fila in filas for uno in fila.get("servicios", ())}
    if not pedidos:
        return
    release(db.session)
    desconocidos = set(inventario().desconocidos(pedidos))
    for lugar, fila in enumerate(filas):
        for uno in sorted(desconocidos & set(fila.get("servicios", ()))):
            informe.fallo(lugar, "servicios", no_existe(uno))


def cargar_entradas(catalogo: Catalogo, filas: list[Fila]) -> Respuesta:
    """Add many entries to a catalogue."""
    informe = Informe()
    plegadas = [{"nombre": plegado(fila["nombre"])} for fila in filas]
    senalar_repetidos(informe, plegadas, "nombre", "Está repetido en la carga.")
    vivas = Entrada.vivos() & (Entrada.catalogo == catalogo)
    ocupadas = existentes(Entrada.nombre_plegado, vivas, [fila["nombre"] for fila in plegadas])
    for lugar, fila in enumerate(plegadas):
        if fila["nombre"] in ocupadas:
            informe.fallo(lugar, "nombre", "Ya existe una entrada con ese nombre.")
    return _una_a_una(filas, informe, lambda fila: _entrada(catalogo, fila))


def _entrada(catalogo: Catalogo, fila: Fila) -> Entrada:
    entrada = Entrada(catalogo=catalogo)
    entrada.cambiar(fila)
    db.session.add(entrada)
    return entrada


def _una_a_una(filas: Sequence[Fila], informe: Informe, crear: Callable[[Fila], Any]) -> Respuesta:
    """Make each row as if it came alone, in one transaction; what fails is reported under its row."""
    informe.exigir_sin_fallos()
    creados = []
    for lugar, fila in enumerate(filas):
        try:
            creado = crear(fila)
        except Invalid as problema:
            for campo, mensajes in problema.errores.items():
                for mensaje in mensajes:
                    informe.fallo(lugar, campo, mensaje)
        except Problem as problema:
            informe.fallo(lugar, "_fila", problema.detail)
        else:
            creados.append(creado)
            informe.aviso(lugar, getattr(creado, "advertencias", ()))
    informe.exigir_sin_fallos()
    db.session.flush()
    return informe.respuesta([creado.id for creado in creados])
