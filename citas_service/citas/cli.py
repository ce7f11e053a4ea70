"""The commands of citas_service."""

from citas.servicio import SERVICIO
from comun.cli import service_cli

cli = service_cli(SERVICIO)
