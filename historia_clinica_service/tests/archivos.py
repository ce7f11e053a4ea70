"""Files to attach."""

from __future__ import annotations

import base64
import io
from typing import Any

from PIL import Image
from pypdf import PdfWriter
from werkzeug.test import TestResponse

from comun.testing.client import ApiClient


def radiografia(semilla: int = 1, formato: str = "PNG") -> bytes:
    """A picture that differs with its seed."""
    salida = io.BytesIO()
    Image.new("RGB", (600, 300), (semilla % 256, 10, 10)).save(salida, formato)
    return salida.getvalue()


def informe() -> bytes:
    """A PDF of one page."""
    salida, escritor = io.BytesIO(), PdfWriter()
    escritor.add_blank_page(200, 300)
    escritor.write(salida)
    return salida.getvalue()


def trazo() -> str:
    """A drawn signature in base64."""
    salida = io.BytesIO()
    Image.new("RGBA", (200, 80), (0, 0, 90, 255)).save(salida, "PNG")
    return base64.b64encode(salida.getvalue()).decode()


def adjuntar(
    api: ApiClient, contenido: bytes | None = None, nombre: str = "rx.png", paciente_id: int = 1, **campos: Any
) -> TestResponse:
    """Attach a file to a record."""
    headers = campos.pop("headers", None)
    tipo = campos.pop("tipo", "application/octet-stream")
    archivo = (io.BytesIO(contenido if contenido is not None else radiografia()), nombre, tipo)
    datos = {"archivo": archivo, "titulo": "Panorámica", "categoria": "radiografia", **campos}
    ruta = f"/historia-clinica/pacientes/{paciente_id}/adjuntos"
    return api.call("POST", ruta, data=datos, content_type="multipart/form-data", headers=headers)
