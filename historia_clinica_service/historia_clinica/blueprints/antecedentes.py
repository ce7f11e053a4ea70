"""/historia-clinica/pacientes/…/antecedentes: the medical history in versions."""

from typing import Any

from flask.views import MethodView

from comun.api import Blueprint
from historia_clinica.casos_de_uso.antecedentes import escribir, leer, versiones
from historia_clinica.esquemas.antecedentes import (
    AntecedentesNuevos,
    AntecedentesSalida,
    CualVersion,
    FiltroVersiones,
    VersionSalida,
)
from historia_clinica.esquemas.comunes import CON_ALERTAS
from historia_clinica.modelos import Antecedentes

antecedentes_bp = Blueprint(
    "antecedentes", __name__, url_prefix="/historia-clinica", description="Medical history, in versions"
)


@antecedentes_bp.route("/pacientes/<id:paciente_id>/antecedentes")
class AntecedentesDePaciente(MethodView):
    @antecedentes_bp.permission("historia:leer")
    @antecedentes_bp.arguments(CualVersion, location="query")
    @antecedentes_bp.response(200, AntecedentesSalida)
    def get(self, cual: dict[str, Any], paciente_id: int) -> Any:
        """The history as it is, or one of its versions. Every question, also those that were not asked."""
        return leer(paciente_id, cual)

    @antecedentes_bp.permission("historia:escribir")
    @antecedentes_bp.if_match(required=False)
    @antecedentes_bp.arguments(AntecedentesNuevos)
    @antecedentes_bp.response(
        201,
        AntecedentesSalida,
        location="/historia-clinica/pacientes/{paciente_id}/antecedentes?version_id={version}",
    )
    def post(self, datos: dict[str, Any], paciente_id: int) -> Any:
        """Write a whole new version. If-Match with the ETag of the present one is needed when there is one."""
        return escribir(paciente_id, datos)


@antecedentes_bp.route("/pacientes/<id:paciente_id>/antecedentes/versiones")
class VersionesDeAntecedentes(MethodView):
    @antecedentes_bp.permission("historia:leer")
    @antecedentes_bp.page(
        VersionSalida, FiltroVersiones, model=Antecedentes, sort={}, default="-id", beside=CON_ALERTAS
    )
    def get(self, _filtro: dict[str, Any], paciente_id: int) -> Any:
        """Who wrote which version when, and what it changed; the latest first."""
        return versiones(paciente_id)
