"""Settings of this service beside the common ones."""

from comun.config import Setting, secret_keys

AJUSTES = [
    Setting("ADMIN_URL", "Base URL of admin_service.", "http://127.0.0.1:5006"),
    Setting("INVENTARIO_URL", "Base URL of inventario_service.", "http://127.0.0.1:5002"),
    Setting(
        "CITAS_DURACION_MINUTOS",
        "Length of an appointment when neither it nor its treatments nor a policy say, in minutes.",
        30,
        int,
    ),
    Setting(
        "CITAS_RECORDATORIO_TOLERANCIA_MINUTOS",
        "How late a reminder may still be sent, in minutes; a later one is marked and not sent.",
        120,
        int,
    ),
    Setting("CITAS_OFERTA_MINUTOS", "How long a freed time is kept for one who waits, in minutes.", 120, int),
    Setting(
        "CITAS_SECRET_KEY",
        "Key that signs the public links of appointments, at least 32 characters. "
        "To change it put the new one before the old, comma separated.",
        parse=secret_keys,
        required=True,
    ),
    Setting(
        "CITAS_ENLACES_URL",
        "Where the page stands that such a link opens; the link is put behind it.",
        "http://localhost:8080/enlace.html#",
    ),
]
