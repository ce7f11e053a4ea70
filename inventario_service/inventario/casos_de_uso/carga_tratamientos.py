"""Loading many treatments at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from comun.auth.caller import Caller
from comun.errors import Invalid
from comun.events import emit_first
from inventario.casos_de_uso.carga import Fila, Informe, Respuesta, senalar_existentes, senalar_repetidos, una_a_una
from inventario.casos_de_uso.categorias import categorias_llamadas
from inventario.casos_de_uso.codigos import codigos_nuevos
from inventario.casos_de_uso.recetas import bloquear_recetas, retener
from inventario.casos_de_uso.tratamientos import PREFIJO, nuevo_tratamiento
from inventario.eventos.emitidos import datos_tratamiento
from inventario.modelos import Ambito, Tratamiento
from inventario.modelos.categoria import plegado


def cargar_tratamientos(filas: list[Fila], quien: Caller) -> Respuesta:
    """Make many, all or none. Invalid with every row at fault; Conflict when somebody takes one of their codes."""
    informe = Informe()
    senalar_repetidos(informe, filas, "codigo", "Está repetido en la carga.")
    senalar_existentes(informe, filas, Tratamiento.codigo, "Ya existe un tratamiento con ese código.")
    informe.exigir_sin_fallos()
    bloquear_recetas()
    retener([linea for fila in filas for linea in fila.get("receta", ())])
    _codificar(filas)
    _categorizar(filas, quien)
    hechos: list[Tratamiento] = []

    def crear(fila: Fila) -> Tratamiento:
        try:
            hechos.append(nuevo_tratamiento(fila, quien))
        except Invalid as problema:
            raise Invalid({campo: _en_una_lista(dicho) for campo, dicho in problema.errores.items()}) from None
        return hechos[-1]

    respuesta = una_a_una(filas, informe, crear)
    emit_first("tratamiento.creado.v1", [(f"tratamiento/{hecho.id}", datos_tratamiento(hecho)) for hecho in hechos])
    return respuesta


def _categorizar(filas: list[Fila], quien: Caller) -> None:
    """Make the new ones all at once and in order, so that two loads don't wait for each other."""
    nombres: dict[str, str] = {}
    for fila in filas:
        if fila.get("categoria"):
            nombres.setdefault(plegado(fila["categoria"]), fila["categoria"])
    categorias_llamadas(Ambito.TRATAMIENTO, [nombres[clave] for clave in sorted(nombres)], quien)


def _en_una_lista(dicho: Any, lugar: str = "") -> list[str]:
    """What is wrong inside a recipe, as sentences that say where."""
    if isinstance(dicho, Mapping):
        return [frase for clave, dentro in dicho.items() for frase in _en_una_lista(dentro, f"{lugar}{clave}: ")]
    return [f"{lugar}{frase}" for frase in dicho]


def _codificar(filas: list[Fila]) -> None:
    sin_codigo = [fila for fila in filas if not fila.get("codigo")]
    if sin_codigo:
        propios = {fila["codigo"] for fila in filas if fila.get("codigo")}
        nuevos = codigos_nuevos(Tratamiento.codigo, PREFIJO, len(sin_codigo), propios)
        for fila, codigo in zip(sin_codigo, nuevos, strict=True):
            fila["codigo"] = codigo
