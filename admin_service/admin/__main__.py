"""`python -m admin serve | worker | migrate | openapi | eventos`."""

from admin.servicio import SERVICIO
from comun.cli import service_cli

cli = service_cli(SERVICIO)

if __name__ == "__main__":
    cli()
