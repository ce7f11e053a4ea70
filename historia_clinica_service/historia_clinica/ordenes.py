"""Commands of the notes and of the catalogue of diagnoses."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask import Flask

from historia_clinica.casos_de_uso.cie10 import INCLUIDA, cargar
from historia_clinica.casos_de_uso.firmas import notas_alteradas
from historia_clinica.casos_de_uso.firmas_oftalmologicas import alterados
from historia_clinica.dominio.cie10 import ListaInvalida, leer
from historia_clinica.extensiones import db

# What is signed, and what tells a sentence for each that is not what was signed.
VERIFICACIONES = {"notas": notas_alteradas, "exámenes y recetas de los ojos": alterados}


@click.group("cie10", help="The catalogue of diagnoses.")
def cie10() -> None:
    """The group itself does nothing."""


@cie10.command("cargar", help="Load a list (CSV: codigo, nombre_es, nombre_en, activo), or the one that is included.")
@click.argument("archivo", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def cargar_lista(app: Flask, archivo: Path | None) -> None:
    """All of it or nothing; codes that are not in the list stay."""
    try:
        with app.app_context(), (archivo or INCLUIDA).open(encoding="utf-8", newline="") as lineas:
            cuantos = cargar(db.session.connection(), leer(lineas))
            db.session.commit()
    except (ListaInvalida, UnicodeDecodeError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{cuantos} códigos cargados")


@click.group("firmas", help="Prove that what was signed is still what the database holds.")
def firmas() -> None:
    """The group itself does nothing."""


@firmas.command("verificar", help="Compute the hash of all that is signed anew; exit with 1 when one differs.")
@click.pass_obj
def verificar_firmas(app: Flask) -> None:
    """A line for each thing that is not what was signed."""
    total = 0
    with app.app_context():
        for nombre, fallas in VERIFICACIONES.items():
            de_estas = 0
            for falla in fallas():
                click.echo(falla)
                de_estas += 1
            click.echo(f"{nombre}: {de_estas} fallas")
            total += de_estas
    sys.exit(1 if total else 0)
