"""Where a service takes delivery of events."""

from typing import Any

from flask import request

from comun.api import Blueprint
from comun.errors import Problem
from comun.runtime import runtime

INTERNAL_PERMISSIONS = {"interno:eventos": "Entregar eventos de otros servicios"}


def events_blueprint() -> Blueprint:
    """`POST /interno/eventos`, for the relays of the other services."""
    blueprint = Blueprint("eventos", __name__, url_prefix="/interno", description="Events of other services")

    @blueprint.route("/eventos", methods=["POST"])
    @blueprint.permission("interno:eventos")
    @blueprint.response(200)
    def receive() -> Any:
        """Take one CloudEvents document, or a list of them, all or nothing.

        Repeated ones are acknowledged without effect.
        """
        document = request.get_json(force=True, silent=True)
        if document is None:
            raise Problem(400, "json_invalido")
        consumer = runtime().consumer
        if isinstance(document, list) and document:
            return {"resultados": consumer.receive_all(document)}
        return {"resultado": consumer.receive(document)}

    return blueprint
