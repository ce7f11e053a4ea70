"""What was tried with a record without going through its view to the end: it leaves its row in the trace too.

A write that fails after its caller was let in, a caller without the permission, a request that is repeated.
"""

from __future__ import annotations

import logging
from typing import Any, NamedTuple

from flask import Response, current_app, g, request
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from comun.auth.permissions import rule_of
from historia_clinica.casos_de_uso.acceso import Accion, acceder
from historia_clinica.casos_de_uso.bitacora import anotar, anotar_ya, rendidas
from historia_clinica.extensiones import db
from historia_clinica.modelos import (
    Adjunto,
    Alergia,
    CitaRef,
    Consentimiento,
    DelExpediente,
    Emergencia,
    ExamenOftalmologico,
    Hallazgo,
    Nota,
    PacienteRef,
    Periodontograma,
    PlanTratamiento,
    Receta,
    RecetaOptica,
    Relacion,
    Resultado,
    SignosVitales,
)

logger = logging.getLogger(__name__)

# The parts of a record that are asked for by an id of their own, by the first word of their routes.
POR_SU_ID: dict[str, type[DelExpediente]] = {
    "adjuntos": Adjunto,
    "alergias": Alergia,
    "consentimientos": Consentimiento,
    "emergencias": Emergencia,
    "examenes-oftalmologicos": ExamenOftalmologico,
    "hallazgos": Hallazgo,
    "notas": Nota,
    "periodontogramas": Periodontograma,
    "planes": PlanTratamiento,
    "recetas": Receta,
    "recetas-opticas": RecetaOptica,
    "signos-vitales": SignosVitales,
}
# The last word of a permission that is not the action itself.
_ACCIONES = {
    **{str(accion): accion for accion in Accion},
    **dict.fromkeys(("eliminar", "editar", "revisar"), Accion.ESCRIBIR),
    "consultar": Accion.EXPORTAR,  # by another service
}


class Parte(NamedTuple):
    """What of whose record a route is about."""

    paciente_id: int
    que: str
    recurso_id: int | None


def anotar_fallidos(respuesta: Response) -> Response:
    """After a request that failed: leave the row of the write that was not done, or of who lacks the permission."""
    if respuesta.status_code >= 400:
        try:
            _anotar_fallidos(respuesta)
        except SQLAlchemyError:
            db.session.rollback()
            logger.exception("what was denied can't be put into the trace")
    return respuesta


def _anotar_fallidos(respuesta: Response) -> None:
    codigo = (respuesta.get_json(force=True, silent=True) or {}).get("codigo", str(respuesta.status_code))
    if filas := rendidas():
        db.session.rollback()
        # `_fila` fills in who and where; these say what.
        for fila in filas:
            dicho = {campo: fila[campo] for campo in ("paciente_id", "accion", "que", "recurso_id", "relacion")}
            anotar(**dicho, resultado=Resultado.DENEGADO, motivo=codigo)
        db.session.commit()
    elif respuesta.status_code == 403 and not g.get("en_bitacora") and (parte := parte_de_la_ruta()):
        anotar_ya(
            **parte._asdict(),
            accion=_accion(),
            resultado=Resultado.DENEGADO,
            relacion=Relacion.NINGUNA,
            motivo=codigo,
        )


def ante_repeticion(permiso: str) -> None:
    """A POST came again and gets its first answer, a part of a record: whoever asks must be let in anew."""
    parte = parte_de_la_ruta()
    if parte is None or permiso == "historia:emergencia":  # that answer holds what its caller wrote, nothing else
        return
    acceder(parte.paciente_id, Accion.LEER, parte.que, recurso_id=parte.recurso_id)
    db.session.commit()


def parte_de_la_ruta() -> Parte | None:
    """What the current request is about; None when it is nothing of a record, or of none that there is."""
    dados: dict[str, Any] = request.view_args or {}
    match request.path.split("/")[2:]:  # of /historia-clinica/…
        case ["pacientes", _, que, *_]:
            paciente_id: int | None = dados["paciente_id"]
            queda = db.session.scalar(select(PacienteRef.fusionado_en_id).where(PacienteRef.id == paciente_id))
            paciente_id, recurso_id = queda or paciente_id, None
        case ["citas", _, que, *_]:
            paciente_id = db.session.scalar(select(CitaRef.paciente_id).where(CitaRef.id == dados["cita_id"]))
            recurso_id = None
        case [que, cual, *_] if que in POR_SU_ID and cual.isdigit():
            modelo, recurso_id = POR_SU_ID[que], int(cual)
            paciente_id = db.session.scalar(select(modelo.paciente_id).where(modelo.id == recurso_id))
        case _:
            return None
    return None if paciente_id is None else Parte(paciente_id, que.replace("-", "_"), recurso_id)


def _accion() -> Accion:
    vista: Any = current_app.view_functions[request.endpoint or ""]
    metodo = "get" if request.method == "HEAD" else request.method.lower()
    regla = rule_of(getattr(vista.view_class, metodo))
    return _ACCIONES.get(regla.name.rpartition(":")[2] if regla else "", Accion.LEER)
