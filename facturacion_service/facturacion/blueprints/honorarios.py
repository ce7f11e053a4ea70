"""/facturacion/honorarios and /facturacion/tarifas-honorarios: what doctors get, and what of what is charged."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from comun.api import Blueprint, no_content
from comun.auth.caller import caller
from comun.preconditions import check_version
from facturacion.casos_de_uso.liquidaciones import de_periodo, pendientes
from facturacion.casos_de_uso.tarifas_honorarios import crear_tarifa, editar_tarifa
from facturacion.esquemas.honorarios import (
    FiltroHonorarios,
    FiltroPendientes,
    FiltroTarifasHonorarios,
    HonorarioSalida,
    PendientesSalida,
    TarifaHonorarioNueva,
    TarifaHonorarioSalida,
)
from facturacion.extensiones import db
from facturacion.modelos import Honorario, TarifaHonorario

honorarios_bp = Blueprint("honorarios", __name__, url_prefix="/facturacion", description="Doctors' fees")

TARIFAS = "/facturacion/tarifas-honorarios"


@honorarios_bp.route("/honorarios")
class Honorarios(MethodView):
    @honorarios_bp.permission("facturacion:honorarios:leer")
    @honorarios_bp.page(
        HonorarioSalida, FiltroHonorarios, model=Honorario, sort={"dia": Honorario.dia}, default="-dia"
    )
    def get(self, filtro: dict[str, Any]) -> Any:
        """What doctors earned and lost, line by line, the latest first. A doctor sees his own."""
        solo_libres = filtro.pop("pendientes", None)
        consulta = db.select(Honorario).where(Honorario.visibles_para(caller()), *de_periodo(filtro))
        if solo_libres is not None:
            consulta = consulta.where(Honorario.liquidacion_id.is_(None) == solo_libres)
        iguales = {campo: filtro[campo] for campo in ("tratamiento_id", "liquidacion_id") if campo in filtro}
        return consulta.filter_by(**iguales).options(*Honorario.cargar())


@honorarios_bp.route("/honorarios/pendientes")
class HonorariosPendientes(MethodView):
    @honorarios_bp.permission("facturacion:honorarios:leer")
    @honorarios_bp.arguments(FiltroPendientes, location="query")
    @honorarios_bp.response(200, PendientesSalida)
    def get(self, filtro: dict[str, Any]) -> Any:
        """What settlements would come to, by doctor."""
        return pendientes(filtro, caller())


@honorarios_bp.route("/tarifas-honorarios")
class TarifasHonorarios(MethodView):
    @honorarios_bp.permission("facturacion:honorarios:leer")
    @honorarios_bp.page(
        TarifaHonorarioSalida,
        FiltroTarifasHonorarios,
        model=TarifaHonorario,
        sort={"desde": TarifaHonorario.desde, "actualizado_en": TarifaHonorario.actualizado_en},
        default="-desde",
    )
    def get(self, filtro: dict[str, Any]) -> Any:
        """The percentages, the latest first. The most specific one holds: doctor and treatment, doctor, treatment."""
        return db.select(TarifaHonorario).where(TarifaHonorario.visibles_para(caller())).filter_by(**filtro)

    @honorarios_bp.permission("facturacion:honorarios:editar")
    @honorarios_bp.arguments(TarifaHonorarioNueva)
    @honorarios_bp.response(201, TarifaHonorarioSalida, location=f"{TARIFAS}/{{id}}")
    def post(self, datos: dict[str, Any]) -> Any:
        """Say what percentage doctors get from a day on."""
        return crear_tarifa(datos)


@honorarios_bp.route("/tarifas-honorarios/<id:tarifa_id>")
class UnaTarifaHonorario(MethodView):
    @honorarios_bp.permission("facturacion:honorarios:leer")
    @honorarios_bp.response(200, TarifaHonorarioSalida)
    def get(self, tarifa_id: int) -> Any:
        """One percentage."""
        return TarifaHonorario.obtener(tarifa_id, caller())

    @honorarios_bp.permission("facturacion:honorarios:editar")
    @honorarios_bp.if_match()
    @honorarios_bp.arguments(TarifaHonorarioNueva.as_partial())
    @honorarios_bp.response(200, TarifaHonorarioSalida)
    def put(self, cambios: dict[str, Any], tarifa_id: int) -> Any:
        """Change it for what is issued from now on; what was earned stays."""
        return editar_tarifa(tarifa_id, cambios, caller())

    @honorarios_bp.permission("facturacion:honorarios:editar")
    @honorarios_bp.if_match(required=False)
    @honorarios_bp.response(204)
    def delete(self, tarifa_id: int) -> Any:
        """Take it away; what was earned stays."""
        tarifa = TarifaHonorario.obtener(tarifa_id, caller())
        check_version(tarifa)
        tarifa.eliminar()
        return no_content()
