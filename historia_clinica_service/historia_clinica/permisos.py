"""What can be allowed in this service. auth_service says to whom, `casos_de_uso/acceso.py` of which patients."""

PERMISOS = {
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
    "interno:consultar": "Consultas entre servicios",
}
