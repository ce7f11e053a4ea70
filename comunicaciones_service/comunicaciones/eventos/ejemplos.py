"""Examples of events, made from their contracts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# What a field of that name may look like; others are made from their type.
_VALORES: Mapping[str, Any] = {
    "nombres": "María José",
    "apellidos": "Andrade Cueva",
    "nombre_usuario": "maria.andrade",
    "email": "maria.andrade@example.com",
    "telefono": "0991234567",
    "rol": "paciente",
    "codigo": "CENTRO-1",
    "nombre": "Centro Norte",
    "tipo": "consultorio",
    "zona_horaria": "America/Guayaquil",
    "especialidad": "Ortodoncia",
    "especialidades": ["Ortodoncia"],
    "servicios": [3],
    "motivo_consulta": "Control",
    "motivo": None,
    "duracion_minutos": 30,
    "antelacion_minutos": 1440,
    "enlace": "https://clinica.example/enlace.html#…",
    "centro": "Centro Norte",
    "doctor": "Ramiro Vicente Torres Caicedo",
    "fecha_hora": "2030-01-15T10:00:00-05:00",
    "reprograma_a_id": None,
    "reprogramada_en_id": None,
    "ultimo_error": "HTTP 503",
    "tratamientos": [
        {
            "linea_id": 1,
            "tratamiento_id": 3,
            "codigo": "LIMPIEZA",
            "nombre": "Limpieza dental",
            "cantidad": 1,
            "precio_unitario": 35,
            "tarifa_iva": 0,
            "duracion_minutos": 30,
        }
    ],
    "extras": [{"linea_id": 1, "descripcion": "Cepillo dental", "cantidad": 2, "precio_unitario": 3.5}],
}
_DE_UN_PRODUCTO = {
    "codigo": "BIO-001",
    "nombre": "Guantes de nitrilo talla M",
    "unidad": "par",
    "categoria": "Bioseguridad",
}
# The same, in news of what a type begins with.
_PROPIOS: Mapping[str, Mapping[str, Any]] = {
    "producto": _DE_UN_PRODUCTO,
    "stock": _DE_UN_PRODUCTO,
    "orden_compra": {
        **_DE_UN_PRODUCTO,
        "proveedor": "Depósito Dental Equinoccial S.A.",
        "documento": "001-001-000000123",
        "motivo": "El proveedor cerró",
    },
    "lote": {
        "codigo": "L2804117",
        "producto_codigo": "MED-001",
        "producto": "Lidocaína al 2 % con epinefrina 1:80 000",
    },
    "factura": {"numero": "001-002-000000123", "motivo": "Se cobró dos veces"},
    "nota_credito": {"numero": "001-002-000000017", "motivo": "Devolución de un producto"},
    "tratamiento": {
        "codigo": "ODO-002",
        "nombre": "Profilaxis dental",
        "categoria": "Prevención",
        "especialidad": "Odontología general",
    },
}
_FORMATOS = {"date-time": "2030-01-15T15:00:00+00:00", "date": "2030-01-15"}
_TIPOS: Mapping[str, Any] = {"integer": 1, "number": 1, "boolean": True, "string": "texto", "null": None}


def evento_de_ejemplo(tipo: str, origen: str, esquema: Mapping[str, Any]) -> dict[str, Any]:
    """A CloudEvents document of that type."""
    datos = _objeto(esquema, {**_VALORES, **_PROPIOS.get(tipo.partition(".")[0], {})})
    return {
        "specversion": "1.0",
        "id": "0b9d4bb8-2f4f-4a55-9d0b-6a1f1c9e7c11",
        "source": origen,
        "type": tipo,
        "subject": f"{tipo.partition('.')[0]}/{datos['id']}",
        "time": "2030-01-15T14:55:00.000000+00:00",
        "sequence": "1",
        "datacontenttype": "application/json",
        "data": datos,
    }


def _objeto(esquema: Mapping[str, Any], valores: Mapping[str, Any]) -> dict[str, Any]:
    return {nombre: _valor(nombre, campo, valores) for nombre, campo in esquema["properties"].items()}


def _valor(nombre: str, esquema: Mapping[str, Any], valores: Mapping[str, Any]) -> Any:
    if "enum" in esquema:
        return esquema["enum"][0]
    tipo = esquema["type"]
    tipo = tipo if isinstance(tipo, str) else tipo[0]
    if nombre in valores:
        return valores[nombre]
    if tipo == "array":
        return [_objeto(esquema["items"], valores)]
    return _FORMATOS.get(esquema.get("format", ""), _TIPOS[tipo])
