"""The commands of auth_service."""

from __future__ import annotations

import csv
from pathlib import Path

import click
from flask import Flask
from sqlalchemy import select

from auth import contrasenas
from auth.casos_de_uso.clientes import crear_cliente
from auth.dominio.nombres import normalizar_nombre_usuario, separar_nombre
from auth.dominio.roles import ADMIN
from auth.eventos.emitidos import anunciar
from auth.extensiones import db
from auth.llavero import llavero
from auth.modelos import Rol, Usuario
from auth.servicio import SERVICIO
from comun.cli import service_cli
from comun.errors import Problem
from comun.fields import fold

cli = service_cli(SERVICIO)


@cli.command("crear-admin")
@click.option(
    "--csv",
    "archivo",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with a row whose rol is admin; otherwise AUTH_ADMIN_USUARIO and AUTH_ADMIN_CONTRASENA.",
)
@click.pass_obj
def crear_admin(app: Flask, archivo: Path | None) -> None:
    """Make the first administrator, unless there is a user of that name."""
    fila = _fila_admin(archivo) if archivo else _ajustes_admin(app)
    with app.app_context():
        try:
            creado = _crear_admin(fila)
        except (Problem, ValueError) as error:
            raise click.ClickException(_explicar(error)) from None
    click.echo(f"auth: administrator {fila['nombre_usuario']} {'made' if creado else 'exists already'}")


@cli.command("rotar-clave", help="Sign tokens with a new key; the old one stays valid until its tokens expire.")
@click.option("--comprometida", is_flag=True, help="The old key leaked: its tokens are worth nothing from now on.")
@click.pass_obj
def rotar_clave(app: Flask, comprometida: bool) -> None:
    with app.app_context():
        kid = llavero().rotar(comprometida=comprometida)
    click.echo(f"auth: tokens are signed with {kid} from now on")


@cli.command("crear-cliente", help="Make an integration client and print its secret, once.")
@click.argument("nombre")
@click.option("--permiso", "permisos", multiple=True, help="May be repeated.")
@click.option("--descripcion")
@click.pass_obj
def cliente_nuevo(app: Flask, nombre: str, permisos: tuple[str, ...], descripcion: str | None) -> None:
    datos = {"nombre": nombre.strip().lower(), "permisos": permisos, "descripcion": descripcion}
    with app.app_context():
        try:
            cliente, secreto = crear_cliente(datos)
        except Problem as error:
            raise click.ClickException(_explicar(error)) from None
        db.session.commit()
    click.echo(f"client_id={cliente.nombre}\nclient_secret={secreto}")


def _fila_admin(archivo: Path) -> dict[str, str]:
    texto = archivo.read_text(encoding="utf-8-sig")
    separador = ";" if ";" in texto.partition("\n")[0] else ","
    for cruda in csv.DictReader(texto.splitlines(), delimiter=separador):
        fila = {fold(campo or ""): (valor or "").strip() for campo, valor in cruda.items() if isinstance(valor, str)}
        if fold(fila.get("rol", "")) == ADMIN:
            fila["nombre_usuario"] = fila.get("nombre_usuario") or fila.get("username", "")
            fila["contrasena"] = fila.get("contrasena") or fila.get("password", "")
            return fila
    raise click.ClickException(f"{archivo} has no row with rol admin")


def _ajustes_admin(app: Flask) -> dict[str, str]:
    usuario, contrasena = app.config["AUTH_ADMIN_USUARIO"], app.config["AUTH_ADMIN_CONTRASENA"]
    if not usuario or not contrasena:
        raise click.ClickException("give --csv, or set AUTH_ADMIN_USUARIO and AUTH_ADMIN_CONTRASENA[_FILE]")
    return {"nombre_usuario": usuario, "contrasena": contrasena}


def _crear_admin(fila: dict[str, str]) -> bool:
    """False when a user of that name is there already; it is left as it is."""
    nombre = normalizar_nombre_usuario(fila["nombre_usuario"])
    if db.session.scalar(select(Usuario.id).where(Usuario.nombre_usuario == nombre, Usuario.vivos())):
        return False
    db.session.commit()
    contrasenas.exigir_aceptable(fila["contrasena"], nombre)
    hash_nuevo = contrasenas.cifrar(fila["contrasena"])
    nombres, apellidos = fila.get("nombres", ""), fila.get("apellidos", "")
    if not nombres and fila.get("nombre"):
        nombres, apellidos = separar_nombre(fila["nombre"])
    usuario = Usuario(
        nombre_usuario=nombre,
        contrasena_hash=hash_nuevo,
        email=fila.get("email", "").lower() or None,
        nombres=nombres,
        apellidos=apellidos,
    )
    usuario.entidad_rol = Rol.de_nombre(ADMIN)
    db.session.add(usuario)
    anunciar(usuario, "creado")
    db.session.commit()
    return True


def _explicar(error: Exception) -> str:
    if isinstance(error, Problem):
        return "; ".join([error.detail, *(f"{campo}: {' '.join(textos)}" for campo, textos in error.errores.items())])
    return str(error)
