"""/historia-clinica/signos-vitales: what was measured."""

from typing import Any

from flask.views import MethodView

from comun.api import Blueprint
from historia_clinica.casos_de_uso.signos_vitales import anotar, anular, leer, listar
from historia_clinica.esquemas.comunes import CON_ALERTAS
from historia_clinica.esquemas.signos_vitales import (
    Anulacion,
    FiltroSignos,
    SignosFila,
    SignosNuevos,
    SignosSalida,
)
from historia_clinica.modelos import SignosVitales

signos_vitales_bp = Blueprint("signos_vitales", __name__, url_prefix="/historia-clinica", description="Vital signs")

ORDEN = {"tomado_en": SignosVitales.tomado_en}


@signos_vitales_bp.route("/pacientes/<id:paciente_id>/signos-vitales")
class SignosDePaciente(MethodView):
    @signos_vitales_bp.permission("historia:leer")
    @signos_vitales_bp.page(
        SignosFila, FiltroSignos, model=SignosVitales, sort=ORDEN, default="-tomado_en", beside=CON_ALERTAS
    )
    def get(self, filtro: dict[str, Any], paciente_id: int) -> Any:
        """What was measured of a patient, the latest first; what is unusual at the age is marked."""
        return listar(paciente_id, filtro)

    @signos_vitales_bp.permission("historia:escribir")
    @signos_vitales_bp.arguments(SignosNuevos)
    @signos_vitales_bp.response(201, SignosSalida, location="/historia-clinica/signos-vitales/{id}")
    def post(self, datos: dict[str, Any], paciente_id: int) -> Any:
        """Note what was measured: at least one sign."""
        return anotar(paciente_id, datos)


@signos_vitales_bp.route("/signos-vitales/<id:signos_id>")
class UnosSignos(MethodView):
    @signos_vitales_bp.permission("historia:leer")
    @signos_vitales_bp.response(200, SignosSalida)
    def get(self, signos_id: int) -> Any:
        """Signs that were taken together."""
        return leer(signos_id)


@signos_vitales_bp.route("/signos-vitales/<id:signos_id>/estado")
class EstadoDeSignos(MethodView):
    @signos_vitales_bp.permission("historia:escribir")
    @signos_vitales_bp.if_match(required=False)
    @signos_vitales_bp.arguments(Anulacion)
    @signos_vitales_bp.response(200, SignosSalida)
    def patch(self, datos: dict[str, Any], signos_id: int) -> Any:
        """Annul them, with the reason; they stay to be seen."""
        return anular(signos_id, datos["motivo"])
