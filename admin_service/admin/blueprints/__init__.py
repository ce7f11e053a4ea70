"""Routes: `admin_bp` for people, `interno_bp` for the other services."""

from comun.api import Blueprint

admin_bp = Blueprint(
    "admin", __name__, url_prefix="/admin", description="Centres, doctors, patients, catalogues, configuration"
)
interno_bp = Blueprint("interno", __name__, url_prefix="/interno", description="Service to service")
