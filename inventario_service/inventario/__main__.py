"""`python -m inventario serve | worker | migrate | openapi | eventos`."""

import gc

gc.disable()  # what is imported stays: to look through it for garbage takes a sixth of the start

from comun.cli import service_cli  # noqa: E402
from inventario.servicio import SERVICIO  # noqa: E402

cli = service_cli(SERVICIO)

if __name__ == "__main__":
    gc.freeze()
    gc.enable()
    cli()
