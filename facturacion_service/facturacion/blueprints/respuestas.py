"""What answers that are files have in common."""

from __future__ import annotations

from flask import Response

# The form of an answer that is a file, for the document of the API.
ARCHIVO = {"type": "string", "format": "binary"}
PDF = "application/pdf"
_DE_NADIE_MAS = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}


def archivo(contenido: bytes, tipo: str, nombre: str) -> Response:
    """Something printed, to be looked at or saved; nobody in between may keep it."""
    cabeceras = {**_DE_NADIE_MAS, "Content-Disposition": f'inline; filename="{nombre}"'}
    return Response(contenido, content_type=tipo, headers=cabeceras)
