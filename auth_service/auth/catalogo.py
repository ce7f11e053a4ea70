"""Every permission of every service, and who has it at the start.

The descriptions repeat those of each service's `permisos.py`; tests/contratos holds them equal.
"""

from auth.permisos import PERMISOS as _AUTH

_ADMIN = {
    "admin:centros:leer": "Ver centros y salas",
    "admin:centros:crear": "Crear centros",
    "admin:centros:editar": "Editar centros y sus salas",
    "admin:centros:eliminar": "Eliminar centros",
    "admin:doctores:leer": "Ver doctores",
    "admin:doctores:crear": "Crear doctores",
    "admin:doctores:editar": "Editar doctores y los servicios que ofrecen",
    "admin:doctores:eliminar": "Eliminar doctores",
    "admin:pacientes:leer": "Ver pacientes",
    "admin:pacientes:crear": "Crear pacientes",
    "admin:pacientes:editar": "Editar pacientes; un paciente, solo sus datos de contacto",
    "admin:pacientes:eliminar": "Eliminar pacientes",
    "admin:pacientes:fusionar": "Fusionar pacientes duplicados",
    "admin:pacientes:exportar": "Exportar todos los datos de un paciente",
    "admin:pacientes:anonimizar": "Anonimizar pacientes",
    "admin:catalogos:leer": "Ver catálogos",
    "admin:catalogos:crear": "Agregar entradas a los catálogos",
    "admin:catalogos:editar": "Editar entradas de los catálogos",
    "admin:catalogos:eliminar": "Eliminar entradas de los catálogos",
    "admin:configuracion:leer": "Ver la configuración",
    "admin:configuracion:editar": "Cambiar la configuración",
    "admin:reportes:leer": "Ver reportes de pacientes",
}

_CITAS = {
    "citas:leer": "Ver citas",
    "citas:crear": "Programar citas",
    "citas:editar": "Corregir datos de una cita sin moverla",
    "citas:mover": "Reprogramar citas",
    "citas:cancelar": "Cancelar citas",
    "citas:estado": "Cambiar el estado de una cita",
    "citas:confirmar": "Confirmar citas",
    "citas:recibir": "Registrar que el paciente está en sala",
    "citas:atender": "Iniciar y completar la atención",
    "citas:ausentar": "Registrar que el paciente no asistió",
    "citas:reabrir": "Reabrir una cita completada",
    "citas:eliminar": "Eliminar citas",
    "citas:extras:leer": "Ver los extras de una cita",
    "citas:extras:editar": "Agregar, corregir y quitar extras de una cita",
    "citas:tratamientos:leer": "Ver los tratamientos de una cita",
    "citas:tratamientos:editar": "Agregar, corregir y quitar tratamientos de una cita",
    "citas:sobreturno": "Agendar fuera de horario o de política, con un motivo",
    "citas:disponibilidad": "Buscar turnos libres",
    "citas:apartar": "Apartar un turno por unos minutos",
    "citas:horarios:leer": "Ver horarios, bloqueos y feriados",
    "citas:horarios:editar": "Editar horarios y bloqueos",
    "citas:cierres:editar": "Cerrar centros y salas, y decidir sus feriados",
    "citas:politicas:leer": "Ver las políticas de agenda",
    "citas:politicas:editar": "Editar las políticas de agenda",
    "citas:espera:leer": "Ver la lista de espera",
    "citas:espera:editar": "Anotar en la lista de espera y retirar de ella",
    "citas:series": "Agendar y cambiar series de citas",
    "citas:recordar": "Enviar el recordatorio de una cita",
    "citas:calendarios": "Publicar y revocar calendarios ICS",
    "citas:reportes:leer": "Ver reportes de citas y productividad",
}

_INVENTARIO = {
    "inventario:productos:leer": "Ver productos, lotes, existencias y proveedores",
    "inventario:productos:crear": "Crear productos y categorías",
    "inventario:productos:editar": "Editar productos, presentaciones, mínimos y lotes",
    "inventario:productos:eliminar": "Eliminar productos",
    "inventario:proveedores:editar": "Crear, editar y eliminar proveedores",
    "inventario:bodegas:editar": "Crear, editar y eliminar bodegas",
    "inventario:movimientos:leer": "Ver movimientos de inventario",
    "inventario:movimientos:crear": "Registrar entradas, salidas, ajustes y devoluciones",
    "inventario:movimientos:corregir": "Corregir movimientos con un contramovimiento",
    "inventario:traslados:crear": "Trasladar existencias entre bodegas",
    "inventario:conteos:editar": "Contar existencias",
    "inventario:conteos:cerrar": "Cerrar conteos y ajustar las existencias a ellos",
    "inventario:faltantes:resolver": "Resolver faltantes de consumo",
    "inventario:compras:leer": "Ver órdenes de compra y sugerencias",
    "inventario:compras:editar": "Crear, editar, enviar y anular órdenes de compra",
    "inventario:compras:recibir": "Recibir lo comprado",
    "inventario:tratamientos:leer": "Ver tratamientos, recetas y si alcanza lo que usan",
    "inventario:tratamientos:crear": "Crear tratamientos y categorías",
    "inventario:tratamientos:editar": "Editar tratamientos, precios, tarifas y recetas",
    "inventario:tratamientos:eliminar": "Eliminar tratamientos",
    "inventario:costos:leer": "Ver costos y márgenes",
    "inventario:reportes:leer": "Ver reportes y pronósticos de inventario",
}

_COMUNICACIONES = {
    "webhooks:leer": "Ver webhooks y sus entregas",
    "webhooks:gestionar": "Crear, editar, pausar y probar webhooks, y reenviar sus entregas",
    "eventos:leer": "Ver el registro de eventos",
}

# Held by services only, never by people.
_INTERNOS = {
    "interno:eventos": "Entregar eventos de otros servicios",
    "interno:personas": "Altas y consultas de personas entre servicios",
    "interno:tratamientos": "Consultar tratamientos entre servicios",
}

_HISTORIA = {
    "historia:leer": "Ver el expediente de los pacientes a su cargo; un paciente, lo suyo que esté firmado",
    "historia:escribir": "Escribir en el expediente",
    "historia:firmar": "Firmar notas, exámenes y recetas",
    "historia:imprimir": "Imprimir recetas, consentimientos e imágenes del expediente",
    "historia:exportar": "Exportar e imprimir el expediente completo",
    "historia:eliminar": "Retirar del expediente lo que se agregó por error",
    "historia:emergencia": "Abrir en una emergencia el expediente de quien no es su paciente",
    "historia:emergencias:leer": "Ver los accesos de emergencia",
    "historia:emergencias:revisar": "Revisar los accesos de emergencia",
    "historia:accesos:leer": "Ver quién vio un expediente; un paciente, el suyo",
    "historia:bitacora:leer": "Ver la bitácora de todos los accesos",
    "historia:cie10:leer": "Buscar en el catálogo CIE-10",
    "historia:consentimientos:editar": "Escribir los textos de los consentimientos",
    "historia:retencion:editar": "Ordenar y levantar la retención legal de un expediente",
    "historia:estadisticas:exportar": "Exportar datos anonimizados para estadística",
}

_FACTURACION = {
    "facturacion:puntos:leer": "Ver puntos de emisión",
    "facturacion:puntos:editar": "Crear y editar puntos de emisión",
    "facturacion:facturas:leer": "Ver facturas y notas de crédito",
    "facturacion:facturas:crear": "Crear borradores de facturas",
    "facturacion:facturas:editar": "Editar borradores de facturas, coberturas y planes de cuotas",
    "facturacion:facturas:eliminar": "Eliminar borradores de facturas",
    "facturacion:facturas:emitir": "Emitir facturas",
    "facturacion:facturas:anular": "Anular facturas",
    "facturacion:facturas:acreditar": "Emitir notas de crédito",
    "facturacion:cotizaciones:leer": "Ver cotizaciones",
    "facturacion:cotizaciones:editar": "Crear, editar y facturar cotizaciones",
    "facturacion:pagos:leer": "Ver pagos, recibos y estados de cuenta",
    "facturacion:pagos:crear": "Registrar pagos y anticipos, y aplicarlos",
    "facturacion:pagos:reembolsar": "Devolver pagos",
    "facturacion:cajas:leer": "Ver cajas",
    "facturacion:cajas:operar": "Abrir, contar y cerrar la propia caja",
    "facturacion:cajas:supervisar": "Ver lo esperado en cajas abiertas, y cerrar las de otros",
    "facturacion:transacciones:leer": "Ver transacciones de caja y sus reportes",
    "facturacion:transacciones:crear": "Registrar ingresos y egresos de caja",
    "facturacion:transacciones:editar": "Editar transacciones de caja",
    "facturacion:transacciones:eliminar": "Eliminar transacciones de caja",
    "facturacion:gastos:leer": "Ver gastos",
    "facturacion:gastos:crear": "Registrar gastos, recurrentes y categorías",
    "facturacion:gastos:editar": "Editar gastos, recurrentes y categorías",
    "facturacion:gastos:eliminar": "Eliminar gastos, recurrentes y categorías",
    "facturacion:honorarios:leer": "Ver honorarios y liquidaciones",
    "facturacion:honorarios:editar": "Editar porcentajes de honorarios",
    "facturacion:honorarios:liquidar": "Liquidar honorarios y pagarlos",
    "facturacion:cartera:leer": "Ver cuentas por cobrar",
    "facturacion:reportes:leer": "Ver reportes financieros, tablero y estadísticas",
}

CATALOGO: dict[str, str] = {
    **_AUTH,
    **_ADMIN,
    **_CITAS,
    **_INVENTARIO,
    **_HISTORIA,
    **_FACTURACION,
    **_COMUNICACIONES,
    **_INTERNOS,
}


def servicio_de(permiso: str) -> str:
    """The service that asks for it; `interno` for what only services hold."""
    if permiso in _HISTORIA:
        return "historia_clinica"
    return "comunicaciones" if permiso in _COMUNICACIONES else permiso.partition(":")[0]


REPARTIBLES = frozenset(nombre for nombre in CATALOGO if not nombre.startswith("interno:"))
