"""/auth/roles, /auth/permisos, /auth/clientes and /auth/auditoria."""

from typing import Any

from flask.views import MethodView
from sqlalchemy import select

from auth.blueprints.base import auth_bp
from auth.casos_de_uso import clientes, usuarios
from auth.catalogo import CATALOGO, REPARTIBLES, servicio_de
from auth.dominio.roles import ADMIN
from auth.esquemas.roles import (
    AuditoriaSalida,
    CatalogoSalida,
    ClienteCambios,
    ClienteConSecreto,
    ClienteNuevo,
    ClienteSalida,
    FiltroAuditoria,
    PermisosDeRol,
    RolCambios,
    RolNuevo,
    RolSalida,
)
from auth.extensiones import db
from auth.modelos import Auditoria, ClienteServicio, Rol, RolPermiso
from auth.modelos.revocacion import primera_version
from comun.api import no_content
from comun.auth.caller import caller
from comun.errors import Conflict
from comun.preconditions import check_version
from comun.schema import PageQuery

_POR_NOMBRE = {"nombre": Rol.nombre}


@auth_bp.route("/roles")
class Roles(MethodView):
    @auth_bp.permission("auth:roles:leer")
    @auth_bp.page(RolSalida, PageQuery, model=Rol, sort=_POR_NOMBRE)
    def get(self, _filtro: dict[str, Any]) -> Any:
        """All roles."""
        return select(Rol)

    @auth_bp.permission("auth:roles:crear")
    @auth_bp.arguments(RolNuevo)
    @auth_bp.response(201, RolSalida, location="/auth/roles/{id}")
    def post(self, datos: dict[str, Any]) -> Any:
        """Make a role, with no more rights than the caller's own."""
        permisos = sorted(set(datos.pop("permisos")))
        usuarios.exigir_repartibles("permisos", permisos)
        usuarios.exigir_rol_gobernable(caller(), datos["alcance"], permisos)
        rol = Rol(**datos, version_token=primera_version(Rol, datos["nombre"]))
        rol.filas_permiso = [RolPermiso(permiso=permiso) for permiso in permisos]
        db.session.add(rol)
        return rol


@auth_bp.route("/roles/<id:rol_id>")
class UnRol(MethodView):
    @auth_bp.permission("auth:roles:leer")
    @auth_bp.response(200, RolSalida)
    def get(self, rol_id: int) -> Any:
        """One role."""
        return Rol.obtener(rol_id, caller())

    @auth_bp.permission("auth:roles:editar")
    @auth_bp.if_match(required=False)
    @auth_bp.arguments(RolCambios.as_partial())
    @auth_bp.response(200, RolSalida)
    def put(self, cambios: dict[str, Any], rol_id: int) -> Any:
        """Change a role; its holders' tokens say so once renewed."""
        rol = Rol.obtener(rol_id, caller())
        check_version(rol)
        usuarios.exigir_rol_gobernable(caller(), rol.alcance, rol.permisos)
        if cambios.get("alcance", rol.alcance) != rol.alcance:
            if rol.de_sistema:
                raise Conflict("rol_protegido", "El alcance de los roles del sistema no cambia.")
            usuarios.exigir_rol_ajeno(rol, caller())
            usuarios.exigir_rol_gobernable(caller(), cambios["alcance"], rol.permisos)
        for campo, valor in cambios.items():
            setattr(rol, campo, valor)
        if {"alcance", "exige_segundo_factor"} & set(cambios):
            rol.renovar_tokens()
        return rol

    @auth_bp.permission("auth:roles:eliminar")
    @auth_bp.if_match(required=False)
    @auth_bp.response(204)
    def delete(self, rol_id: int) -> Any:
        """Delete a role that nobody has."""
        rol = Rol.obtener(rol_id, caller())
        check_version(rol)
        usuarios.exigir_rol_gobernable(caller(), rol.alcance, rol.permisos)
        usuarios.exigir_rol_sin_uso(rol)
        rol.eliminar()
        return no_content()


@auth_bp.route("/roles/<id:rol_id>/permisos")
class PermisosDelRol(MethodView):
    @auth_bp.permission("auth:roles:leer")
    @auth_bp.response(200, PermisosDeRol)
    def get(self, rol_id: int) -> Any:
        """What the role gives."""
        return Rol.obtener(rol_id, caller())

    @auth_bp.permission("auth:roles:editar")
    @auth_bp.if_match(required=False)
    @auth_bp.arguments(PermisosDeRol)
    @auth_bp.response(200, PermisosDeRol)
    def put(self, datos: dict[str, Any], rol_id: int) -> Any:
        """Give exactly these permissions; nobody gives what he does not have, nor changes his own role."""
        rol = Rol.obtener(rol_id, caller())
        check_version(rol)
        if rol.nombre != ADMIN:
            usuarios.exigir_rol_ajeno(rol, caller())
        usuarios.exigir_repartibles("permisos", datos["permisos"])
        usuarios.exigir_rol_gobernable(caller(), rol.alcance, rol.permisos)
        usuarios.exigir_rol_gobernable(caller(), rol.alcance, datos["permisos"])
        rol.cambiar_permisos(datos["permisos"])
        return rol


@auth_bp.route("/permisos")
class Permisos(MethodView):
    @auth_bp.permission("auth:roles:leer")
    @auth_bp.response(200, CatalogoSalida)
    def get(self) -> Any:
        """Every permission of every service."""
        return {
            "datos": [
                {
                    "permiso": permiso,
                    "descripcion": descripcion,
                    "servicio": servicio_de(permiso),
                    "repartible": permiso in REPARTIBLES,
                }
                for permiso, descripcion in sorted(CATALOGO.items())
            ]
        }


@auth_bp.route("/clientes")
class Clientes(MethodView):
    @auth_bp.permission("auth:clientes:leer")
    @auth_bp.page(ClienteSalida, PageQuery, model=ClienteServicio, sort={"nombre": ClienteServicio.nombre})
    def get(self, _filtro: dict[str, Any]) -> Any:
        """Integration clients."""
        return select(ClienteServicio)

    @auth_bp.permission("auth:clientes:editar", keeps_secret=True)
    @auth_bp.arguments(ClienteNuevo)
    @auth_bp.response(201, ClienteConSecreto, location="/auth/clientes/{id}")
    def post(self, datos: dict[str, Any]) -> Any:
        """Make a client, with no more rights than the caller's own. Its secret is shown only here."""
        return _con_secreto(*clientes.crear_cliente(datos, caller()))


@auth_bp.route("/clientes/<id:cliente_id>")
class UnCliente(MethodView):
    @auth_bp.permission("auth:clientes:leer")
    @auth_bp.response(200, ClienteSalida)
    def get(self, cliente_id: int) -> Any:
        """One client."""
        return ClienteServicio.obtener(cliente_id, caller())

    @auth_bp.permission("auth:clientes:editar")
    @auth_bp.if_match(required=False)
    @auth_bp.arguments(ClienteCambios.as_partial())
    @auth_bp.response(200, ClienteSalida)
    def put(self, cambios: dict[str, Any], cliente_id: int) -> Any:
        """Change a client; its tokens follow within seconds."""
        cliente = ClienteServicio.obtener(cliente_id, caller())
        check_version(cliente)
        clientes.modificar_cliente(cliente, cambios, caller())
        return cliente

    @auth_bp.permission("auth:clientes:editar")
    @auth_bp.if_match(required=False)
    @auth_bp.response(204)
    def delete(self, cliente_id: int) -> Any:
        """Delete a client; its tokens are revoked."""
        cliente = ClienteServicio.obtener(cliente_id, caller())
        check_version(cliente)
        clientes.exigir_cliente_gobernable(caller(), cliente.permisos)
        cliente.eliminar()
        return no_content()


@auth_bp.route("/clientes/<id:cliente_id>/secreto")
class SecretoDeCliente(MethodView):
    @auth_bp.permission("auth:clientes:editar", keeps_secret=True)
    @auth_bp.response(200, ClienteConSecreto)
    def post(self, cliente_id: int) -> Any:
        """A new secret in place of the old one; tokens got with the old one are revoked."""
        cliente = ClienteServicio.obtener(cliente_id, caller())
        clientes.exigir_cliente_gobernable(caller(), cliente.permisos)
        secreto = cliente.nuevo_secreto()
        cliente.renovar_tokens()
        return _con_secreto(cliente, secreto)


@auth_bp.route("/auditoria")
class AuditoriaDeAccesos(MethodView):
    @auth_bp.permission("auth:auditoria:leer")
    @auth_bp.page(
        AuditoriaSalida, FiltroAuditoria, model=Auditoria, sort={"momento": Auditoria.momento}, default="-id"
    )
    def get(self, filtro: dict[str, Any]) -> Any:
        """Sign-ins, failures, and every change of users, roles and permissions."""
        consulta = select(Auditoria)
        for campo in ("actor", "accion", "recurso", "recurso_id"):
            if campo in filtro:
                consulta = consulta.where(getattr(Auditoria, campo) == filtro[campo])
        if "desde" in filtro:
            consulta = consulta.where(Auditoria.momento >= filtro["desde"])
        if "hasta" in filtro:
            consulta = consulta.where(Auditoria.momento <= filtro["hasta"])
        return consulta


def _con_secreto(cliente: ClienteServicio, secreto: str) -> dict[str, Any]:
    campos = ("id", "nombre", "descripcion", "permisos", "activo", "creado_en", "actualizado_en")
    return {campo: getattr(cliente, campo) for campo in campos} | {
        "client_id": cliente.nombre,
        "client_secret": secreto,
    }
