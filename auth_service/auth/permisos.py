"""What can be allowed in this service."""

PERMISOS = {
    "auth:perfil": "Ver y editar el propio perfil, la contraseña y las sesiones",
    "auth:segundo_factor": "Configurar el propio segundo factor",
    "auth:usuarios:leer": "Ver usuarios",
    "auth:usuarios:crear": "Crear e invitar usuarios",
    "auth:usuarios:editar": "Editar, activar y desactivar usuarios",
    "auth:usuarios:eliminar": "Eliminar usuarios",
    "auth:usuarios:permisos": "Conceder y denegar permisos a un usuario",
    "auth:roles:leer": "Ver roles y permisos",
    "auth:roles:crear": "Crear roles",
    "auth:roles:editar": "Editar roles y sus permisos",
    "auth:roles:eliminar": "Eliminar roles",
    "auth:clientes:leer": "Ver clientes de integración",
    "auth:clientes:editar": "Crear, editar y eliminar clientes de integración",
    "auth:auditoria:leer": "Ver la auditoría de accesos y permisos",
    "interno:consultar": "Consultas entre servicios",
    "interno:revocaciones": "Consultar tokens revocados",
    "interno:usuarios": "Reservar y confirmar usuarios de doctores y pacientes",
}
