"""How a service's process begins: `python -m citas …` is `start("citas.cli")`."""

import gc

gc.disable()  # what is imported stays: to look through it for garbage takes a sixth of the start

from importlib import import_module  # noqa: E402


def start(module: str) -> None:
    """Run the command line of a service: `cli` in that module, or the common one of the `SERVICIO` there."""
    found = import_module(module)
    cli = getattr(found, "cli", None) or import_module("comun.cli").service_cli(found.SERVICIO)
    gc.freeze()
    gc.enable()
    cli()
