"""`python -m citas serve | worker | migrate | openapi | eventos`."""

from citas.cli import cli

if __name__ == "__main__":
    cli()
