"""/citas/series: appointments that come again, booked, changed and cancelled together."""

from typing import Any

from flask import current_app
from flask.views import MethodView

from citas.casos_de_uso.mover_series import modificar_serie
from citas.casos_de_uso.series import Resultado, agendar_serie, cancelar_serie
from citas.esquemas.series import (
    FiltroSeries,
    SerieAgendada,
    SerieCambiada,
    SerieCambios,
    SerieCancelacion,
    SerieCancelada,
    SerieDetalle,
    SerieNueva,
    SeriePrevista,
    SerieSalida,
    Simulacion,
)
from citas.extensiones import db
from citas.modelos import Serie
from comun.api import Blueprint
from comun.auth.caller import caller

series_bp = Blueprint("series", __name__, url_prefix="/citas/series", description="Recurring appointments")

ORDEN = {"primera": Serie.primera, "creado_en": Serie.creado_en, "actualizado_en": Serie.actualizado_en}


def _prevista(resultado: Resultado) -> Any:
    return current_app.json.response(SeriePrevista().dump(resultado))


@series_bp.route("")
class Series(MethodView):
    @series_bp.permission("citas:leer")
    @series_bp.page(SerieSalida, FiltroSeries, model=Serie, sort=ORDEN, default="-id")
    def get(self, filtro: dict[str, Any]) -> Any:
        """Series that the caller may see."""
        propias = [getattr(Serie, campo) == valor for campo, valor in filtro.items()]
        return db.select(Serie).where(Serie.visibles_para(caller()), *propias)

    @series_bp.permission("citas:series")
    @series_bp.arguments(Simulacion, location="query")
    @series_bp.arguments(SerieNueva)
    @series_bp.response(201, SerieAgendada, location="/citas/series/{serie.id}")
    @series_bp.alt_response(200, schema=SeriePrevista, success=True)
    def post(self, consulta: dict[str, Any], datos: dict[str, Any]) -> Any:
        """Book all dates of the rule, or none: 409 `serie_con_conflictos` names those that can't be had.

        With `simular=true` it tells what would happen and writes nothing (200).
        """
        resultado = agendar_serie(datos, caller(), simular=consulta["simular"])
        return _prevista(resultado) if consulta["simular"] else resultado


@series_bp.route("/<id:serie_id>")
class UnaSerie(MethodView):
    @series_bp.permission("citas:leer")
    @series_bp.response(200, SerieDetalle)
    def get(self, serie_id: int) -> Any:
        """One, with its appointments."""
        return Serie.con_sus_citas(serie_id, caller())

    @series_bp.permission("citas:series")
    @series_bp.if_match(required=False)
    @series_bp.arguments(Simulacion, location="query")
    @series_bp.arguments(SerieCambios)
    @series_bp.response(200, SerieCambiada)
    def put(self, consulta: dict[str, Any], cambios: dict[str, Any], serie_id: int) -> Any:
        """Move or correct its coming appointments, all or from one on.

        With `simular=true` it tells what would happen and writes nothing.
        """
        serie = Serie.obtener(serie_id, caller())
        resultado = modificar_serie(serie, cambios, caller(), simular=consulta["simular"])
        if consulta["simular"]:
            return _prevista(resultado)
        return {campo: getattr(resultado, campo) for campo in ("serie", "citas", "omitidas")}


@series_bp.route("/<id:serie_id>/estado")
class EstadoDeSerie(MethodView):
    @series_bp.permission("citas:series")
    @series_bp.if_match(required=False)
    @series_bp.arguments(SerieCancelacion)
    @series_bp.response(200, SerieCancelada)
    def patch(self, datos: dict[str, Any], serie_id: int) -> Any:
        """Cancel its coming appointments, all or from one on."""
        serie = Serie.obtener(serie_id, caller())
        canceladas = cancelar_serie(serie, datos.get("motivo"), datos.get("desde_cita_id"), caller())
        mensaje = "Cita cancelada." if canceladas == 1 else f"{canceladas} citas canceladas."
        return {"mensaje": mensaje, "canceladas": canceladas, "serie": serie}
