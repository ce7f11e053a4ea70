"""Prescriptions: written in a draft note, held against the patient's allergies, issued when the note is signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from comun.db import now, upsert
from comun.errors import Conflict
from comun.preconditions import check_version
from historia_clinica.casos_de_uso.acceso import Acceso, Accion, buscar, buscar_escribiendo
from historia_clinica.dominio.medicamentos import Coincidencia, coincidencias, en_letras
from historia_clinica.eventos.emitidos import anunciar_receta
from historia_clinica.extensiones import db
from historia_clinica.modelos import Nota, Numeracion, Receta, RecetaItem

QUE = "recetas"
SERIE = "receta"
_DEL_ITEM = (
    *("medicamento", "concentracion", "forma", "via", "dosis", "frecuencia", "duracion", "cantidad"),
    "indicaciones",
)


def recetar(nota_id: int, datos: Mapping[str, Any]) -> tuple[Receta, Acceso]:
    """Write a prescription into the caller's own draft note.

    Conflict `alergia_conocida` when a drug matches an active allergy, unless `confirmar_alergia` with `motivo`.
    """
    nota, acceso = buscar_escribiendo(Nota, nota_id, QUE)
    acceso.exigir_autor(nota)
    nota.exigir_borrador()
    receta = Receta(
        paciente_id=nota.paciente_id,
        nota_id=nota.id,
        doctor_id=nota.doctor_id,
        centro_id=nota.centro_id,
        advertencias=datos.get("advertencias"),
    )
    _poner_items(receta, datos["items"], acceso, datos)
    db.session.add(receta)
    nota.touch()
    db.session.flush()
    return _releer(receta), acceso


def cambiar_receta(receta_id: int, cambios: Mapping[str, Any]) -> tuple[Receta, Acceso]:
    """Change what is given of a prescription that is not issued; the drugs come whole, and are checked again."""
    receta, acceso = _borrador(receta_id)
    check_version(receta)
    if "advertencias" in cambios:
        receta.advertencias = cambios["advertencias"]
    if "items" in cambios:
        receta.items = []
        db.session.flush()  # before the new ones: their places are unique
        _poner_items(receta, cambios["items"], acceso, cambios)
    receta.touch()
    return receta, acceso


def borrar_receta(receta_id: int) -> None:
    """Take a prescription that is not issued out of its note."""
    receta, _ = _borrador(receta_id)
    check_version(receta)
    receta.eliminar()
    db.session.get_one(Nota, receta.nota_id).touch()


def _borrador(receta_id: int) -> tuple[Receta, Acceso]:
    """The caller's own, not issued; with its note locked, so that it is not signed meanwhile."""
    receta, acceso = buscar(Receta, receta_id, Accion.ESCRIBIR, QUE)
    # The note first, as signing locks it: two that lock in another order would wait for each other.
    nota = db.session.scalars(
        select(Nota).where(Nota.id == receta.nota_id).with_for_update().execution_options(populate_existing=True)
    ).one()
    acceso.exigir_autor(nota)
    receta = _releer(receta)
    receta.exigir_borrador()
    receta.exigir_vivo()
    return receta, acceso


def una_receta(receta_id: int, accion: Accion = Accion.LEER) -> tuple[Receta, Acceso]:
    """A prescription by its id. NotFound also of one that is not issued, when a patient asks."""
    return buscar(Receta, receta_id, accion, QUE)


def _poner_items(
    receta: Receta, items: Sequence[Mapping[str, Any]], acceso: Acceso, confirmacion: Mapping[str, Any]
) -> None:
    halladas = coincidencias([item["medicamento"] for item in items], alergenos(acceso.alertas))
    if halladas and not confirmacion.get("confirmar_alergia"):
        raise alergia_conocida(items, halladas)
    receta.alergias_confirmadas = [
        {"medicamento": una.medicamento, "alergia": una.sustancia, "por": una.por} for una in halladas
    ]
    receta.motivo_alergia = confirmacion.get("motivo") if halladas else None
    receta.items = [
        RecetaItem(
            orden=orden,
            cantidad_letras=en_letras(item["cantidad"]),
            **{campo: item.get(campo) for campo in _DEL_ITEM},
        )
        for orden, item in enumerate(items)
    ]


def alergenos(alertas: Sequence[Mapping[str, Any]]) -> list[str]:
    """What a patient is allergic to, of the alerts of the record: `Alergia a penicilina: urticaria` is penicilina."""
    return [
        alerta.get("sustancia") or alerta["descripcion"].removeprefix("Alergia a ").partition(":")[0]
        for alerta in alertas
        if alerta["tipo"] == "alergia"
    ]


def exigir_alergias_confirmadas(recetas: Sequence[Receta], acceso: Acceso) -> None:
    """Conflict `alergia_conocida` when one matches an allergy that was noted since it was written."""
    for lugar, receta in enumerate(recetas):
        confirmadas = [(una["medicamento"], una["alergia"]) for una in receta.alergias_confirmadas]
        items = [{"medicamento": item.medicamento} for item in receta.items]
        halladas = coincidencias([item["medicamento"] for item in items], alergenos(acceso.alertas))
        if nuevas := [una for una in halladas if (una.medicamento, una.sustancia) not in confirmadas]:
            raise alergia_conocida(items, nuevas, lugar)


def alergia_conocida(
    items: Sequence[Mapping[str, Any]], halladas: Sequence[Coincidencia], receta: int | None = None
) -> Conflict:
    """The 409 that names each drug in its place, what of it the patient is allergic to, and why it matches.

    `receta`: the place of the prescription among those of its note, where there may be several.
    """
    errores: dict[int, dict[str, list[str]]] = {}
    for lugar, item in enumerate(items):
        frases = [
            f"Alergia a {una.sustancia}: {una.por}." for una in halladas if una.medicamento == item["medicamento"]
        ]
        if frases:
            errores[lugar] = {"medicamento": frases}
    nombres = ", ".join(dict.fromkeys(una.medicamento for una in halladas))
    return Conflict(
        "alergia_conocida",
        f"El paciente tiene una alergia conocida que toca a {nombres}. Para recetarlo de todos modos, confírmelo con"
        " el motivo.",
        errores={"items": errores} if receta is None else {"recetas": {receta: {"items": errores}}},
    )


def emitir_recetas(nota: Nota) -> None:
    """Number the prescriptions of a note that is about to be signed, and tell of them."""
    if not nota.recetas:
        return
    emitida_en = now()
    for receta, numero in zip(nota.recetas, _siguientes(len(nota.recetas)), strict=True):
        receta.numero, receta.emitida_en = numero, emitida_en
    db.session.flush()
    for receta in nota.recetas:
        anunciar_receta(receta)


def _siguientes(cuantos: int) -> range:
    """The next numbers of the series. Its row stays locked until the transaction ends: none is lost, none twice."""
    orden = upsert(db.session.get_bind().dialect, Numeracion).values(serie=SERIE, ultimo=cuantos)
    ultimo = Numeracion.__table__.c.ultimo
    orden = orden.on_conflict_do_update(index_elements=["serie"], set_={"ultimo": ultimo + cuantos})
    fin = db.session.scalars(orden.returning(ultimo)).one()
    return range(fin - cuantos + 1, fin + 1)


def _releer(receta: Receta) -> Receta:
    consulta = select(Receta).where(Receta.id == receta.id).options(*Receta.cargar())
    return db.session.scalars(consulta.execution_options(populate_existing=True)).unique().one()
