"""`python -m facturacion serve | worker | migrate | openapi | eventos`."""

from comun.start import start

if __name__ == "__main__":
    start("facturacion.servicio")
