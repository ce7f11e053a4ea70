"""/citas/enlaces/{token}: what the holder of a signed link can see and do."""

from typing import Any

from flask import g
from flask.views import MethodView

from citas.casos_de_uso.enlaces import ENLACE, abrir
from citas.esquemas.enlaces import AccionPedida, EnlaceSalida
from comun.api import Blueprint

enlaces_bp = Blueprint("enlaces", __name__, url_prefix="/citas", description="Signed links for patients")


@enlaces_bp.route("/enlaces/<string:token>")
class Enlace(MethodView):
    @enlaces_bp.public
    @enlaces_bp.response(200, EnlaceSalida)
    def get(self, token: str) -> Any:
        """What the link is for, and what can be done. Changes nothing: mail scanners follow links."""
        asunto, asunto_id = abrir(token)
        return asunto.describir(asunto_id)

    @enlaces_bp.public
    @enlaces_bp.arguments(AccionPedida)
    @enlaces_bp.response(200, EnlaceSalida)
    def post(self, datos: dict[str, Any], token: str) -> Any:
        """Do one of its `acciones`."""
        asunto, asunto_id = abrir(token)
        g.caller = ENLACE
        return asunto.hacer(asunto_id, datos["accion"], datos.get("mensaje"))
