"""Machine clients: the services of the network by their settings, integrations by the table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hmac import compare_digest
from typing import Any

from flask import current_app
from sqlalchemy import select

from auth.casos_de_uso.usuarios import exigir_repartibles, exigir_rol_gobernable
from auth.dominio.servicios import permisos_de_servicio
from auth.extensiones import db
from auth.huellas import huella
from auth.modelos import ClienteServicio
from auth.modelos.revocacion import primera_version
from auth.tokens import token_de_servicio, vida_segundos
from comun import audit
from comun.auth.caller import Caller
from comun.errors import Conflict, Problem


def token_de_cliente(nombre: str, secreto: str) -> dict[str, Any]:
    """A token for the client. Problem 401, the same for an unknown client and a wrong secret."""
    de_la_red: Mapping[str, str] = current_app.config["AUTH_SERVICE_CLIENTS"]
    cliente = db.session.scalar(
        select(ClienteServicio).where(ClienteServicio.nombre == nombre, ClienteServicio.vivos())
    )
    if nombre in de_la_red:
        esperada, permisos, version = huella(de_la_red[nombre]), permisos_de_servicio(nombre), 1
    elif cliente is not None and cliente.activo:
        esperada, permisos, version = cliente.secreto_huella, frozenset(cliente.permisos), cliente.version_token
    else:
        esperada, permisos, version = "", frozenset(), 1
    correcto = compare_digest(huella(secreto), esperada)
    audit.record("cliente", None, {"nombre": nombre}, accion="auth:token" if correcto else "auth:token_fallido")
    if not correcto:
        db.session.commit()
        raise Problem(401, "cliente_invalido", "El cliente o su secreto no son correctos.")
    return {
        "access_token": token_de_servicio(nombre, permisos, version),
        "token_type": "bearer",
        "expires_in": vida_segundos(),
    }


def crear_cliente(datos: Mapping[str, Any], quien: Caller | None = None) -> tuple[ClienteServicio, str]:
    """A new integration client, and its secret, of which the answer is the only copy.

    `quien` can't give it more than its own rights; None for the command line.
    """
    permisos = sorted(set(datos.get("permisos") or ()))
    exigir_repartibles("permisos", permisos)
    if quien is not None:
        exigir_cliente_gobernable(quien, permisos)
    if datos["nombre"] in {*current_app.config["AUTH_SERVICE_CLIENTS"], "auth"}:
        raise Conflict("cliente_duplicado", "Ese nombre es de un servicio de la red.")
    cliente = ClienteServicio(
        nombre=datos["nombre"],
        descripcion=datos.get("descripcion"),
        permisos=permisos,
        activo=datos.get("activo", True),
        version_token=primera_version(ClienteServicio, datos["nombre"]),
    )
    secreto = cliente.nuevo_secreto()
    db.session.add(cliente)
    db.session.flush()
    return cliente, secreto


def modificar_cliente(cliente: ClienteServicio, cambios: Mapping[str, Any], quien: Caller) -> None:
    """Change what is given; its tokens follow within seconds."""
    exigir_cliente_gobernable(quien, cliente.permisos)
    if "permisos" in cambios:
        exigir_repartibles("permisos", cambios["permisos"])
        exigir_cliente_gobernable(quien, cambios["permisos"])
        cliente.cambiar_permisos(cambios["permisos"])
    if "descripcion" in cambios:
        cliente.descripcion = cambios["descripcion"]
    if not cambios.get("activo", True) and cliente.activo:
        cliente.renovar_tokens()
    cliente.activo = cambios.get("activo", cliente.activo)


def exigir_cliente_gobernable(quien: Caller, permisos: Iterable[str]) -> None:
    """Forbidden when the client has more rights than the caller: it sees the rows of the whole network."""
    exigir_rol_gobernable(quien, "red", permisos)
