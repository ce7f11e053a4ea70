"""What can be allowed in this service. auth_service says who holds it; whose rows is the caller's scope."""

PERMISOS = {
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
    "interno:consultar": "Consultas entre servicios",
}
