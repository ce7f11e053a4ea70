"""What comunicaciones_service is made of."""

from comun.app import Service
from comunicaciones import secretos
from comunicaciones.config import AJUSTES
from comunicaciones.eventos import consumidos as _consumidos  # noqa: F401 - registers the handlers
from comunicaciones.extensiones import consumidor, db, restricciones, tablas
from comunicaciones.permisos import PERMISOS

SERVICIO = Service(
    name="comunicaciones",
    package="comunicaciones",
    title="OdontoCare · comunicaciones",
    port=5007,
    db=db,
    tables=tablas,
    permissions=PERMISOS,
    blueprints=[],
    constraints=restricciones,
    consumer=consumidor,
    settings=AJUSTES,
    prepare=secretos.preparar,
)
