"""Settings of this service beside the common ones."""

from comun.config import Setting

AJUSTES = [
    Setting("CITAS_URL", "Base URL of citas_service.", "http://127.0.0.1:5005"),
    Setting("INVENTARIO_URL", "Base URL of inventario_service.", "http://127.0.0.1:5002"),
    Setting("HISTORIA_CLINICA_URL", "Base URL of historia_clinica_service.", "http://127.0.0.1:5003"),
    Setting("FACTURACION_URL", "Base URL of facturacion_service.", "http://127.0.0.1:5004"),
    Setting(
        "ADMIN_RETENCION_ANIOS",
        "Years that the record of an attended patient must be kept; until then only contact data is erased.",
        15,
        int,
    ),
]

# Who else holds data of patients.
FUENTES_EXPORTACION = ("auth", "citas", "historia_clinica", "facturacion")
