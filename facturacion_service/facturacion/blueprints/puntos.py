"""/facturacion/puntos-emision: where documents get their numbers."""

from typing import Any

from flask.views import MethodView

from comun.api import Blueprint, no_content
from comun.auth.caller import caller
from facturacion.casos_de_uso.puntos import cambiar_punto, crear_punto, eliminar_punto
from facturacion.esquemas.puntos import FiltroPuntos, PuntoCambios, PuntoNuevo, PuntoSalida
from facturacion.extensiones import db
from facturacion.modelos import PuntoEmision

puntos_bp = Blueprint("puntos", __name__, url_prefix="/facturacion/puntos-emision", description="Emission points")

ORDEN = {"centro_id": PuntoEmision.centro_id, "establecimiento": PuntoEmision.establecimiento}


@puntos_bp.route("")
class Puntos(MethodView):
    @puntos_bp.permission("facturacion:puntos:leer")
    @puntos_bp.page(PuntoSalida, FiltroPuntos, model=PuntoEmision, sort=ORDEN, default="establecimiento,id")
    def get(self, filtro: dict[str, Any]) -> Any:
        """The emission points of the caller's centres."""
        return db.select(PuntoEmision).where(PuntoEmision.visibles_para(caller())).filter_by(**filtro)

    @puntos_bp.permission("facturacion:puntos:editar")
    @puntos_bp.arguments(PuntoNuevo)
    @puntos_bp.response(201, PuntoSalida, location="/facturacion/puntos-emision/{id}")
    def post(self, datos: dict[str, Any]) -> Any:
        """Add an emission point to a centre; its first one is the principal one."""
        return crear_punto(datos, caller())


@puntos_bp.route("/<id:punto_id>")
class UnPunto(MethodView):
    @puntos_bp.permission("facturacion:puntos:leer")
    @puntos_bp.response(200, PuntoSalida)
    def get(self, punto_id: int) -> Any:
        """One emission point."""
        return PuntoEmision.obtener(punto_id, caller())

    @puntos_bp.permission("facturacion:puntos:editar")
    @puntos_bp.if_match(required=False)
    @puntos_bp.arguments(PuntoCambios.as_partial())
    @puntos_bp.response(200, PuntoSalida)
    def put(self, cambios: dict[str, Any], punto_id: int) -> Any:
        """Change what is given; its series only while it gave no numbers."""
        return cambiar_punto(PuntoEmision.obtener(punto_id, caller()), cambios)

    @puntos_bp.permission("facturacion:puntos:editar")
    @puntos_bp.if_match(required=False)
    @puntos_bp.response(204)
    def delete(self, punto_id: int) -> Any:
        """Delete it; not once it gave numbers."""
        eliminar_punto(PuntoEmision.obtener(punto_id, caller()))
        return no_content()
