"""Loading many treatments at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import joinedload, selectinload

from comun.auth.caller import Caller
from comun.bulk import Answer, Report, Row, mark_repeated, mark_taken
from comun.errors import Invalid, Problem
from comun.events import emit_first
from inventario.casos_de_uso.categorias import categorias_llamadas
from inventario.casos_de_uso.codigos import codigos_nuevos
from inventario.casos_de_uso.recetas import bloquear_recetas, leer, retener
from inventario.casos_de_uso.tratamientos import PREFIJO, armar, comienzo
from inventario.dominio.recetas import LineaReceta
from inventario.eventos.emitidos import datos_tratamiento
from inventario.extensiones import db
from inventario.modelos import Ambito, Tratamiento
from inventario.modelos.categoria import plegado


def cargar_tratamientos(filas: list[Row], quien: Caller) -> Answer:
    """Make many, all or none. Invalid with every row at fault; Conflict when somebody takes one of their codes."""
    informe = Report()
    mark_repeated(informe, filas, "codigo", "Está repetido en la carga.")
    mark_taken(informe, filas, Tratamiento.codigo, "Ya existe un tratamiento con ese código.")
    bloquear_recetas()
    recetas = _recetas(filas, informe)
    informe.require_no_faults()
    _codificar(filas)
    categorias = _categorias(filas, quien)
    hechos = [armar(fila, categorias.get(plegado(fila.get("categoria") or ""))) for fila in filas]
    db.session.add_all(hechos)
    db.session.flush()
    for hecho, fila, lineas in zip(hechos, filas, recetas, strict=True):
        db.session.add_all(comienzo(hecho, fila, lineas, quien))
    db.session.flush()
    _anunciar(hechos)
    return informe.answer([hecho.id for hecho in hechos])


def _recetas(filas: Sequence[Row], informe: Report) -> list[list[LineaReceta]]:
    """The recipe of each row."""
    retenidas = retener([linea for fila in filas for linea in fila.get("receta", ())])
    recetas: list[list[LineaReceta]] = []
    for lugar, fila in enumerate(filas):
        try:
            recetas.append(leer(fila.get("receta", ()), retenidas, "receta"))
        except Invalid as problema:
            for campo, dicho in problema.errores.items():
                for frase in _frases(dicho):
                    informe.fault(lugar, campo, frase)
        except Problem as problema:
            informe.fault(lugar, "receta", problema.detail)
    return recetas


def _frases(dicho: Any, lugar: str = "") -> list[str]:
    """What is wrong inside a recipe, as sentences that say where."""
    if isinstance(dicho, Mapping):
        return [frase for clave, dentro in dicho.items() for frase in _frases(dentro, f"{lugar}{clave}: ")]
    return [f"{lugar}{frase}" for frase in dicho]


def _codificar(filas: Sequence[Row]) -> None:
    sin_codigo = [fila for fila in filas if not fila.get("codigo")]
    if sin_codigo:
        propios = {fila["codigo"] for fila in filas if fila.get("codigo")}
        nuevos = codigos_nuevos(Tratamiento.codigo, PREFIJO, len(sin_codigo), propios)
        for fila, codigo in zip(sin_codigo, nuevos, strict=True):
            fila["codigo"] = codigo


def _categorias(filas: Sequence[Row], quien: Caller) -> dict[str, int]:
    """Folded name → id; new ones are made as the first row writes them."""
    nombres: dict[str, str] = {}
    for fila in filas:
        if fila.get("categoria"):
            nombres.setdefault(plegado(fila["categoria"]), fila["categoria"])
    # In order, so that two loads don't wait for each other.
    ids = categorias_llamadas(Ambito.TRATAMIENTO, [nombres[clave] for clave in sorted(nombres)], quien)
    return {clave: ids[nombre] for clave, nombre in nombres.items()}


def _anunciar(hechos: Sequence[Tratamiento]) -> None:
    consulta = (
        db.select(Tratamiento)
        .where(Tratamiento.id.in_([hecho.id for hecho in hechos]))
        .options(joinedload(Tratamiento.categoria_rel), selectinload(Tratamiento.tarifas))
        .order_by(Tratamiento.id)
        .execution_options(populate_existing=True)
    )
    sucesos = [(f"tratamiento/{t.id}", datos_tratamiento(t)) for t in db.session.scalars(consulta)]
    emit_first("tratamiento.creado.v1", sucesos)
