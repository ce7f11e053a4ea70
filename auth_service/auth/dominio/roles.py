"""The roles that exist at the start, and their rights: the table "who may do what" of the requirements."""

from __future__ import annotations

from dataclasses import dataclass

ADMIN, SECRETARIA, MEDICO, PACIENTE, SERVICIO = "admin", "secretaria", "medico", "paciente", "servicio"

# Other words for the same role.
SINONIMOS = {"cliente": PACIENTE}

_VER_PERSONAL = {"auth:usuarios:leer", "auth:roles:leer"}
_VER_ADMINISTRACION = {
    "admin:centros:leer",
    "admin:doctores:leer",
    "admin:catalogos:leer",
    "admin:configuracion:leer",
}


@dataclass(frozen=True)
class RolInicial:
    """A role with whose rows it sees (`alcance`) and what it may do. `permisos` None: everything there is."""

    nombre: str
    descripcion: str
    alcance: str
    permisos: frozenset[str] | None


ROLES_INICIALES = (
    RolInicial(ADMIN, "Administración de toda la red", "red", None),
    RolInicial(
        SECRETARIA,
        "Recepción de uno o varios centros",
        "centros",
        frozenset(
            {
                *_VER_PERSONAL,
                *_VER_ADMINISTRACION,
                "admin:pacientes:leer",
                "admin:pacientes:editar",
                "citas:leer",
                "citas:crear",
                "citas:editar",
                "citas:mover",
                "citas:cancelar",
                "citas:estado",
                "citas:confirmar",
                "citas:recibir",
                "citas:ausentar",
                "citas:extras:leer",
                "citas:extras:editar",
                "citas:tratamientos:leer",
                "citas:tratamientos:editar",
                "citas:sobreturno",
                "citas:disponibilidad",
                "citas:apartar",
                "citas:horarios:leer",
                "citas:horarios:editar",
                "citas:cierres:editar",
                "citas:politicas:leer",
                "citas:espera:leer",
                "citas:espera:editar",
                "citas:series",
                "citas:recordar",
                "citas:reportes:leer",
                "inventario:productos:leer",
                "inventario:movimientos:leer",
                "inventario:movimientos:crear",
                "inventario:traslados:crear",
                "inventario:conteos:editar",
                "inventario:compras:leer",
                "inventario:compras:recibir",
                "inventario:tratamientos:leer",
                "inventario:reportes:leer",
                "historia:cie10:leer",
                "facturacion:puntos:leer",
                "facturacion:facturas:leer",
                "facturacion:facturas:crear",
                "facturacion:facturas:editar",
                "facturacion:facturas:eliminar",
                "facturacion:facturas:emitir",
                "facturacion:facturas:anular",
                "facturacion:facturas:acreditar",
                "facturacion:cotizaciones:leer",
                "facturacion:cotizaciones:editar",
                "facturacion:pagos:leer",
                "facturacion:pagos:crear",
                "facturacion:pagos:reembolsar",
                "facturacion:cajas:leer",
                "facturacion:cajas:operar",
                "facturacion:transacciones:leer",
                "facturacion:transacciones:crear",
                "facturacion:transacciones:editar",
                "facturacion:transacciones:eliminar",
                "facturacion:cartera:leer",
            }
        ),
    ),
    RolInicial(
        MEDICO,
        "Doctores, con su propia agenda y sus pacientes",
        "medico",
        frozenset(
            {
                *_VER_PERSONAL,
                *_VER_ADMINISTRACION,
                "admin:pacientes:leer",
                "citas:leer",
                "citas:editar",
                "citas:cancelar",
                "citas:estado",
                "citas:confirmar",
                "citas:atender",
                "citas:ausentar",
                "citas:extras:leer",
                "citas:extras:editar",
                "citas:tratamientos:leer",
                "citas:tratamientos:editar",
                "citas:disponibilidad",
                "citas:horarios:leer",
                "citas:horarios:editar",
                "citas:politicas:leer",
                "citas:espera:leer",
                "citas:calendarios",
                "citas:reportes:leer",
                "inventario:productos:leer",
                "inventario:tratamientos:leer",
                "historia:leer",
                "historia:escribir",
                "historia:firmar",
                "historia:imprimir",
                "historia:exportar",
                "historia:eliminar",
                "historia:emergencia",
                "historia:accesos:leer",
                "historia:cie10:leer",
                "facturacion:honorarios:leer",
            }
        ),
    ),
    RolInicial(
        PACIENTE,
        "Pacientes, con sus propios datos y citas",
        "paciente",
        frozenset(
            {
                "admin:pacientes:leer",
                "admin:pacientes:editar",
                "citas:leer",
                "citas:crear",
                "citas:editar",
                "citas:mover",
                "citas:cancelar",
                "citas:estado",
                "citas:confirmar",
                "citas:extras:leer",
                "citas:tratamientos:leer",
                "citas:disponibilidad",
                "citas:apartar",
                "citas:espera:leer",
                "citas:espera:editar",
                "citas:calendarios",
                "historia:leer",
                "historia:imprimir",
                "historia:exportar",
                "historia:accesos:leer",
                "facturacion:facturas:leer",
                "facturacion:cotizaciones:leer",
                "facturacion:pagos:leer",
            }
        ),
    ),
    # Machines get only what they are granted one by one.
    RolInicial(SERVICIO, "Integraciones y automatizaciones", "red", frozenset()),
)
