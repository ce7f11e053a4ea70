"""What can be allowed in this service. auth_service says who holds it."""

PERMISOS = {
    "webhooks:leer": "Ver webhooks y sus entregas",
    "webhooks:gestionar": "Crear, editar, pausar y probar webhooks, y reenviar sus entregas",
    "eventos:leer": "Ver el registro de eventos",
}
