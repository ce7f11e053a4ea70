"""/comunicaciones/eventos: the catalogue of events and the log of those that happened."""

from typing import Any

from flask.views import MethodView

from comun.api import Blueprint
from comunicaciones.esquemas.eventos import CatalogoSalida, EventoSalida, FiltroEventos
from comunicaciones.eventos.catalogo import CATALOGO
from comunicaciones.extensiones import db
from comunicaciones.modelos import Evento

registro_bp = Blueprint(
    "registro", __name__, url_prefix="/comunicaciones/eventos", description="Events: what there is, what happened"
)


@registro_bp.route("/catalogo")
class Catalogo(MethodView):
    @registro_bp.public
    @registro_bp.response(200, CatalogoSalida)
    def get(self) -> Any:
        """Every event of every service, with its contract and an example."""
        return {"datos": list(CATALOGO.values())}


@registro_bp.route("")
class Eventos(MethodView):
    @registro_bp.permission("eventos:leer")
    @registro_bp.page(EventoSalida, FiltroEventos, model=Evento, sort={}, default="-id")
    def get(self, filtro: dict[str, Any]) -> Any:
        """What happened, the newest first, as long as it is kept."""
        consulta = db.select(Evento).where(*Evento.condiciones(filtro))
        for campo in ("sujeto", "origen"):
            if campo in filtro:
                consulta = consulta.where(getattr(Evento, campo) == filtro[campo])
        return consulta


@registro_bp.route("/<id:evento_id>")
class UnEvento(MethodView):
    @registro_bp.permission("eventos:leer")
    @registro_bp.response(200, EventoSalida)
    def get(self, evento_id: int) -> Any:
        """One event."""
        return Evento.obtener(evento_id)
