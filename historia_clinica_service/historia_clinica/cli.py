"""The commands of historia_clinica_service."""

from __future__ import annotations

import sys

import click
from flask import Flask

from comun.cli import service_cli
from comun.copies import copies_group
from historia_clinica.casos_de_uso.bitacora import cabeza, verificar
from historia_clinica.casos_de_uso.reconstruir import copias
from historia_clinica.casos_de_uso.sellos import anunciados
from historia_clinica.casos_de_uso.verificar_documentos import verificar_documentos
from historia_clinica.ordenes import cie10, firmas
from historia_clinica.servicio import SERVICIO

cli = service_cli(SERVICIO)
cli.add_command(copies_group(copias))
cli.add_command(cie10)
cli.add_command(firmas)


@cli.group("bitacora", help="Prove that the trace of who looked at what is whole.")
def bitacora() -> None:
    """The group itself does nothing."""


@bitacora.command("verificar", help="Look for altered, removed, swapped or cut-off rows; exit with 1 when there are.")
@click.option("--sello", "sellos", multiple=True, metavar="NUMERO:SELLO", help="A seal that was kept elsewhere.")
@click.pass_obj
def verificar_bitacora(app: Flask, sellos: tuple[str, ...]) -> None:
    """A line for each thing that is wrong."""
    try:
        guardados = {int(numero): valor for numero, _, valor in (sello.partition(":") for sello in sellos)}
    except ValueError:
        raise click.BadParameter("NUMERO:SELLO") from None
    with app.app_context():
        fallas = 0
        for falla in verificar({**anunciados(), **guardados}):
            click.echo(falla)
            fallas += 1
        numero, _ = cabeza()
    click.echo(f"{numero} filas, {fallas} fallas")
    sys.exit(1 if fallas else 0)


@bitacora.command("sello", help="Print NUMERO:SELLO of the last row, to be kept elsewhere.")
@click.pass_obj
def sello_de_bitacora(app: Flask) -> None:
    """What `verificar --sello` takes."""
    with app.app_context():
        click.echo("{}:{}".format(*cabeza()))


@cli.group("documentos", help="Prove that consents and attached files are what was put down.")
def documentos() -> None:
    """The group itself does nothing."""


@documentos.command("verificar", help="Look for altered consents, and altered or missing files; exit with 1.")
@click.pass_obj
def verificar_los_documentos(app: Flask) -> None:
    """A line for each thing that is wrong."""
    fallas = 0
    with app.app_context():
        for falla in verificar_documentos():
            click.echo(falla)
            fallas += 1
    click.echo(f"{fallas} fallas")
    sys.exit(1 if fallas else 0)
