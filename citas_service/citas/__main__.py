"""`python -m citas serve | worker | migrate | openapi | eventos`."""

import gc

gc.disable()  # what is imported stays: to look through it for garbage takes a sixth of the start

from citas.cli import cli  # noqa: E402

if __name__ == "__main__":
    gc.freeze()
    gc.enable()
    cli()
