"""/inventario/conteos: what is on the shelves, against the ledger."""

from typing import Any

from flask.views import MethodView

from comun.api import Blueprint, no_content
from comun.auth.caller import caller
from comun.errors import Forbidden
from inventario.casos_de_uso.conteos import abrir, anotar, anular, borrar_linea, cerrar, diferencias, para_cambiar
from inventario.esquemas.conteos import (
    CambioDeConteo,
    ConteoNuevo,
    ConteoSalida,
    DiferenciasDeConteo,
    FiltroConteos,
    LineasContadas,
)
from inventario.extensiones import db
from inventario.modelos import Conteo, EstadoConteo

conteos_bp = Blueprint("conteos", __name__, url_prefix="/inventario", description="Physical counts")

CERRAR = "inventario:conteos:cerrar"


@conteos_bp.route("/conteos")
class Conteos(MethodView):
    @conteos_bp.permission("inventario:movimientos:leer")
    @conteos_bp.page(ConteoSalida, FiltroConteos, model=Conteo, sort={"creado_en": Conteo.creado_en}, default="-id")
    def get(self, filtro: dict[str, Any]) -> Any:
        """Counts of the caller's centres, the latest first."""
        return db.select(Conteo).where(Conteo.visibles_para(caller())).filter_by(**filtro)

    @conteos_bp.permission("inventario:conteos:editar")
    @conteos_bp.arguments(ConteoNuevo)
    @conteos_bp.response(201, ConteoSalida, location="/inventario/conteos/{id}")
    def post(self, datos: dict[str, Any]) -> Any:
        """Begin to count a warehouse; one count of it at a time."""
        return abrir(datos, caller())


@conteos_bp.route("/conteos/<id:conteo_id>")
class UnConteo(MethodView):
    @conteos_bp.permission("inventario:movimientos:leer")
    @conteos_bp.response(200, ConteoSalida)
    def get(self, conteo_id: int) -> Any:
        """One count."""
        return Conteo.obtener(conteo_id, caller())


@conteos_bp.route("/conteos/<id:conteo_id>/lineas")
class LineasDeConteo(MethodView):
    @conteos_bp.permission("inventario:conteos:editar")
    @conteos_bp.if_match(required=False)
    @conteos_bp.arguments(LineasContadas)
    @conteos_bp.response(200, DiferenciasDeConteo)
    def put(self, datos: dict[str, Any], conteo_id: int) -> Any:
        """Note what was found of these lots; the answer is the report as it then stands."""
        return diferencias(anotar(conteo_id, datos["lineas"], caller()))


@conteos_bp.route("/conteos/<id:conteo_id>/lineas/<id:lote_id>")
class LineaDeUnConteo(MethodView):
    @conteos_bp.permission("inventario:conteos:editar")
    @conteos_bp.if_match(required=False)
    @conteos_bp.response(204)
    def delete(self, conteo_id: int, lote_id: int) -> Any:
        """Forget what was noted of a lot."""
        borrar_linea(conteo_id, lote_id, caller())
        return no_content()


@conteos_bp.route("/conteos/<id:conteo_id>/diferencias")
class Diferencias(MethodView):
    @conteos_bp.permission("inventario:movimientos:leer")
    @conteos_bp.response(200, DiferenciasDeConteo)
    def get(self, conteo_id: int) -> Any:
        """Expected against found, lot by lot, with what the differences are worth."""
        return diferencias(Conteo.obtener(conteo_id, caller()))


@conteos_bp.route("/conteos/<id:conteo_id>/estado")
class EstadoDeConteo(MethodView):
    @conteos_bp.permission("inventario:conteos:editar")
    @conteos_bp.if_match(required=False)
    @conteos_bp.arguments(CambioDeConteo)
    @conteos_bp.response(200, ConteoSalida)
    def patch(self, datos: dict[str, Any], conteo_id: int) -> Any:
        """Close it, which adjusts the stock and needs `inventario:conteos:cerrar`, or give it up."""
        conteo = para_cambiar(conteo_id, caller())
        if datos["estado"] == EstadoConteo.CERRADO and not caller().can(CERRAR):
            raise Forbidden()
        conteo.motivo = datos.get("motivo") or conteo.motivo
        (cerrar if datos["estado"] == EstadoConteo.CERRADO else anular)(conteo, caller())
        return conteo
