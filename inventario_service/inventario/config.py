"""Settings of this service beside the common ones."""

from comun.config import Setting

AJUSTES = [
    Setting("INVENTARIO_CADUCIDAD_DIAS", "How many days before it expires a lot in stock is announced.", 60, int),
]
