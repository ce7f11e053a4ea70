"""`python -m auth serve | worker | migrate | crear-admin | rotar-clave | crear-cliente | …`."""

from auth.cli import cli

if __name__ == "__main__":
    cli()
