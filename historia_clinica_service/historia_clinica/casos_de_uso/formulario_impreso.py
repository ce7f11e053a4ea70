"""The dental form 033 of a note on paper, with what the record knew besides when it was signed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from comun.db import now
from comun.errors import NotFound
from historia_clinica.casos_de_uso.acceso import Acceso, Accion, buscar
from historia_clinica.casos_de_uso.fichas import fichas
from historia_clinica.casos_de_uso.odontograma import imagen_en
from historia_clinica.dominio.antecedentes import desplegar
from historia_clinica.dominio.signos import SIGNOS
from historia_clinica.esquemas.notas import NotaEnLista
from historia_clinica.extensiones import db
from historia_clinica.impresos.formulario_033 import Formulario033Impreso, imprimir_formulario
from historia_clinica.modelos import Antecedentes, EstadoSignos, Nota, SignosVitales

QUE = "formulario_033"
SIN_FORMULARIO = "Esa nota no tiene formulario 033."
# Signs that were not taken at the appointment itself count when they are no older.
RECIENTES = timedelta(hours=24)
_NOTA = NotaEnLista()


def imprimir(nota_id: int) -> bytes:
    """The PDF. NotFound when the note has no such form; Unavailable when admin_service is down."""
    nota, acceso = buscar(Nota, nota_id, Accion.IMPRIMIR, QUE)
    if nota.formulario is None:
        raise NotFound(SIN_FORMULARIO)
    hasta = nota.firmada_en or now()
    quienes = fichas(acceso.paciente_id, nota.doctor_id, nota.centro_id)
    return imprimir_formulario(
        Formulario033Impreso(
            paciente={**quienes.paciente, "id": acceso.paciente_id},
            doctor=quienes.doctor,
            centro=quienes.centro,
            nota={**_NOTA.dump(nota), "momento": nota.momento, "firmada_en": nota.firmada_en},
            antecedentes=_antecedentes(acceso, hasta),
            signos=_signos(acceso, nota, hasta),
            odontograma=imagen_en(acceso, hasta),
            momento=hasta,
        )
    )


def _antecedentes(acceso: Acceso, hasta: datetime) -> dict[str, Any]:
    """The medical history as it was known then."""
    consulta = acceso.de(Antecedentes).where(Antecedentes.creado_en <= hasta).order_by(Antecedentes.id.desc())
    version = db.session.scalar(consulta.limit(1))
    return dict(desplegar(version.contenido)) if version is not None else {}


def _signos(acceso: Acceso, nota: Nota, hasta: datetime) -> dict[str, Any]:
    """The signs taken at the appointment, or else shortly before."""
    validos = acceso.de(SignosVitales).where(
        SignosVitales.estado == EstadoSignos.VALIDO, SignosVitales.tomado_en <= hasta
    )
    ultimos = validos.order_by(SignosVitales.tomado_en.desc(), SignosVitales.id.desc()).limit(1)
    tomados = db.session.scalar(ultimos.where(SignosVitales.cita_id == nota.cita_id))
    if tomados is None:
        tomados = db.session.scalar(ultimos.where(SignosVitales.tomado_en >= hasta - RECIENTES))
    if tomados is None:
        return {}
    return {campo: getattr(tomados, campo) for campo in (*SIGNOS, "tomado_en")}
