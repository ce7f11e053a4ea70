"""Users made and changed by somebody else: who may give whom which rights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from auth import contrasenas
from auth.casos_de_uso import segundo_factor
from auth.catalogo import REPARTIBLES
from auth.clientes.admin import admin
from auth.dominio.permisos import PROPIOS, Poder, efectivos
from auth.eventos.emitidos import anunciar
from auth.extensiones import db
from auth.modelos import Invitacion, Rol, Usuario
from comun.auth.caller import Caller
from comun.db import release
from comun.errors import Conflict, Forbidden, Invalid

_SIMPLES = ("nombre_usuario", "email", "nombres", "apellidos")


def poder_de(quien: Caller) -> Poder:
    """What the caller may do, and where: nobody gives away more."""
    return Poder(quien.alcance.value, quien.permisos, quien.centros)


def crear(datos: Mapping[str, Any], quien: Caller) -> Usuario:
    """A user of any role that the caller may give. Without a password it has to be invited.

    Raises Invalid (no such role or centre, weak password), Forbidden (a role with more rights than the
    caller's), Conflict (name taken) and Unavailable (centres can't be checked).
    """
    rol = Rol.de_nombre(datos["rol"])
    centros = datos.get("centros") or []
    _exigir_poder(quien, Poder(rol.alcance, frozenset(rol.permisos), frozenset(centros)))
    contrasena = datos.get("contrasena")
    if contrasena is None and not datos.get("email"):
        raise Invalid({"contrasena": ["Dé una contraseña, o un correo para invitar al usuario."]})
    if contrasena is not None:
        contrasenas.exigir_aceptable(contrasena, datos["nombre_usuario"])
    release(db.session)
    exigir_centros(centros)
    contrasena_hash = contrasenas.cifrar(contrasena) if contrasena is not None else None
    rol.retener()
    usuario = Usuario(
        **{campo: datos[campo] for campo in _SIMPLES if datos.get(campo) is not None},
        contrasena_hash=contrasena_hash,
        activo=datos.get("activo", True),
    )
    usuario.entidad_rol = rol
    db.session.add(usuario)
    db.session.flush()
    usuario.asignar_centros(centros)
    anunciar(usuario, "creado")
    if contrasena is None:
        anunciar(usuario, "invitado")
    return usuario


def modificar(usuario: Usuario, cambios: Mapping[str, Any], quien: Caller) -> Usuario:
    """Change what is given. `contrasena` sets a new one, `activo` opens or closes the account.

    Raises as `crear`, and Conflict for the last administrator, Forbidden for one's own rights.
    """
    exigir_gobierno(quien, usuario)
    estaba_activo = usuario.activo
    rol = Rol.de_nombre(cambios["rol"]) if "rol" in cambios else usuario.entidad_rol
    centros = cambios.get("centros")
    propio = usuario.id == quien.usuario_id
    if rol.id != usuario.rol_id:
        usuario.exigir_otro_admin()
    if propio and (rol.id != usuario.rol_id or (centros is not None and set(centros) != set(usuario.centros))):
        raise _rechazo_propio()
    if propio and "contrasena" in cambios:
        raise Forbidden("cuenta_propia", "Cambie su propia contraseña en /auth/perfil/contrasena.")
    permisos = efectivos(rol.permisos, usuario.concedidos, usuario.denegados)
    _exigir_poder(quien, Poder(rol.alcance, permisos, frozenset(usuario.centros if centros is None else centros)))
    hash_nuevo = _consultar_y_cifrar(usuario, cambios, centros or [])
    correo = usuario.email
    for campo in _SIMPLES:
        if campo in cambios:
            setattr(usuario, campo, cambios[campo] if campo == "email" else cambios[campo] or "")
    usuario.cambiar_rol(rol)
    if centros is not None:
        usuario.asignar_centros(centros)
    if hash_nuevo is not None:
        usuario.cambiar_contrasena(hash_nuevo)
    cambiar_estado(usuario, cambios.get("activo", estaba_activo), quien)
    if usuario.activo == estaba_activo:
        anunciar(usuario, "actualizado")
    if usuario.email != correo and usuario.contrasena_hash is None:
        _invitar_de_nuevo(usuario)
    return usuario


def cambiar_estado(usuario: Usuario, activo: bool, quien: Caller) -> None:
    """Open or close the account; closing it ends its sessions within seconds, everywhere."""
    exigir_gobierno(quien, usuario)
    if activo and not usuario.activo:
        usuario.activar()
        anunciar(usuario, "actualizado")
    elif usuario.activo and not activo:
        usuario.desactivar()
        anunciar(usuario, "desactivado")


def eliminar(usuario: Usuario, quien: Caller) -> None:
    """Delete softly; the user name is free again."""
    exigir_gobierno(quien, usuario)
    usuario.eliminar()
    usuario.activo = False
    anunciar(usuario, "desactivado")


def cambiar_permisos(
    usuario: Usuario, concedidos: Iterable[str] | None, denegados: Iterable[str] | None, quien: Caller
) -> None:
    """Set what is granted on top of the role and what is denied; None leaves it as it is."""
    if usuario.id == quien.usuario_id:
        raise _rechazo_propio()
    exigir_gobierno(quien, usuario)
    mas = set(usuario.concedidos if concedidos is None else concedidos)
    menos = set(usuario.denegados if denegados is None else denegados)
    exigir_repartibles("concedidos", mas)
    exigir_repartibles("denegados", menos)
    if ambos := sorted(mas & menos):
        raise Invalid({"denegados": [f"También concedidos: {', '.join(ambos)}."]})
    if propios := sorted(menos & PROPIOS):
        raise Invalid({"denegados": [f"No se pueden quitar a nadie: {', '.join(propios)}."]})
    rol = usuario.entidad_rol
    _exigir_poder(quien, Poder(rol.alcance, efectivos(rol.permisos, mas, menos), frozenset(usuario.centros)))
    usuario.cambiar_permisos(mas, menos)
    anunciar(usuario, "actualizado")


def quitar_segundo_factor(usuario: Usuario, quien: Caller) -> None:
    """Of somebody who lost it. One's own takes the password, which a token that was stolen does not have."""
    if usuario.id == quien.usuario_id:
        raise Forbidden("cuenta_propia", "Quite su propio segundo factor en /auth/perfil/segundo-factor.")
    exigir_gobierno(quien, usuario)
    segundo_factor.quitar(usuario)


def exigir_repartibles(campo: str, permisos: Iterable[str]) -> None:
    """Invalid for names that are not in the catalogue, or that only services may hold."""
    if ajenos := sorted(set(permisos) - REPARTIBLES):
        raise Invalid({campo: [f"No existen o no se pueden conceder: {', '.join(ajenos)}."]})


def exigir_gobierno(quien: Caller, usuario: Usuario) -> None:
    """Forbidden over a user with more rights than one's own: changing him would be taking them."""
    _exigir_poder(quien, usuario.poder)


def exigir_centros(ids: Iterable[int]) -> None:
    """Invalid for centres that admin_service does not know. Calls it: no transaction may be open."""
    pedidos = set(ids)
    if pedidos and (faltan := sorted(pedidos - admin().centros_existentes(pedidos))):
        raise Invalid({"centros": [f"No existen: {', '.join(map(str, faltan))}."]})


def _invitar_de_nuevo(usuario: Usuario) -> None:
    """Whoever reads the former address must not set the first password."""
    Invitacion.anular(usuario)
    if usuario.email:
        anunciar(usuario, "invitado")


def _consultar_y_cifrar(usuario: Usuario, cambios: Mapping[str, Any], centros: list[int]) -> str | None:
    """What takes time and no transaction: asking for the centres, hashing the new password."""
    contrasena = cambios.get("contrasena")
    nuevos = set(centros) - set(usuario.centros)
    if contrasena is not None:
        contrasenas.exigir_aceptable(contrasena, cambios.get("nombre_usuario", usuario.nombre_usuario))
    if contrasena is None and not nuevos:
        return None
    release(db.session)
    exigir_centros(nuevos)
    return contrasenas.cifrar(contrasena) if contrasena is not None else None


def _exigir_poder(quien: Caller, poder: Poder) -> None:
    if not poder_de(quien).cubre(poder):
        raise Forbidden("mas_que_los_propios", "Eso da o toca derechos que usted no tiene.")


def _rechazo_propio() -> Forbidden:
    return Forbidden("derechos_propios", "Nadie cambia sus propios derechos; pídalo a otro administrador.")


def exigir_rol_ajeno(rol: Rol, quien: Caller) -> None:
    """Forbidden for the caller's own role."""
    if rol.nombre == quien.rol:
        raise _rechazo_propio()


def exigir_rol_gobernable(quien: Caller, alcance: str, permisos: Iterable[str]) -> None:
    """Forbidden when such a role has more rights than the caller."""
    _exigir_poder(quien, Poder(alcance, frozenset(permisos)))


def exigir_rol_sin_uso(rol: Rol) -> None:
    """Conflict while somebody has the role, or when the system needs it."""
    if rol.de_sistema:
        raise Conflict("rol_protegido", "Los roles del sistema no se eliminan.")
    # Whoever is giving it to somebody comes first.
    db.session.execute(db.select(Rol.id).where(Rol.id == rol.id).with_for_update())
    usado = db.session.scalar(db.select(Usuario.id).where(Usuario.rol_id == rol.id, Usuario.vivos()).limit(1))
    if usado is not None:
        raise Conflict("rol_en_uso", "Hay usuarios con ese rol; deles otro antes.")
