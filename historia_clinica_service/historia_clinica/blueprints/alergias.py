"""/historia-clinica/alergias: what a patient does not tolerate."""

from typing import Any

from flask.views import MethodView

from comun.api import Blueprint, no_content
from historia_clinica.casos_de_uso.alergias import anotar, borrar, corregir, leer, listar, pasar
from historia_clinica.esquemas.alergias import (
    AlergiaFila,
    AlergiaNueva,
    AlergiaSalida,
    CambioDeAlergia,
    FiltroAlergias,
)
from historia_clinica.esquemas.comunes import CON_ALERTAS
from historia_clinica.modelos import Alergia

alergias_bp = Blueprint("alergias", __name__, url_prefix="/historia-clinica", description="Allergies")

ORDEN = {"creado_en": Alergia.creado_en, "sustancia": Alergia.sustancia}


@alergias_bp.route("/pacientes/<id:paciente_id>/alergias")
class AlergiasDePaciente(MethodView):
    @alergias_bp.permission("historia:leer")
    @alergias_bp.page(AlergiaFila, FiltroAlergias, model=Alergia, sort=ORDEN, default="-id", beside=CON_ALERTAS)
    def get(self, filtro: dict[str, Any], paciente_id: int) -> Any:
        """A patient's allergies, the latest first."""
        consulta, junto = listar(paciente_id)
        return consulta.filter_by(**filtro), junto

    @alergias_bp.permission("historia:escribir")
    @alergias_bp.arguments(AlergiaNueva)
    @alergias_bp.response(201, AlergiaSalida, location="/historia-clinica/alergias/{id}")
    def post(self, datos: dict[str, Any], paciente_id: int) -> Any:
        """Note an allergy; from then on it is among the alerts."""
        return anotar(paciente_id, datos)


@alergias_bp.route("/alergias/<id:alergia_id>")
class UnaAlergia(MethodView):
    @alergias_bp.permission("historia:leer")
    @alergias_bp.response(200, AlergiaSalida)
    def get(self, alergia_id: int) -> Any:
        """One allergy."""
        return leer(alergia_id)

    @alergias_bp.permission("historia:escribir")
    @alergias_bp.if_match()
    @alergias_bp.arguments(AlergiaNueva.as_partial())
    @alergias_bp.response(200, AlergiaSalida)
    def put(self, datos: dict[str, Any], alergia_id: int) -> Any:
        """Correct what is said of it."""
        return corregir(alergia_id, datos)

    @alergias_bp.permission("historia:eliminar")
    @alergias_bp.if_match(required=False)
    @alergias_bp.response(204)
    def delete(self, alergia_id: int) -> Any:
        """Take back what was noted by mistake, such as of another patient."""
        borrar(alergia_id)
        return no_content()


@alergias_bp.route("/alergias/<id:alergia_id>/estado")
class EstadoDeAlergia(MethodView):
    @alergias_bp.permission("historia:escribir")
    @alergias_bp.if_match(required=False)
    @alergias_bp.arguments(CambioDeAlergia)
    @alergias_bp.response(200, AlergiaSalida)
    def patch(self, datos: dict[str, Any], alergia_id: int) -> Any:
        """Say with a reason that it no longer counts, or never did: it leaves the alerts. Or that it does again."""
        return pasar(alergia_id, datos["estado"], datos.get("motivo"))
