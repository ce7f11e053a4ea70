"""/citas/{id}/tratamientos: what is done at an appointment."""

from decimal import Decimal
from typing import Any

from flask.views import MethodView

from citas.casos_de_uso.tratamientos import agregar, corregir, quitar
from citas.esquemas.tratamientos import LineaCambios, LineaSalida, LineasSalida, TratamientoPedido
from citas.modelos import Cita, CitaTratamiento
from comun.api import Blueprint, no_content
from comun.auth.caller import caller

tratamientos_bp = Blueprint("tratamientos", __name__, url_prefix="/citas", description="Treatments of an appointment")


@tratamientos_bp.route("/<id:cita_id>/tratamientos")
class Tratamientos(MethodView):
    @tratamientos_bp.permission("citas:tratamientos:leer")
    @tratamientos_bp.response(200, LineasSalida)
    def get(self, cita_id: int) -> Any:
        """All treatments of an appointment, and what they come to."""
        lineas = Cita.obtener(cita_id, caller()).lineas
        return {"datos": lineas, "total": sum((linea.subtotal for linea in lineas), Decimal(0))}

    @tratamientos_bp.permission("citas:tratamientos:editar")
    @tratamientos_bp.arguments(TratamientoPedido)
    @tratamientos_bp.response(201, LineaSalida, location="/citas/tratamientos/{id}")
    def post(self, datos: dict[str, Any], cita_id: int) -> Any:
        """Add one, at its present price. The appointment keeps its length."""
        return agregar(Cita.obtener(cita_id, caller()), datos)


@tratamientos_bp.route("/tratamientos/<id:linea_id>")
class UnTratamiento(MethodView):
    @tratamientos_bp.permission("citas:tratamientos:leer")
    @tratamientos_bp.response(200, LineaSalida)
    def get(self, linea_id: int) -> Any:
        """One treatment of an appointment."""
        return CitaTratamiento.obtener(linea_id, caller())

    @tratamientos_bp.permission("citas:tratamientos:editar")
    @tratamientos_bp.if_match(required=False)
    @tratamientos_bp.arguments(LineaCambios)
    @tratamientos_bp.response(200, LineaSalida)
    def put(self, cambios: dict[str, Any], linea_id: int) -> Any:
        """Another quantity."""
        return corregir(CitaTratamiento.obtener(linea_id, caller()), cambios)

    @tratamientos_bp.permission("citas:tratamientos:editar")
    @tratamientos_bp.if_match(required=False)
    @tratamientos_bp.response(204)
    def delete(self, linea_id: int) -> Any:
        """Take one off."""
        quitar(CitaTratamiento.obtener(linea_id, caller()))
        return no_content()
