"""`python -m historia_clinica serve | worker | migrate | openapi | eventos | referencias | bitacora | …`."""

from comun.start import start

if __name__ == "__main__":
    start("historia_clinica.cli")
