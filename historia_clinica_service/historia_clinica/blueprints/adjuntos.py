"""/historia-clinica: files of a record."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from comun.api import MULTIPART, Blueprint, no_content
from comun.files import EXTENSIONS, JPEG
from historia_clinica.blueprints.respuestas import ARCHIVO, archivo_traido, con_alertas
from historia_clinica.casos_de_uso.acceso import Accion, acceder, buscar
from historia_clinica.casos_de_uso.adjuntos import QUE, adjuntar, contenido, eliminar_adjunto, miniatura
from historia_clinica.esquemas.adjuntos import (
    AdjuntoNuevo,
    AdjuntoSalida,
    Eliminacion,
    FiltroAdjuntos,
    UnAdjuntoSalida,
)
from historia_clinica.esquemas.comunes import CON_ALERTAS
from historia_clinica.modelos import Adjunto

adjuntos_bp = Blueprint("adjuntos", __name__, url_prefix="/historia-clinica", description="Files of a record")

ORDEN = {"subido_en": Adjunto.subido_en, "tomado_en": Adjunto.tomado_en, "titulo": Adjunto.titulo}


@adjuntos_bp.route("/pacientes/<id:paciente_id>/adjuntos")
class Adjuntos(MethodView):
    @adjuntos_bp.permission("historia:leer")
    @adjuntos_bp.page(
        AdjuntoSalida, FiltroAdjuntos, model=Adjunto, sort=ORDEN, default="-subido_en", beside=CON_ALERTAS
    )
    def get(self, filtro: dict[str, Any], paciente_id: int) -> Any:
        """What is attached to the record, the newest first."""
        acceso = acceder(paciente_id, Accion.LEER, QUE)
        return acceso.lista(Adjunto).filter_by(**filtro), {"alertas": acceso.alertas}

    @adjuntos_bp.permission("historia:escribir")
    @adjuntos_bp.arguments(AdjuntoNuevo, location=MULTIPART)
    @adjuntos_bp.response(201, UnAdjuntoSalida, location="/historia-clinica/adjuntos/{id}")
    def post(self, datos: dict[str, Any], paciente_id: int) -> Any:
        """Attach a file, which is looked at: its type is told from its content, and it must open."""
        return con_alertas(*adjuntar(paciente_id, datos))


@adjuntos_bp.route("/adjuntos/<id:adjunto_id>")
class UnAdjunto(MethodView):
    @adjuntos_bp.permission("historia:leer")
    @adjuntos_bp.response(200, UnAdjuntoSalida)
    def get(self, adjunto_id: int) -> Any:
        """What is said of a file."""
        return con_alertas(*buscar(Adjunto, adjunto_id, Accion.LEER, QUE))

    @adjuntos_bp.permission("historia:eliminar")
    @adjuntos_bp.if_match(required=False)
    @adjuntos_bp.arguments(Eliminacion, location="query")
    @adjuntos_bp.response(204)
    def delete(self, datos: dict[str, Any], adjunto_id: int) -> Any:
        """Take a file out of the record, by who attached it. The file itself is kept."""
        eliminar_adjunto(adjunto_id, datos["motivo"])
        return no_content()


@adjuntos_bp.route("/adjuntos/<id:adjunto_id>/contenido")
class Contenido(MethodView):
    @adjuntos_bp.permission("historia:leer")
    @adjuntos_bp.response(200, ARCHIVO, content_type=JPEG)
    @adjuntos_bp.doc(responses={200: {"content": {tipo: {"schema": ARCHIVO} for tipo in EXTENSIONS}}})
    def get(self, adjunto_id: int) -> Any:
        """The file as it was attached."""
        adjunto, piezas = contenido(adjunto_id)
        respuesta = archivo_traido(piezas, adjunto.tipo, adjunto.nombre_archivo)
        respuesta.content_length = adjunto.bytes
        return respuesta


@adjuntos_bp.route("/adjuntos/<id:adjunto_id>/miniatura")
class Miniatura(MethodView):
    @adjuntos_bp.permission("historia:leer")
    @adjuntos_bp.response(200, ARCHIVO, content_type=JPEG)
    def get(self, adjunto_id: int) -> Any:
        """A small picture of an image."""
        return archivo_traido(miniatura(adjunto_id), JPEG)
