"""`python -m auth serve | worker | migrate | crear-admin | rotar-clave | crear-cliente | …`."""

from comun.start import start

if __name__ == "__main__":
    start("auth.cli")
