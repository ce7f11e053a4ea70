"""Settings of this service beside the common ones."""

from comun.config import Setting, secret_keys
from comun.storage import storage_settings

AJUSTES = [
    Setting("ADMIN_URL", "Base URL of admin_service.", "http://127.0.0.1:5006"),
    Setting("CITAS_URL", "Base URL of citas_service.", "http://127.0.0.1:5005"),
    Setting("INVENTARIO_URL", "Base URL of inventario_service.", "http://127.0.0.1:5002"),
    Setting(
        "HISTORIA_CLINICA_SECRET_KEY",
        "Key that seals the trace of who looked at what, at least 32 characters. "
        "To change it put the new one before the old, comma separated; the old one stays, to prove old rows.",
        parse=secret_keys,
        required=True,
    ),
    Setting("HISTORIA_CLINICA_EMERGENCIA_HORAS", "How long an emergency access stays open, in hours.", 4, int),
    *storage_settings("HISTORIA_CLINICA"),
    Setting(
        "HISTORIA_CLINICA_RETENCION_ANOS", "For how many years after the last attention a record is kept.", 15, int
    ),
]
