"""Spectacle prescriptions: out of a signed exam, signed as they are issued."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from comun.auth.caller import caller
from comun.db import new_ids, now
from comun.errors import Conflict, Invalid
from comun.preconditions import check_version
from comun.times import zone
from historia_clinica.casos_de_uso.acceso import Acceso
from historia_clinica.casos_de_uso.bitacora import anotar_firma
from historia_clinica.casos_de_uso.examenes_oftalmologicos import zona_de
from historia_clinica.dominio.firma import FORMA, contenido_canonico, huella
from historia_clinica.dominio.ojos import Ojo
from historia_clinica.dominio.refraccion import Refraccion, Uso
from historia_clinica.extensiones import db
from historia_clinica.modelos import CitaRef, ExamenOftalmologico, RecetaOptica, RecetaOpticaOjo
from historia_clinica.modelos.lente import como_lente

VIGENCIA = timedelta(days=365)

# What is signed of a prescription and of each lens. A change of it needs another FORMA.
FIRMADO = (
    "id",
    "codigo",
    "paciente_id",
    "examen_id",
    "doctor_id",
    "uso",
    "tipo_lente",
    "material",
    "tratamientos",
    "dp_lejos_mm",
    "dp_cerca_mm",
    "indicaciones",
    "vence_el",
    "emitida_en",
    "firmante",
    "firmada_por",
)
FIRMADO_DEL_LENTE = ("esfera", "cilindro", "eje", "adicion", "prisma", "base", "dnp_mm", "altura_mm")


def emitir(examen: ExamenOftalmologico, acceso: Acceso, datos: Mapping[str, Any]) -> RecetaOptica:
    """Issue and sign a prescription. Conflict while the exam is a draft, Invalid when no eye would get a lens."""
    medico = acceso.autor
    if examen.firmado_en is None:
        raise Conflict("examen_sin_firmar", "Firme el examen antes de recetar lentes con él.")
    momento = now()
    receta = RecetaOptica(
        id=new_ids(db.session, RecetaOptica.__table__, 1)[0],
        paciente_id=acceso.paciente_id,
        examen_id=examen.id,
        doctor_id=medico.id,
        doctor=medico,
        uso=datos["uso"],
        tipo_lente=datos["tipo_lente"],
        material=datos.get("material"),
        tratamientos=datos["tratamientos"],
        dp_lejos_mm=datos.get("dp_lejos_mm"),
        dp_cerca_mm=datos.get("dp_cerca_mm"),
        indicaciones=datos.get("indicaciones"),
        vence_el=_vence_el(examen, datos.get("vence_el")),
        emitida_en=momento,
        firmante=medico.nombre_completo,
        firmada_por=caller().actor,
        forma=FORMA,
        ojos=_lentes(examen, datos),
    )
    receta.huella = huella_de(receta)
    db.session.add(receta)
    db.session.flush()
    anotar_firma(acceso, recurso="receta_optica", recurso_id=receta.id, huella=receta.huella)
    return receta


def anular(receta: RecetaOptica, acceso: Acceso, motivo: str) -> None:
    """It is not good any more; what it says stays. Conflict when it was annulled before."""
    acceso.exigir_autor(receta)
    check_version(receta)
    if receta.anulada_en is not None:
        raise Conflict("receta_anulada", "La receta ya está anulada.")
    receta.anulada_en, receta.anulada_por, receta.motivo_anulacion = now(), caller().actor, motivo


def huella_de(receta: RecetaOptica) -> str:
    """The hash of a prescription as it now stands: another than its `huella` when somebody altered it."""
    contenido = {
        "tipo": "receta_optica",
        **{campo: getattr(receta, campo) for campo in FIRMADO},
        **{ojo.ojo: {campo: getattr(ojo, campo) for campo in FIRMADO_DEL_LENTE} for ojo in receta.ojos},
    }
    return huella(contenido_canonico(contenido))


def _vence_el(examen: ExamenOftalmologico, pedido: date | None) -> date:
    cita = db.session.get(CitaRef, examen.cita_id) if examen.cita_id else None
    hoy = now().astimezone(zone(zona_de(cita))).date()
    if pedido is not None and pedido < hoy:
        raise Invalid({"vence_el": ["No puede haber pasado."]})
    return pedido or hoy + VIGENCIA


def _lentes(examen: ExamenOftalmologico, datos: Mapping[str, Any]) -> list[RecetaOpticaOjo]:
    """Both lenses; of an eye that gets none a row without a sphere, so that none can come in later."""
    uso, errores, lentes = Uso(datos["uso"]), {}, []
    for ojo in examen.ojos:
        pedido = datos.get(ojo.ojo, {})
        lente = RecetaOpticaOjo(ojo=ojo.ojo)
        lentes.append(lente)
        if pedido is None:
            continue
        try:
            refraccion = _refraccion(ojo.refraccion, pedido, uso)
        except ValueError as error:
            errores[ojo.ojo] = {"refraccion": [str(error)]}
            continue
        if refraccion is None and pedido:
            errores[ojo.ojo] = {"refraccion": ["El examen no tiene la refracción de este ojo; escríbala."]}
        elif refraccion is not None:
            lente.poner_lente(refraccion)
            for campo in ("prisma", "base", "dnp_mm", "altura_mm"):
                setattr(lente, campo, pedido.get(campo))
    if errores:
        raise Invalid(errores)
    _exigir_lentes(lentes, uso)
    return lentes


def _refraccion(del_examen: Refraccion | None, pedido: Mapping[str, Any], uso: Uso) -> Refraccion | None:
    """The lens for this use; ValueError when it needs an addition, or goes beyond what lenses there are."""
    propia = como_lente(pedido["refraccion"]) if "refraccion" in pedido else del_examen
    if propia is None:
        return None
    lente = propia.para(uso)
    if errores := lente.errores():
        raise ValueError(" ".join(frase for frases in errores.values() for frase in frases))
    return lente


def _exigir_lentes(lentes: list[RecetaOpticaOjo], uso: Uso) -> None:
    puestos = [lente for lente in lentes if lente.refraccion is not None]
    if not puestos:
        raise Invalid({str(ojo): ["Ningún ojo tiene lente."] for ojo in (Ojo.OD, Ojo.OI)})
    if uso == Uso.MULTIFOCAL and any(lente.adicion is None for lente in puestos):
        sin = {lente.ojo: {"refraccion": {"adicion": ["Un multifocal la necesita."]}} for lente in puestos}
        raise Invalid(sin)
