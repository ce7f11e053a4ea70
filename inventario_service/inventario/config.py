"""Settings of this service beside the common ones."""

from comun.config import Setting

AJUSTES = [
    Setting("ADMIN_URL", "Base URL of admin_service.", "http://127.0.0.1:5006"),
    Setting("INVENTARIO_CADUCIDAD_DIAS", "How many days before it expires a lot in stock is announced.", 60, int),
]
