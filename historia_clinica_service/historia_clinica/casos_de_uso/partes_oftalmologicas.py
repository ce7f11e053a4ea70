"""What the whole record tells of the eyes: exams and spectacle prescriptions."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from historia_clinica.casos_de_uso.acceso import Acceso
from historia_clinica.casos_de_uso.partes import parte
from historia_clinica.dominio.refraccion import Refraccion
from historia_clinica.extensiones import db
from historia_clinica.modelos import DoctorRef, ExamenOftalmologico, ExamenOjo, RecetaOptica, RecetaOpticaOjo

_DEL_EXAMEN = (
    "motivo",
    "campo_visual",
    "vision_colores",
    "vision_binocular",
    "diagnosticos",
    "plan",
    "observaciones",
)
_DEL_OJO = ("presion", "paquimetria_um", "queratometria", "biomicroscopia", "fondo", "pupilas", "motilidad")


@parte("examenes_oftalmologicos", "Exámenes oftalmológicos", 70)
def examenes(acceso: Acceso, limite: int | None) -> list[dict[str, Any]]:
    """Eye exams, the latest first; none for the patient."""
    if acceso.solo_firmado:
        return []
    orden = (ExamenOftalmologico.momento.desc(), ExamenOftalmologico.id.desc())
    filas = db.session.scalars(acceso.de(ExamenOftalmologico).order_by(*orden).limit(limite))
    return [examen_en_json(examen) for examen in filas]


@parte("recetas_opticas", "Recetas ópticas", 75)
def recetas(acceso: Acceso, limite: int | None) -> list[dict[str, Any]]:
    """Spectacle prescriptions, the latest first; they are signed from birth, so the patient sees his."""
    orden = (RecetaOptica.emitida_en.desc(), RecetaOptica.id.desc())
    filas = db.session.scalars(acceso.de(RecetaOptica).order_by(*orden).limit(limite))
    return [_receta(receta) for receta in filas]


def examen_en_json(examen: ExamenOftalmologico) -> dict[str, Any]:
    """An exam as the record tells it."""
    return {
        "id": examen.id,
        "momento": examen.momento,
        "cita_id": examen.cita_id,
        "doctor": _doctor(examen.doctor),
        "estado": examen.estado,
        **{campo: getattr(examen, campo) for campo in _DEL_EXAMEN},
        "od": _ojo(examen.od),
        "oi": _ojo(examen.oi),
        "avisos": [asdict(aviso) for aviso in examen.avisos],
        "firma": examen.firma,
    }


def _ojo(ojo: ExamenOjo) -> dict[str, Any]:
    agudeza = ojo.agudeza or {}
    leidas = {nombre: agudeza[nombre] and asdict(agudeza[nombre]) for nombre in ojo.AGUDEZAS if agudeza}
    return {
        "agudeza": {**leidas, "cerca": ojo.av_cerca} if agudeza else None,
        "refraccion": lente_en_json(ojo.refraccion),
        "refraccion_objetiva": ojo.refraccion_objetiva,
        **{campo: getattr(ojo, campo) for campo in _DEL_OJO},
    }


def _receta(receta: RecetaOptica) -> dict[str, Any]:
    return {
        "id": receta.id,
        "codigo": receta.codigo,
        "examen_id": receta.examen_id,
        "doctor": _doctor(receta.doctor),
        "emitida_en": receta.emitida_en,
        "vence_el": receta.vence_el,
        "estado": receta.estado,
        "motivo_anulacion": receta.motivo_anulacion,
        "uso": receta.uso,
        "tipo_lente": receta.tipo_lente,
        "material": receta.material,
        "tratamientos": receta.tratamientos,
        "od": _lente(receta.od),
        "oi": _lente(receta.oi),
        "dp_lejos_mm": receta.dp_lejos_mm,
        "dp_cerca_mm": receta.dp_cerca_mm,
        "indicaciones": receta.indicaciones,
        "firma": receta.firma,
    }


def _lente(ojo: RecetaOpticaOjo) -> dict[str, Any]:
    hecho = {campo: getattr(ojo, campo) for campo in ("prisma", "base", "dnp_mm", "altura_mm")}
    return {"refraccion": lente_en_json(ojo.refraccion), **hecho}


def lente_en_json(lente: Refraccion | None) -> dict[str, Any] | None:
    """A lens by its figures and as it is dictated."""
    return None if lente is None else {**asdict(lente), "escrita": lente.escrita()}


def _doctor(doctor: DoctorRef) -> dict[str, Any]:
    return {"id": doctor.id, "nombres": doctor.nombres, "apellidos": doctor.apellidos}
