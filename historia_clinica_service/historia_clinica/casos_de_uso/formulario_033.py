"""The dental form 033 of a note."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from comun.db import now
from comun.errors import Invalid
from comun.preconditions import check_version
from historia_clinica.casos_de_uso.acceso import Acceso
from historia_clinica.casos_de_uso.notas import borrador_propio
from historia_clinica.casos_de_uso.odontograma import indices_en
from historia_clinica.dominio.formulario_033 import defecto_de_higiene, medias
from historia_clinica.extensiones import db
from historia_clinica.modelos import Formulario033, Nota

_LISTAS = ("estomatognatico", "higiene", "examenes", "sesiones")
_SIMPLES = (
    *("enfermedad_periodontal", "angle", "fluorosis"),
    *("plan_diagnostico", "plan_terapeutico", "plan_educacional"),
)


def llenar_formulario(nota_id: int, datos: Mapping[str, Any]) -> tuple[Nota, Acceso]:
    """Fill in what is given of the form in the caller's own draft note; lists come whole.

    The means of oral hygiene are computed; the indices are those of the odontogram as it is now, and in the
    end as it is when the note is signed.
    """
    nota, acceso = borrador_propio(nota_id)
    check_version(nota)
    formulario = nota.formulario or Formulario033(**{lista: [] for lista in _LISTAS})
    if "higiene" in datos:
        if defecto := defecto_de_higiene(datos["higiene"]):
            raise Invalid({"higiene": [defecto]})
        for medida, media in medias(datos["higiene"]).items():
            setattr(formulario, medida, media)
    for campo in (*_LISTAS, *_SIMPLES):
        if campo in datos:
            setattr(formulario, campo, datos[campo])
    formulario.indices = indices_en(acceso, now())
    nota.formulario = formulario
    nota.touch()
    db.session.flush()
    return nota, acceso
