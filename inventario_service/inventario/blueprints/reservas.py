"""/inventario/reservas and /inventario/pronostico: what the agenda is going to use."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from comun.api import Blueprint
from inventario.casos_de_uso.consultas_reservas import pronosticos, reservas
from inventario.esquemas.reservas import FiltroPronostico, FiltroReservas, Pronosticos, Reservas

reservas_bp = Blueprint("reservas", __name__, url_prefix="/inventario", description="What the agenda will use")


@reservas_bp.route("/reservas")
class LoReservado(MethodView):
    @reservas_bp.permission("inventario:productos:leer")
    @reservas_bp.arguments(FiltroReservas, location="query")
    @reservas_bp.response(200, Reservas)
    def get(self, filtro: dict[str, Any]) -> Any:
        """What booked appointments will use by today's recipes, and what is left beside it."""
        return {"datos": reservas(filtro)}


@reservas_bp.route("/pronostico")
class LoQueSeAgota(MethodView):
    @reservas_bp.permission("inventario:reportes:leer")
    @reservas_bp.arguments(FiltroPronostico, location="query")
    @reservas_bp.response(200, Pronosticos)
    def get(self, filtro: dict[str, Any]) -> Any:
        """What runs out when, as far as the agenda tells."""
        return {"dias": filtro["dias"], "datos": pronosticos(filtro)}
