"""Settings of this service beside the common ones."""

from comun.config import Setting

AJUSTES = [
    Setting("ADMIN_URL", "Base URL of admin_service.", "http://127.0.0.1:5006"),
    Setting("CITAS_DURACION_MINUTOS", "Length of an appointment when none is given, in minutes.", 30, int),
]
