"""The commands of citas_service."""

from citas.casos_de_uso.reconstruir import copias
from citas.servicio import SERVICIO
from comun.cli import service_cli
from comun.copies import copies_group

cli = service_cli(SERVICIO)
cli.add_command(copies_group(copias))
