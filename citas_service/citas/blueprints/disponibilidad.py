"""/citas/disponibilidad: free slots. /citas/verificar-disponibilidad: one precise wish."""

from typing import Any

from flask import current_app
from flask.views import MethodView

from citas.casos_de_uso.disponibilidad import buscar, verificar
from citas.esquemas.disponibilidad import Deseo, FiltroDisponibilidad, TurnosSalida, Verificacion
from comun.api import Blueprint
from comun.auth.caller import caller

disponibilidad_bp = Blueprint("disponibilidad", __name__, url_prefix="/citas", description="Free slots")


@disponibilidad_bp.route("/disponibilidad")
class Disponibilidad(MethodView):
    @disponibilidad_bp.permission("citas:disponibilidad")
    @disponibilidad_bp.arguments(FiltroDisponibilidad, location="query")
    @disponibilidad_bp.response(200, TurnosSalida)
    def get(self, filtro: dict[str, Any]) -> Any:
        """Free slots of a doctor, a specialty, a treatment or a centre."""
        # Thousands of slots, already in their final form.
        return current_app.json.response(buscar(filtro, caller()))


@disponibilidad_bp.route("/verificar-disponibilidad")
class VerificarDisponibilidad(MethodView):
    @disponibilidad_bp.permission("citas:disponibilidad")
    @disponibilidad_bp.arguments(Deseo)
    @disponibilidad_bp.response(200, Verificacion)
    def post(self, datos: dict[str, Any]) -> Any:
        """Whether one precise wish can be had, or why not, with the nearest alternatives. Keeps nothing."""
        return verificar(datos, caller())
