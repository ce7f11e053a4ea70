"""/citas/apartados: slots put aside for some minutes."""

from typing import Any

from flask.views import MethodView

from citas.casos_de_uso.apartar import apartar, devolver
from citas.esquemas.apartados import ApartadoNuevo, ApartadoSalida, FiltroApartados
from citas.extensiones import db
from citas.modelos import Apartado
from comun.api import Blueprint, no_content
from comun.auth.caller import caller
from comun.preconditions import check_version

apartados_bp = Blueprint("apartados", __name__, url_prefix="/citas/apartados", description="Slots put aside")

ORDEN = {"fecha_hora": Apartado.inicio, "vence_en": Apartado.vence_en}


@apartados_bp.route("")
class Apartados(MethodView):
    @apartados_bp.permission("citas:leer")
    @apartados_bp.page(ApartadoSalida, FiltroApartados, model=Apartado, sort=ORDEN, default="vence_en,id")
    def get(self, filtro: dict[str, Any]) -> Any:
        """Holds that the caller may see and that have not expired."""
        return db.select(Apartado).filter_by(**filtro).where(Apartado.vivos(), Apartado.visibles_para(caller()))

    @apartados_bp.permission("citas:apartar")
    @apartados_bp.arguments(ApartadoNuevo)
    @apartados_bp.response(201, ApartadoSalida, location="/citas/apartados/{id}")
    def post(self, datos: dict[str, Any]) -> Any:
        """Put a slot aside for as long as its policy says; `apartado_id` in `POST /citas` books it."""
        return apartar(datos, caller())


@apartados_bp.route("/<id:apartado_id>")
class UnApartado(MethodView):
    @apartados_bp.permission("citas:leer")
    @apartados_bp.response(200, ApartadoSalida)
    def get(self, apartado_id: int) -> Any:
        """One hold."""
        return Apartado.obtener(apartado_id, caller())

    @apartados_bp.permission("citas:apartar")
    @apartados_bp.if_match(required=False)
    @apartados_bp.response(204)
    def delete(self, apartado_id: int) -> Any:
        """Give it up before it expires."""
        apartado = Apartado.obtener(apartado_id, caller())
        check_version(apartado)
        devolver(apartado)
        return no_content()
