"""/inventario/lotes: lots of products, when they expire, and which may not be used."""

from typing import Any

from flask.views import MethodView

from comun.api import Blueprint
from comun.auth.caller import caller
from inventario.casos_de_uso.lotes import cambiar_lote, consulta_de_lotes, ficha_de_lote
from inventario.esquemas.lotes import FiltroLotes, LoteCambios, LoteSalida
from inventario.modelos import Lote

lotes_bp = Blueprint("lotes", __name__, url_prefix="/inventario/lotes", description="Lots")

ORDEN = {
    "caducidad": Lote.caducidad,
    "codigo": Lote.codigo,
    "producto_id": Lote.producto_id,
    "actualizado_en": Lote.actualizado_en,
}


@lotes_bp.route("")
class Lotes(MethodView):
    @lotes_bp.permission("inventario:productos:leer")
    @lotes_bp.page(LoteSalida, FiltroLotes, model=Lote, sort=ORDEN, default="caducidad")
    def get(self, filtro: dict[str, Any]) -> Any:
        """Lots, first what expires first. They are made by entries."""
        return consulta_de_lotes(filtro).where(Lote.visibles_para(caller()))


@lotes_bp.route("/<id:lote_id>")
class UnLote(MethodView):
    @lotes_bp.permission("inventario:productos:leer")
    @lotes_bp.response(200, LoteSalida)
    def get(self, lote_id: int) -> Any:
        """One lot, with what there is of it in all centres."""
        return ficha_de_lote(Lote.obtener(lote_id, caller()).id)

    @lotes_bp.permission("inventario:productos:editar")
    @lotes_bp.if_match(required=False)
    @lotes_bp.arguments(LoteCambios)
    @lotes_bp.response(200, LoteSalida)
    def put(self, cambios: dict[str, Any], lote_id: int) -> Any:
        """Correct when it expires or of whom it came; block it, or let it be used again."""
        return cambiar_lote(Lote.obtener(lote_id, caller()), cambios)
