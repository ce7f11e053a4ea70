"""The menu: what a caller's permissions open."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Opcion:
    """An entry. Shown with any of `permisos`; one with `hijos` is shown when one of them is."""

    clave: str
    titulo: str
    ruta: str | None = None
    permisos: frozenset[str] = frozenset()
    hijos: tuple[Opcion, ...] = ()


def _opcion(clave: str, titulo: str, ruta: str, *permisos: str) -> Opcion:
    return Opcion(clave, titulo, ruta, frozenset(permisos))


MENU = (
    Opcion(
        "agenda",
        "Agenda",
        hijos=(
            _opcion("citas", "Citas", "/citas", "citas:leer"),
            _opcion("citas-nueva", "Nueva cita", "/citas/nueva", "citas:crear"),
            _opcion("citas-historial", "Historial", "/citas/historial", "citas:leer"),
        ),
    ),
    _opcion("pacientes", "Pacientes", "/admin/pacientes", "admin:pacientes:leer"),
    Opcion(
        "historia-clinica",
        "Historia clínica",
        hijos=(
            _opcion("expedientes", "Expedientes", "/historia-clinica/expedientes", "historia:leer"),
            _opcion("cie10", "Catálogo CIE-10", "/historia-clinica/cie10", "historia:cie10:leer"),
            _opcion("emergencias", "Emergencias", "/historia-clinica/emergencias", "historia:emergencias:leer"),
            _opcion("bitacora", "Bitácora", "/historia-clinica/bitacora", "historia:bitacora:leer"),
        ),
    ),
    Opcion(
        "inventario",
        "Inventario",
        hijos=(
            _opcion("productos", "Productos", "/inventario/productos", "inventario:productos:leer"),
            _opcion("movimientos", "Movimientos", "/inventario/movimientos", "inventario:movimientos:leer"),
            _opcion("conteos", "Conteos", "/inventario/conteos", "inventario:conteos:editar"),
            _opcion("compras", "Compras", "/inventario/ordenes-compra", "inventario:compras:leer"),
            _opcion("tratamientos", "Tratamientos", "/inventario/tratamientos", "inventario:tratamientos:leer"),
            _opcion("inventario-reportes", "Reportes", "/inventario/reportes", "inventario:reportes:leer"),
        ),
    ),
    Opcion(
        "facturacion",
        "Facturación",
        hijos=(
            _opcion("tablero", "Tablero", "/facturacion/tablero", "facturacion:reportes:leer"),
            _opcion("facturas", "Facturas", "/facturacion/facturas", "facturacion:facturas:leer"),
            _opcion("cotizaciones", "Cotizaciones", "/facturacion/cotizaciones", "facturacion:cotizaciones:leer"),
            _opcion("pagos", "Pagos", "/facturacion/pagos", "facturacion:pagos:leer"),
            _opcion("caja", "Caja", "/facturacion/cajas", "facturacion:cajas:leer"),
            _opcion("gastos", "Gastos", "/facturacion/gastos", "facturacion:gastos:leer"),
            _opcion("honorarios", "Honorarios", "/facturacion/honorarios", "facturacion:honorarios:leer"),
            _opcion("facturacion-reportes", "Reportes", "/facturacion/reportes", "facturacion:reportes:leer"),
        ),
    ),
    Opcion(
        "administracion",
        "Administración",
        hijos=(
            _opcion("centros", "Centros", "/admin/centros", "admin:centros:leer"),
            _opcion("doctores", "Doctores", "/admin/doctores", "admin:doctores:leer"),
            _opcion("catalogos", "Catálogos", "/admin/catalogos", "admin:catalogos:leer"),
            _opcion("configuracion", "Configuración", "/admin/configuracion", "admin:configuracion:leer"),
            _opcion("reportes", "Reportes", "/admin/reportes", "admin:reportes:leer"),
        ),
    ),
    Opcion(
        "acceso",
        "Acceso",
        hijos=(
            _opcion("usuarios", "Usuarios", "/auth/usuarios", "auth:usuarios:leer"),
            _opcion("roles", "Roles y permisos", "/auth/roles", "auth:roles:leer"),
            _opcion("clientes", "Integraciones", "/auth/clientes", "auth:clientes:leer"),
            _opcion("auditoria", "Auditoría", "/auth/auditoria", "auth:auditoria:leer"),
        ),
    ),
    Opcion(
        "automatizacion",
        "Automatización",
        hijos=(
            _opcion("webhooks", "Webhooks", "/comunicaciones/webhooks", "webhooks:leer"),
            _opcion("eventos", "Eventos", "/comunicaciones/eventos", "eventos:leer"),
        ),
    ),
    _opcion("perfil", "Mi cuenta", "/auth/perfil", "auth:perfil"),
)


def menu_para(permisos: Set[str], opciones: Iterable[Opcion] = MENU) -> list[dict[str, Any]]:
    """The tree of what these permissions open; branches without any leaf are left out."""
    arbol = []
    for opcion in opciones:
        hijos = menu_para(permisos, opcion.hijos)
        if hijos or opcion.permisos & permisos:
            arbol.append({"clave": opcion.clave, "titulo": opcion.titulo, "ruta": opcion.ruta, "hijos": hijos})
    return arbol
