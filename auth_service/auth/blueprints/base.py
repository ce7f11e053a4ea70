"""The two blueprints of this service, and who a request comes from."""

from flask import request

from auth.casos_de_uso.acceso import Origen
from comun.api import Blueprint

auth_bp = Blueprint("auth", __name__, url_prefix="/auth", description="Identity and access")
interno_bp = Blueprint("interno", __name__, url_prefix="/interno", description="For other services only")


def origen() -> Origen:
    """Address and program of the current request."""
    return Origen(request.remote_addr or "-", request.user_agent.string)
