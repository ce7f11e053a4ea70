"""Rows without which nothing works: the roles at the start, their rights, a signing key."""

from __future__ import annotations

from sqlalchemy import select

from auth.catalogo import REPARTIBLES
from auth.dominio.roles import ROLES_INICIALES, RolInicial
from auth.extensiones import db
from auth.llavero import llavero
from auth.modelos import PermisoSembrado, Rol, RolPermiso
from comun import audit


def sembrar() -> None:
    """Give each initial role the defaults that it was not given before; commits. Changes nothing else.

    What an administrator took away stays away; what a new release brings is added.
    """
    audit.set_action("siembra")
    for inicial in ROLES_INICIALES:
        _sembrar_rol(inicial)
    db.session.commit()
    llavero().crear_primera()


def _sembrar_rol(inicial: RolInicial) -> None:
    rol = db.session.scalar(select(Rol).where(Rol.nombre == inicial.nombre, Rol.vivos()))
    if rol is None:
        rol = Rol(nombre=inicial.nombre, descripcion=inicial.descripcion, alcance=inicial.alcance, de_sistema=True)
        db.session.add(rol)
    dados = set(db.session.scalars(select(PermisoSembrado.permiso).where(PermisoSembrado.rol == inicial.nombre)))
    nuevos = (REPARTIBLES if inicial.permisos is None else inicial.permisos) - dados
    if not nuevos:
        return
    tiene = set(rol.permisos)
    rol.filas_permiso += [RolPermiso(permiso=permiso) for permiso in sorted(nuevos - tiene)]
    db.session.add_all(PermisoSembrado(rol=inicial.nombre, permiso=permiso) for permiso in nuevos)
    db.session.flush()
    if dados:
        rol.renovar_tokens()
