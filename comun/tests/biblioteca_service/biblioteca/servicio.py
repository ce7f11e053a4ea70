"""What the library is made of."""

from biblioteca.extensiones import db, restricciones, tablas
from biblioteca.rutas import PERMISOS, biblioteca_bp
from comun.app import Service

SERVICIO = Service(
    name="biblioteca",
    package="biblioteca",
    title="Biblioteca de prueba",
    port=5099,
    db=db,
    tables=tablas,
    permissions=PERMISOS,
    blueprints=[biblioteca_bp],
    constraints=restricciones,
)
