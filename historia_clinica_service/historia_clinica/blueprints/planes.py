"""/historia-clinica: treatment plans."""

from typing import Any

from flask.views import MethodView

from comun.api import Blueprint
from historia_clinica.blueprints.respuestas import con_alertas
from historia_clinica.casos_de_uso.acceso import Accion, acceder, buscar
from historia_clinica.casos_de_uso.planes import QUE, cambiar_plan, crear_plan, pasar_item, pasar_plan
from historia_clinica.esquemas.comunes import CON_ALERTAS
from historia_clinica.esquemas.planes import (
    CambioDeItem,
    CambioDePlan,
    FiltroPlanes,
    PlanFila,
    PlanNuevo,
    PlanSalida,
)
from historia_clinica.modelos import PlanTratamiento

planes_bp = Blueprint("planes", __name__, url_prefix="/historia-clinica", description="Treatment plans")

_ORDEN = {"creado_en": PlanTratamiento.creado_en, "actualizado_en": PlanTratamiento.actualizado_en}


@planes_bp.route("/pacientes/<id:paciente_id>/planes")
class Planes(MethodView):
    @planes_bp.permission("historia:leer")
    @planes_bp.page(
        PlanFila, FiltroPlanes, model=PlanTratamiento, sort=_ORDEN, default="-creado_en", beside=CON_ALERTAS
    )
    def get(self, filtro: dict[str, Any], paciente_id: int) -> Any:
        """Plans of a patient, the latest first."""
        acceso = acceder(paciente_id, Accion.LEER, QUE)
        consulta = acceso.lista(PlanTratamiento).filter_by(**filtro).options(*PlanTratamiento.cargar())
        return consulta, {"alertas": acceso.alertas}

    @planes_bp.permission("historia:escribir")
    @planes_bp.arguments(PlanNuevo)
    @planes_bp.response(201, PlanSalida, location="/historia-clinica/planes/{id}")
    def post(self, datos: dict[str, Any], paciente_id: int) -> Any:
        """Draft one, with the prices that treatments have now."""
        return con_alertas(*crear_plan(paciente_id, datos))


@planes_bp.route("/planes/<id:plan_id>")
class UnPlan(MethodView):
    @planes_bp.permission("historia:leer")
    @planes_bp.response(200, PlanSalida)
    def get(self, plan_id: int) -> Any:
        """A plan: its items, how far it has come and what it comes to."""
        return con_alertas(*buscar(PlanTratamiento, plan_id, Accion.LEER, QUE))

    @planes_bp.permission("historia:escribir")
    @planes_bp.if_match()
    @planes_bp.arguments(PlanNuevo.as_partial())
    @planes_bp.response(200, PlanSalida)
    def put(self, datos: dict[str, Any], plan_id: int) -> Any:
        """Change a draft; `items`, when given, are all that it then has."""
        return con_alertas(*cambiar_plan(plan_id, datos))


@planes_bp.route("/planes/<id:plan_id>/estado")
class EstadoDePlan(MethodView):
    @planes_bp.permission("historia:escribir")
    @planes_bp.if_match(required=False)
    @planes_bp.arguments(CambioDePlan)
    @planes_bp.response(200, PlanSalida)
    def patch(self, datos: dict[str, Any], plan_id: int) -> Any:
        """Present it, note that it was accepted or rejected, finish or cancel it."""
        return con_alertas(*pasar_plan(plan_id, datos))


@planes_bp.route("/planes/<id:plan_id>/items/<id:item_id>/estado")
class EstadoDeItem(MethodView):
    @planes_bp.permission("historia:escribir")
    @planes_bp.if_match(required=False)
    @planes_bp.arguments(CambioDeItem)
    @planes_bp.response(200, PlanSalida)
    def patch(self, datos: dict[str, Any], plan_id: int, item_id: int) -> Any:
        """Schedule, do or discard one thing of an accepted plan; done, its finding is done too."""
        return con_alertas(*pasar_item(plan_id, item_id, datos))
