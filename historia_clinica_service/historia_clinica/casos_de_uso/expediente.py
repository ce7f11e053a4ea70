"""The whole record of a patient: as JSON, on paper, as FHIR; put together from the parts that tell themselves."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from typing import Any

from fhirclient.models.bundle import Bundle
from flask import current_app
from sqlalchemy import select

from comun.auth.caller import caller
from comun.db import now
from comun.errors import Forbidden
from historia_clinica.casos_de_uso.acceso import Acceso, Accion, acceder, denegar
from historia_clinica.casos_de_uso.fichas import Fichas, fichas
from historia_clinica.casos_de_uso.odontograma import imagen_en
from historia_clinica.casos_de_uso.partes import Filas, partes
from historia_clinica.dominio.fhir.documento import Registro, documento_fhir
from historia_clinica.extensiones import db
from historia_clinica.modelos import CitaRef, DoctorRef

QUE = "expediente"
# Of each part, as long as not all is asked for.
LIMITE = 20


def leer(paciente_id: int, *, completo: bool) -> dict[str, Any]:
    """The record: of each part its newest rows, or all when `completo`, which takes the permission to export."""
    accion = Accion.EXPORTAR if completo else Accion.LEER
    if completo and not caller().can("historia:exportar"):
        negativa = Forbidden()
        raise denegar(negativa, paciente_id, negativa.codigo, {"accion": accion, "que": QUE, "recurso_id": None})
    acceso = acceder(paciente_id, accion, QUE)
    contadas = [(parte, parte.contar(acceso, None if completo else LIMITE + 1)) for parte in partes()]
    return {
        "paciente": _ficha(acceso),
        "alertas": acceso.alertas,
        "emergencia": acceso.emergencia,
        "generado_en": now(),
        "partes": [
            {
                "nombre": parte.nombre,
                "titulo": parte.titulo,
                "datos": [llano(fila) for fila in (filas if completo else filas[:LIMITE])],
                "hay_mas": not completo and len(filas) > LIMITE,
            }
            for parte, filas in contadas
        ],
    }


def datos_personales(paciente_id: int) -> dict[str, Any]:
    """All that is held of a patient, for who asked what the network knows of him (LOPDP, access right)."""
    acceso = acceder(paciente_id, Accion.EXPORTAR, QUE)
    return {parte.nombre: filas for parte, filas in _todas(acceso)}


def imprimir(paciente_id: int) -> bytes:
    """The PDF of the whole record. Unavailable when admin_service, which knows who they are, is down."""
    from historia_clinica.impresos.expediente import Capitulo, ExpedienteImpreso, imprimir_expediente

    acceso = acceder(paciente_id, Accion.IMPRIMIR, QUE)
    quienes = _quienes(acceso)
    capitulos = [
        Capitulo(parte.nombre, parte.titulo, filas, _dibujo(acceso, parte.nombre) if filas else None)
        for parte, filas in _todas(acceso)
    ]
    medico = acceso.medico
    return imprimir_expediente(
        ExpedienteImpreso(
            paciente={**_ficha(acceso), **quienes.paciente, "id": acceso.paciente_id},
            centro=quienes.centro,
            alertas=acceso.alertas,
            capitulos=capitulos,
            momento=now(),
            por=medico.nombre_completo if medico is not None else caller().nombre_usuario,
        )
    )


def exportar(paciente_id: int) -> dict[str, Any]:
    """The record as a FHIR R4 document. Unavailable when admin_service, which knows who they are, is down."""
    acceso = acceder(paciente_id, Accion.EXPORTAR, QUE)
    quienes = _quienes(acceso)
    contadas = {parte.nombre: filas for parte, filas in _todas(acceso)}
    documento = documento_fhir(
        Registro(
            paciente={**_ficha(acceso), **quienes.paciente, "id": acceso.paciente_id},
            centro=quienes.centro,
            autor={**llano(acceso.medico), **quienes.doctor} if acceso.medico is not None else None,
            medicos=[llano(medico) for medico in db.session.scalars(_medicos(acceso))],
            partes=contadas,
            momento=now(),
            raiz=_raiz(),
        )
    )
    Bundle(documento)  # nothing goes out that is not valid: it raises
    return documento


def llano(valor: Any) -> Any:
    """A row as JSON has it: people by name instead of rows of other tables."""
    if isinstance(valor, DoctorRef):
        return {"id": valor.id, "nombres": valor.nombres, "apellidos": valor.apellidos}
    if isinstance(valor, Mapping):
        return {nombre: llano(uno) for nombre, uno in valor.items()}
    if isinstance(valor, list | tuple | set | frozenset):
        return [llano(uno) for uno in valor]
    return valor


def _raiz() -> str:
    """What the names of FHIR resources are made of: the same at every export, another in every installation."""
    ultima: str = current_app.config["HISTORIA_CLINICA_SECRET_KEY"][-1]
    return hmac.new(ultima.encode(), b"fhir", "sha256").hexdigest()


def _todas(acceso: Acceso) -> Sequence[tuple[Any, Filas]]:
    return [(parte, [llano(fila) for fila in parte.contar(acceso, None)]) for parte in partes()]


def _ficha(acceso: Acceso) -> dict[str, Any]:
    paciente = acceso.paciente
    return {
        "id": paciente.id,
        "nombres": paciente.nombres,
        "apellidos": paciente.apellidos,
        "nombre_completo": paciente.nombre_completo,
        "estado_paciente": paciente.estado_paciente,
        "ids_fusionados": [uno for uno in acceso.pacientes if uno != paciente.id],
    }


def _quienes(acceso: Acceso) -> Fichas:
    """Who they are, at the centre where the patient was or will be last."""
    ultima = select(CitaRef.centro_id).where(CitaRef.paciente_id.in_(acceso.pacientes))
    centro_id = db.session.scalar(ultima.order_by(CitaRef.fecha_hora.desc()).limit(1))
    return fichas(acceso.paciente_id, acceso.medico.id if acceso.medico else None, centro_id)


def _medicos(acceso: Acceso) -> Any:
    suyas = select(CitaRef.doctor_id).where(CitaRef.paciente_id.in_(acceso.pacientes))
    return select(DoctorRef).where(DoctorRef.id.in_(suyas))


def _dibujo(acceso: Acceso, parte: str) -> str | None:
    """The picture that goes with a part."""
    return imagen_en(acceso, now()) if parte == "odontograma" else None
