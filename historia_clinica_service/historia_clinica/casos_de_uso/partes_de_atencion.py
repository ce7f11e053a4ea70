"""Notes as a part of the whole record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from historia_clinica.casos_de_uso.acceso import Acceso
from historia_clinica.casos_de_uso.notas import notas_de
from historia_clinica.casos_de_uso.partes import parte
from historia_clinica.esquemas.notas import NotaEnLista
from historia_clinica.extensiones import db
from historia_clinica.modelos import Nota

_FORMA = NotaEnLista()


@parte("notas", "Notas de atención", 40)
def notas(acceso: Acceso, limite: int | None) -> list[dict[str, Any]]:
    """The notes, the latest first, each with its diagnoses, form, prescriptions and amendments."""
    consulta = notas_de(acceso, {}).order_by(Nota.momento.desc(), Nota.id.desc()).limit(limite)
    filas: Sequence[Any] = db.session.scalars(consulta).unique().all()
    return [_como_dict(nota) for nota in filas]


def _como_dict(nota: Nota) -> dict[str, Any]:
    dicho: dict[str, Any] = _FORMA.dump(nota)
    # Moments as they are: whoever puts the record together writes them in its own way.
    for receta, fila in zip(dicho["recetas"], nota.recetas, strict=True):
        receta.update(_momentos(fila, "emitida_en", "creado_en", "actualizado_en"))
    for enmienda, hecha in zip(dicho["enmiendas"], nota.enmiendas, strict=True):
        enmienda.update(_momentos(hecha, "firmada_en"))
    return {**dicho, **_momentos(nota, "momento", "firmada_en", "creado_en", "actualizado_en")}


def _momentos(fila: Any, *campos: str) -> dict[str, Any]:
    return {campo: getattr(fila, campo) for campo in campos}
