"""`python -m comunicaciones serve | worker | migrate | openapi | eventos`."""

from comun.cli import service_cli
from comunicaciones.servicio import SERVICIO

cli = service_cli(SERVICIO)

if __name__ == "__main__":
    cli()
