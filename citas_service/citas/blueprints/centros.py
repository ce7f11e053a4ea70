"""/citas/centros/{id}: closures of the centre and its rooms, its holidays."""

from datetime import date
from typing import Any

from flask.views import MethodView
from marshmallow import ValidationError

from citas.blueprints.bloqueos import filtrar
from citas.casos_de_uso.bloqueos import cambiar_bloqueo, crear_bloqueo, quitar_bloqueo
from citas.casos_de_uso.calendarios_centro import (
    calendario_de,
    cambiar_calendario,
    decidir_feriado,
    exigir_que_exista,
    feriados_entre,
    periodo,
)
from citas.casos_de_uso.horarios import exigir_centro
from citas.esquemas.bloqueos import CierreCambiado, CierreNuevo, CierreSalida, FiltroBloqueos
from citas.esquemas.centros import (
    CalendarioCentroCambiado,
    CalendarioCentroNuevo,
    CalendarioCentroSalida,
    FeriadoCambiado,
    FeriadoDecidido,
    FeriadosSalida,
    FiltroFeriados,
)
from citas.esquemas.horarios import Confirmacion
from citas.extensiones import db
from citas.modelos import Bloqueo
from comun import fields
from comun.api import Blueprint, no_content
from comun.auth.caller import caller
from comun.errors import NotFound

centros_bp = Blueprint("centros", __name__, url_prefix="/citas/centros", description="When centres are closed")

ORDEN = {"inicio": Bloqueo.inicio, "actualizado_en": Bloqueo.actualizado_en}


@centros_bp.route("/<id:centro_id>/cierres")
class Cierres(MethodView):
    @centros_bp.permission("citas:horarios:leer")
    @centros_bp.page(CierreSalida, FiltroBloqueos, model=Bloqueo, sort=ORDEN, default="inicio,id")
    def get(self, filtro: dict[str, Any], centro_id: int) -> Any:
        """Closures of a centre and of its rooms."""
        exigir_que_exista(centro_id)
        de_este = db.select(Bloqueo).where(Bloqueo.centro_id == centro_id, Bloqueo.doctor_id.is_(None))
        return filtrar(de_este, filtro)

    @centros_bp.permission("citas:cierres:editar")
    @centros_bp.arguments(Confirmacion, location="query")
    @centros_bp.arguments(CierreNuevo)
    @centros_bp.response(201, CierreCambiado, location="/citas/centros/{centro_id}/cierres/{id}")
    def post(self, consulta: dict[str, Any], datos: dict[str, Any], centro_id: int) -> Any:
        """Close the centre or a room. What would leave appointments outside takes `confirmar=true` (else 409)."""
        return crear_bloqueo({**datos, "centro_id": centro_id}, caller(), **consulta)


@centros_bp.route("/<id:centro_id>/cierres/<id:cierre_id>")
class UnCierre(MethodView):
    @centros_bp.permission("citas:horarios:leer")
    @centros_bp.response(200, CierreSalida)
    def get(self, centro_id: int, cierre_id: int) -> Any:
        """One closure."""
        return _uno(centro_id, cierre_id)

    @centros_bp.permission("citas:cierres:editar")
    @centros_bp.if_match(required=True)
    @centros_bp.arguments(Confirmacion, location="query")
    @centros_bp.arguments(CierreNuevo.as_partial())
    @centros_bp.response(200, CierreCambiado)
    def put(self, consulta: dict[str, Any], cambios: dict[str, Any], centro_id: int, cierre_id: int) -> Any:
        """Change a closure. What would leave appointments outside takes `confirmar=true` (else 409)."""
        exigir_centro(centro_id, caller())
        return cambiar_bloqueo(_uno(centro_id, cierre_id), cambios, caller(), **consulta)

    @centros_bp.permission("citas:cierres:editar")
    @centros_bp.if_match(required=False)
    @centros_bp.response(204)
    def delete(self, centro_id: int, cierre_id: int) -> Any:
        """Open again."""
        exigir_centro(centro_id, caller())
        quitar_bloqueo(_uno(centro_id, cierre_id), caller())
        return no_content()


@centros_bp.route("/<id:centro_id>/feriados")
class Feriados(MethodView):
    @centros_bp.permission("citas:horarios:leer")
    @centros_bp.arguments(FiltroFeriados, location="query")
    @centros_bp.response(200, FeriadosSalida)
    def get(self, filtro: dict[str, date], centro_id: int) -> Any:
        """The public holidays of the centre's country, and on which of them it works."""
        desde, hasta = periodo(filtro)
        return {"datos": feriados_entre(calendario_de(centro_id), desde, hasta)}


@centros_bp.route("/<id:centro_id>/feriados/<string:fecha>")
class UnFeriado(MethodView):
    @centros_bp.permission("citas:cierres:editar")
    @centros_bp.if_match(required=False)
    @centros_bp.arguments(Confirmacion, location="query")
    @centros_bp.arguments(FeriadoDecidido)
    @centros_bp.response(200, FeriadoCambiado)
    def put(self, consulta: dict[str, Any], datos: dict[str, Any], centro_id: int, fecha: str) -> Any:
        """Whether the centre works on a holiday; If-Match is about its calendar."""
        try:
            dia = fields.Day().deserialize(fecha)
        except ValidationError:
            raise NotFound() from None
        return decidir_feriado(centro_id, dia, datos["atiende"], caller(), **consulta)


@centros_bp.route("/<id:centro_id>/calendario")
class CalendarioDeCentro(MethodView):
    @centros_bp.permission("citas:horarios:leer")
    @centros_bp.response(200, CalendarioCentroSalida)
    def get(self, centro_id: int) -> Any:
        """Whose public holidays the centre keeps: Ecuador's, unless somebody said otherwise."""
        return calendario_de(centro_id)

    @centros_bp.permission("citas:cierres:editar")
    @centros_bp.if_match(required=True)
    @centros_bp.arguments(Confirmacion, location="query")
    @centros_bp.arguments(CalendarioCentroNuevo)
    @centros_bp.response(200, CalendarioCentroCambiado)
    def put(self, consulta: dict[str, Any], cambios: dict[str, Any], centro_id: int) -> Any:
        """Keep another country's holidays, or none."""
        return cambiar_calendario(centro_id, cambios, caller(), **consulta)


def _uno(centro_id: int, cierre_id: int) -> Bloqueo:
    cierre = Bloqueo.obtener(cierre_id, caller())
    if cierre.doctor_id is not None or cierre.centro_id != centro_id:
        raise NotFound("No existe ese cierre.")
    return cierre
