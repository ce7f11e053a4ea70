"""What is signed of a note, its hash, and whether what the database holds is still what was signed."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import and_, select

from comun.auth.caller import Caller
from comun.db import now
from historia_clinica.dominio.firma import FORMA, contenido_canonico, huella
from historia_clinica.dominio.notas import TEXTOS
from historia_clinica.extensiones import db
from historia_clinica.modelos import (
    Anotacion,
    Diagnostico,
    DoctorRef,
    Enmienda,
    Formulario033,
    Nota,
    Receta,
    RecetaItem,
)

_POR_VEZ = 200
Fallas = Callable[[], Iterator[str]]


def sellar_firma(fila: Nota | Enmienda, medico: DoctorRef, quien: Caller) -> None:
    """Say who signs, and when. The hash comes after everything else is in its place."""
    fila.firmante = medico.nombre_completo
    fila.firmada_por = quien.actor
    fila.firmada_en = now()
    fila.forma = FORMA


def huella_de_nota(nota: Nota) -> str:
    """The hash of a note with all that is signed with it."""
    return huella(contenido_canonico(contenido_de_nota(nota)))


def huella_de_enmienda(enmienda: Enmienda) -> str:
    """The hash of an amendment, and through `huella_anterior` of all before it."""
    return huella(contenido_canonico(contenido_de_enmienda(enmienda)))


def contenido_de_nota(nota: Nota) -> dict[str, Any]:
    """What is signed: the note, its diagnoses, the form 033, the prescriptions, who signed and when."""
    return {
        "documento": "nota",
        **_campos(nota, "id", "paciente_id", "cita_id", "centro_id", "doctor_id", "momento", "tipo", "especialidad"),
        **_campos(nota, *TEXTOS),
        "diagnosticos": [_campos(uno, *_DEL_DIAGNOSTICO) for uno in nota.diagnosticos],
        "formulario_033": _campos(nota.formulario, *_DEL_FORMULARIO) if nota.formulario else None,
        "recetas": [_receta(receta) for receta in nota.recetas],
        "firma": _campos(nota, "firmante", "firmada_por", "firmada_en"),
    }


def contenido_de_enmienda(enmienda: Enmienda) -> dict[str, Any]:
    """What is signed of an amendment."""
    return {
        "documento": "enmienda",
        **_campos(enmienda, "nota_id", "numero", "motivo", "texto", "doctor_id", "huella_anterior"),
        "firma": _campos(enmienda, "firmante", "firmada_por", "firmada_en"),
    }


# All columns but the keys: what is added to a table is signed without a thought.
_DEL_DIAGNOSTICO = tuple(c.key for c in Diagnostico.__table__.c if c.key not in ("id", "nota_id"))
_DEL_FORMULARIO = tuple(c.key for c in Formulario033.__table__.c if c.key != "nota_id")
_DEL_ITEM = tuple(c.key for c in RecetaItem.__table__.c if c.key not in ("id", "receta_id"))
_DE_LA_RECETA = ("id", "numero", "emitida_en", "advertencias", "alergias_confirmadas", "motivo_alergia")


def _receta(receta: Receta) -> dict[str, Any]:
    return {**_campos(receta, *_DE_LA_RECETA), "items": [_campos(item, *_DEL_ITEM) for item in receta.items]}


def _campos(fila: Any, *nombres: str) -> dict[str, Any]:
    return {nombre: getattr(fila, nombre) for nombre in nombres}


def verificar_nota(nota: Nota) -> list[str]:
    """What of a signed note and its amendments is not what was signed, in sentences; nothing when all is."""
    fallas = []
    if not hmac.compare_digest(huella_de_nota(nota), nota.huella or ""):
        fallas.append(f"la nota {nota.id} no es la que se firmó")
    anterior = nota.huella
    for numero, enmienda in enumerate(nota.enmiendas, 1):
        if enmienda.numero != numero:
            fallas.append(f"falta una enmienda de la nota {nota.id} antes de la {enmienda.numero}")
        elif enmienda.huella_anterior != anterior or huella_de_enmienda(enmienda) != enmienda.huella:
            fallas.append(f"la enmienda {numero} de la nota {nota.id} no es la que se firmó")
        anterior = enmienda.huella
    return fallas


def notas_alteradas() -> Iterator[str]:
    """Go through all signed notes; needs little memory however many there are."""
    desde = 0
    while True:
        consulta = select(Nota).where(Nota.id > desde, Nota.firmada_en.is_not(None)).order_by(Nota.id).limit(_POR_VEZ)
        notas = db.session.scalars(consulta.options(*Nota.cargar())).unique().all()
        for nota in notas:
            yield from verificar_nota(nota)
        if len(notas) < _POR_VEZ:
            break
        desde = notas[-1].id
        db.session.expunge_all()
    yield from contra_la_bitacora("nota", Nota)
    yield from contra_la_bitacora("enmienda", Enmienda)


def contra_la_bitacora(que: str, modelo: Any) -> Iterator[str]:
    """What the trace does not know with the hash that it has, and what the trace knows that is not there any more.

    So somebody who rewrites a row together with its hash is found by the trace, which is sealed.
    """
    misma = and_(Anotacion.que == que, Anotacion.recurso_id == modelo.id, Anotacion.huella == modelo.huella)
    sin_anotar = select(modelo.id).outerjoin(Anotacion, misma)
    sin_anotar = sin_anotar.where(modelo.huella.is_not(None), Anotacion.numero.is_(None)).order_by(modelo.id)
    for fila_id in db.session.scalars(sin_anotar):
        yield f"la bitácora no tiene la huella de {que} {fila_id}"
    anotadas = select(Anotacion.recurso_id).outerjoin(modelo, Anotacion.recurso_id == modelo.id)
    anotadas = anotadas.where(Anotacion.que == que, Anotacion.huella.is_not(None), modelo.id.is_(None))
    for fila_id in db.session.scalars(anotadas.order_by(Anotacion.recurso_id)):
        yield f"falta {que} {fila_id}, que se firmó"
