"""Settings of this service beside the common ones."""

from ipaddress import IPv4Network, IPv6Network, ip_network

from comun.config import Setting, secret_keys


def _redes(texto: str) -> list[IPv4Network | IPv6Network]:
    """Networks in CIDR notation, comma separated."""
    return [ip_network(parte.strip()) for parte in texto.split(",") if parte.strip()]


AJUSTES = [
    Setting(
        "COMUNICACIONES_SECRET_KEY",
        "Encrypts the secrets of webhooks at rest; at least 32 characters. "
        "To change it put the new one before the old, comma separated.",
        parse=secret_keys,
        required=True,
    ),
    Setting(
        "COMUNICACIONES_REDES_PERMITIDAS",
        "Networks (CIDR, comma separated) that webhooks may reach although they are private; http is allowed there.",
        [],
        _redes,
    ),
    Setting(
        "COMUNICACIONES_WEBHOOK_TIMEOUT_SEGUNDOS",
        "The longest that one exchange with an endpoint may take in all, in seconds.",
        15.0,
        float,
    ),
    Setting(
        "COMUNICACIONES_WEBHOOK_ESPERA_MAXIMA_SEGUNDOS",
        "The longest pause before an endpoint that is in trouble is tried again, in seconds.",
        900.0,
        float,
    ),
    Setting(
        "COMUNICACIONES_WEBHOOK_DIAS", "An event that an endpoint refuses is given up after so long.", 5.0, float
    ),
    Setting(
        "COMUNICACIONES_WEBHOOK_PAUSA_HORAS",
        "A webhook is paused once its endpoint has been failing for so long without a break.",
        72.0,
        float,
    ),
    Setting("COMUNICACIONES_EVENTOS_DIAS", "How long events and their deliveries are kept.", 30, int),
    Setting("COMUNICACIONES_SMTP_URL", "Where notices are mailed from: smtp://host:port; no e-mail when unset."),
    Setting("COMUNICACIONES_REMITENTE", "From whom e-mail comes.", "OdontoCare <avisos@odontocare.local>"),
]
