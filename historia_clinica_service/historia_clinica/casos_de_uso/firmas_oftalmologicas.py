"""Whether what was signed of the eyes still is what was signed."""

from __future__ import annotations

from collections.abc import Iterator

from historia_clinica.casos_de_uso.examenes_oftalmologicos import huella_de as huella_de_examen
from historia_clinica.casos_de_uso.firmas import contra_la_bitacora
from historia_clinica.casos_de_uso.recetas_opticas import huella_de as huella_de_receta
from historia_clinica.extensiones import db
from historia_clinica.modelos import ExamenOftalmologico, RecetaOptica

A_LA_VEZ = 200


def alterados() -> Iterator[str]:
    """Each signed exam and prescription whose content no longer has its hash, a sentence each."""
    firmados = db.select(ExamenOftalmologico).where(ExamenOftalmologico.firmado_en.is_not(None))
    for examen in db.session.scalars(firmados.order_by(ExamenOftalmologico.id).execution_options(yield_per=A_LA_VEZ)):
        if huella_de_examen(examen) != examen.huella:
            yield f"el examen oftalmológico {examen.id} no es el que se firmó"
    todas = db.select(RecetaOptica).order_by(RecetaOptica.id).execution_options(yield_per=A_LA_VEZ)
    for receta in db.session.scalars(todas):
        if huella_de_receta(receta) != receta.huella:
            yield f"la receta óptica {receta.codigo} no es la que se firmó"
    yield from contra_la_bitacora("examen_oftalmologico", ExamenOftalmologico)
    yield from contra_la_bitacora("receta_optica", RecetaOptica)
