"""`python -m almacen serve|migrate`."""

from almacen.servicio import SERVICIO
from comun.cli import service_cli

if __name__ == "__main__":
    service_cli(SERVICIO)()
