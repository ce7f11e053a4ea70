"""The recipes that count at a moment, with those of the treatments that they include."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_

from inventario.dominio.recetas import LineaReceta, RecetaVigente
from inventario.extensiones import db
from inventario.modelos import Ingrediente, Receta, Tratamiento


def recetas_de(tratamiento_ids: Collection[int], momento: datetime | None = None) -> dict[int, RecetaVigente]:
    """The version that was valid then (or is now) of each of these and of all that they include.

    By treatment; one without a recipe is absent. Two statements.
    """
    if not tratamiento_ids:
        return {}
    valia = _valia(momento)
    incluidos = db.select(Tratamiento.id).where(Tratamiento.id.in_(set(tratamiento_ids))).cte(recursive=True)
    # UNION, not UNION ALL: each treatment once, however many include it.
    incluidos = incluidos.union(
        db.select(Ingrediente.incluye_id)
        .join(Receta, Receta.id == Ingrediente.receta_id)
        .join(incluidos, incluidos.c.id == Receta.tratamiento_id)
        .where(valia, Ingrediente.incluye_id.is_not(None))
    )
    # Where the clocks of two writers overlap, the later version counts.
    versiones = {
        fila.tratamiento_id: fila.id
        for fila in db.session.execute(
            db.select(Receta.id, Receta.tratamiento_id)
            .where(valia, Receta.tratamiento_id.in_(db.select(incluidos.c.id)))
            .order_by(Receta.numero)
        )
    }
    lineas = _lineas(versiones.values())
    return {
        tratamiento_id: RecetaVigente(receta_id, tratamiento_id, tuple(lineas[receta_id]))
        for tratamiento_id, receta_id in versiones.items()
    }


def _valia(momento: datetime | None) -> ColumnElement[bool]:
    vigente = Receta.vigente_hasta.is_(None)
    if momento is None:
        return vigente
    return and_(Receta.vigente_desde <= momento, or_(vigente, Receta.vigente_hasta > momento))


def _lineas(receta_ids: Collection[int]) -> dict[int, list[LineaReceta]]:
    filas = db.session.execute(
        db.select(
            Ingrediente.receta_id,
            Ingrediente.producto_id,
            Ingrediente.incluye_id,
            Ingrediente.cantidad,
            Ingrediente.opcional,
            Ingrediente.alternativa,
        )
        .where(Ingrediente.receta_id.in_(set(receta_ids)))
        .order_by(Ingrediente.receta_id, Ingrediente.orden, Ingrediente.id)
    )
    lineas: dict[int, list[LineaReceta]] = defaultdict(list)
    for receta_id, *campos in filas:
        lineas[receta_id].append(LineaReceta(*campos))
    return lineas
