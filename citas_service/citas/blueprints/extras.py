"""/citas/{id}/extras: what is charged on an appointment beside its treatments."""

from decimal import Decimal
from typing import Any

from flask.views import MethodView

from citas.dominio.estados import LIBERADAS, Estado
from citas.esquemas.extras import ExtraNuevo, ExtraSalida, ExtrasSalida
from citas.extensiones import db
from citas.modelos import Cita, Extra
from comun.api import Blueprint, no_content
from comun.auth.caller import caller
from comun.errors import Conflict
from comun.preconditions import check_version

extras_bp = Blueprint("extras", __name__, url_prefix="/citas", description="Extras of an appointment")


def _exigir_abierta(cita: Cita) -> None:
    """Once done or given up, what was charged stands."""
    if cita.estado == Estado.COMPLETADA or cita.estado in LIBERADAS:
        raise Conflict("cita_cerrada", f"Los extras de una cita {cita.estado} ya no cambian.")


@extras_bp.route("/<id:cita_id>/extras")
class Extras(MethodView):
    @extras_bp.permission("citas:extras:leer")
    @extras_bp.response(200, ExtrasSalida)
    def get(self, cita_id: int) -> Any:
        """All extras of an appointment, and what they come to."""
        cita = Cita.obtener(cita_id, caller())
        lineas = db.session.scalars(
            db.select(Extra).where(Extra.cita_id == cita.id, Extra.vivos()).order_by(Extra.id)
        ).all()
        return {"datos": lineas, "total": sum((linea.subtotal for linea in lineas), Decimal(0))}

    @extras_bp.permission("citas:extras:editar")
    @extras_bp.arguments(ExtraNuevo)
    @extras_bp.response(201, ExtraSalida, location="/citas/extras/{id}")
    def post(self, datos: dict[str, Any], cita_id: int) -> Any:
        """Add one."""
        cita = Cita.obtener(cita_id, caller())
        _exigir_abierta(cita)
        linea = Extra(cita_id=cita.id, **datos)
        db.session.add(linea)
        cita.touch()
        return linea


@extras_bp.route("/extras/<id:linea_id>")
class UnExtra(MethodView):
    @extras_bp.permission("citas:extras:leer")
    @extras_bp.response(200, ExtraSalida)
    def get(self, linea_id: int) -> Any:
        """One extra."""
        return Extra.obtener(linea_id, caller())

    @extras_bp.permission("citas:extras:editar")
    @extras_bp.if_match(required=False)
    @extras_bp.arguments(ExtraNuevo.as_partial())
    @extras_bp.response(200, ExtraSalida)
    def put(self, cambios: dict[str, Any], linea_id: int) -> Any:
        """Correct one."""
        linea = Extra.obtener(linea_id, caller())
        check_version(linea)
        _exigir_abierta(linea.cita)
        for campo, valor in cambios.items():
            setattr(linea, campo, valor)
        linea.cita.touch()
        return linea

    @extras_bp.permission("citas:extras:editar")
    @extras_bp.if_match(required=False)
    @extras_bp.response(204)
    def delete(self, linea_id: int) -> Any:
        """Take one off."""
        linea = Extra.obtener(linea_id, caller())
        check_version(linea)
        _exigir_abierta(linea.cita)
        linea.eliminar()
        linea.cita.touch()
        return no_content()
