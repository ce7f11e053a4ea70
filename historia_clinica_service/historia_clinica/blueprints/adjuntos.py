"""/historia-clinica: files of a record."""

from __future__ import annotations

import unicodedata
from typing import Any
from urllib.parse import quote

from flask import Response
from flask.views import MethodView
from werkzeug.http import dump_options_header

from comun.api import MULTIPART, Blueprint, no_content
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
ARCHIVO = {"type": "string", "format": "binary"}
# Whatever a file holds, no browser runs it as a page of ours, keeps it, or takes it for something else.
CABECERAS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, no-store",
}


@adjuntos_bp.route("/pacientes/<id:paciente_id>/adjuntos")
class Adjuntos(MethodView):
    @adjuntos_bp.permission("historia:leer")
    @adjuntos_bp.page(
        AdjuntoSalida, FiltroAdjuntos, model=Adjunto, sort=ORDEN, default="-subido_en", beside=CON_ALERTAS
    )
    def get(self, filtro: dict[str, Any], paciente_id: int) -> Any:
        """What is attached to the record, the newest first."""
        acceso = acceder(paciente_id, Accion.LEER, QUE)
        return acceso.de(Adjunto).filter_by(**filtro), {"alertas": acceso.alertas}

    @adjuntos_bp.permission("historia:escribir")
    @adjuntos_bp.arguments(AdjuntoNuevo, location=MULTIPART)
    @adjuntos_bp.response(201, AdjuntoSalida, location="/historia-clinica/adjuntos/{id}")
    def post(self, datos: dict[str, Any], paciente_id: int) -> Any:
        """Attach a file, which is looked at: its type is told from its content, and it must open."""
        return adjuntar(paciente_id, datos)


@adjuntos_bp.route("/adjuntos/<id:adjunto_id>")
class UnAdjunto(MethodView):
    @adjuntos_bp.permission("historia:leer")
    @adjuntos_bp.response(200, UnAdjuntoSalida)
    def get(self, adjunto_id: int) -> Any:
        """What is said of a file."""
        adjunto, acceso = buscar(Adjunto, adjunto_id, Accion.LEER, QUE)
        adjunto.alertas = acceso.alertas
        return adjunto

    @adjuntos_bp.permission("historia:escribir")
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
    @adjuntos_bp.response(200, ARCHIVO, content_type="application/octet-stream")
    def get(self, adjunto_id: int) -> Any:
        """The file as it was attached."""
        adjunto, piezas = contenido(adjunto_id)
        respuesta = Response(piezas, mimetype=adjunto.tipo, headers=CABECERAS)
        respuesta.content_length = adjunto.bytes
        respuesta.headers["Content-Disposition"] = _para_guardar(adjunto.nombre_archivo)
        return respuesta


@adjuntos_bp.route("/adjuntos/<id:adjunto_id>/miniatura")
class Miniatura(MethodView):
    @adjuntos_bp.permission("historia:leer")
    @adjuntos_bp.response(200, ARCHIVO, content_type="image/jpeg")
    def get(self, adjunto_id: int) -> Any:
        """A small picture of an image."""
        return Response(miniatura(adjunto_id), mimetype="image/jpeg", headers=CABECERAS)


def _para_guardar(nombre: str) -> str:
    """To be saved under that name; old clients know only the one without accents (RFC 6266)."""
    simple = unicodedata.normalize("NFKD", nombre).encode("ascii", "ignore").decode()
    nombres = {"filename": simple, "filename*": f"UTF-8''{quote(nombre, safe='')}"}
    return dump_options_header("attachment", nombres)
