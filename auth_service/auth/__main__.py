"""`python -m auth serve | worker | migrate | crear-admin | rotar-clave | crear-cliente | …`."""

import gc

gc.disable()  # what is imported stays: to look through it for garbage takes a sixth of the start

from auth.cli import cli  # noqa: E402

if __name__ == "__main__":
    gc.freeze()
    gc.enable()
    cli()
