"""/citas/calendarios: feeds for calendar programs (iCalendar, RFC 5545)."""

from typing import Any

from flask import Response, request
from flask.views import MethodView

from citas.casos_de_uso.calendarios import abrir, publicar
from citas.esquemas.calendarios import CalendarioCreado, CalendarioNuevo, CalendarioSalida, FiltroCalendarios
from citas.extensiones import db
from citas.modelos import Calendario
from comun.api import Blueprint, no_content
from comun.auth.caller import caller
from comun.preconditions import check_version

calendarios_bp = Blueprint("calendarios", __name__, url_prefix="/citas", description="Calendar feeds")

TIPO = "text/calendar; charset=utf-8"


@calendarios_bp.route("/calendarios")
class Calendarios(MethodView):
    @calendarios_bp.permission("citas:leer")
    @calendarios_bp.page(CalendarioSalida, FiltroCalendarios, model=Calendario, sort={})
    def get(self, filtro: dict[str, Any]) -> Any:
        """The caller's own feeds; an administrator's list has all."""
        return db.select(Calendario).where(Calendario.visibles_para(caller())).filter_by(**filtro)

    @calendarios_bp.permission("citas:calendarios", keeps_secret=True)
    @calendarios_bp.arguments(CalendarioNuevo)
    @calendarios_bp.response(201, CalendarioCreado, location="/citas/calendarios/{id}")
    def post(self, datos: dict[str, Any]) -> Any:
        """Publish a feed of a doctor or of a patient. Its `url` is told this once."""
        calendario, token = publicar(datos, caller())
        calendario.url = f"{request.host_url}citas/calendarios/{token}.ics"
        return calendario


@calendarios_bp.route("/calendarios/<id:calendario_id>")
class UnCalendario(MethodView):
    @calendarios_bp.permission("citas:leer")
    @calendarios_bp.response(200, CalendarioSalida)
    def get(self, calendario_id: int) -> Any:
        """One feed, without its address."""
        return Calendario.obtener(calendario_id, caller())

    @calendarios_bp.permission("citas:calendarios")
    @calendarios_bp.if_match(required=False)
    @calendarios_bp.response(204)
    def delete(self, calendario_id: int) -> Any:
        """Revoke it: its address is good for nothing from now on."""
        calendario = Calendario.obtener(calendario_id, caller())
        check_version(calendario)
        calendario.eliminar()
        return no_content()


@calendarios_bp.route("/calendarios/<string:token>.ics")
class Ics(MethodView):
    @calendarios_bp.public
    @calendarios_bp.response(200, {"type": "string"}, content_type="text/calendar")
    def get(self, token: str) -> Any:
        """The feed: the last 30 days and the coming 180, cancelled ones as such. ETag and If-None-Match."""
        feed = abrir(token)
        respuesta = Response(content_type=TIPO, headers={"Cache-Control": "private, no-cache"})
        respuesta.set_etag(feed.etiqueta)
        if not request.if_none_match.contains_weak(feed.etiqueta):
            respuesta.set_data(feed.ics())
        return respuesta.make_conditional(request)
