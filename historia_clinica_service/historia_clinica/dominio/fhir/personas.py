"""Who a document is about, who wrote it and where."""

from __future__ import annotations

from typing import Any

from historia_clinica.dominio.fhir.elementos import (
    TERMINOLOGIA,
    Datos,
    Documento,
    Recurso,
    codificado,
    frase,
    momento,
)

IDENTIFICACIONES = f"{TERMINOLOGIA}v2-0203"
GENEROS = {"masculino": "male", "hombre": "male", "femenino": "female", "mujer": "female", "otro": "other"}
TIPOS_DE_IDENTIFICACION = {"cedula": ("NI", "Cédula"), "ruc": ("TAX", "RUC"), "pasaporte": ("PPN", "Pasaporte")}


def identificador(tipo: str | None, valor: str | None) -> Recurso | None:
    """An identity number with its kind."""
    if not valor:
        return None
    codigo, texto = TIPOS_DE_IDENTIFICACION.get(tipo or "", ("U", "Identificación"))
    return {"use": "official", "type": codificado(texto, (IDENTIFICACIONES, codigo)), "value": valor}


def nombre_de(ficha: Datos) -> str:
    """A person's whole name."""
    return frase(ficha.get("nombres"), ficha.get("apellidos"), entre=" ")


def _nombre(ficha: Datos) -> list[Recurso]:
    nombres, apellidos = ficha.get("nombres"), ficha.get("apellidos")
    return [{"use": "official", "text": nombre_de(ficha), "family": apellidos, "given": [nombres]}]


def _contacto(ficha: Datos) -> list[Recurso]:
    medios = (("phone", ficha.get("telefono")), ("email", ficha.get("email")))
    return [{"system": medio, "value": valor} for medio, valor in medios if valor]


def _direccion(ficha: Datos) -> list[Recurso]:
    return [{"text": ficha["direccion"], "country": "EC"}] if ficha.get("direccion") else []


def poner_paciente(documento: Documento, ficha: Datos) -> Recurso:
    """The Patient, which everything is about."""
    historia = codificado("Número de historia clínica", (IDENTIFICACIONES, "MR"))
    recurso = {
        "identifier": [
            {"use": "usual", "type": historia, "value": str(ficha["id"])},
            identificador(ficha.get("tipo_identificacion"), ficha.get("identificacion")),
        ],
        "name": _nombre(ficha),
        "telecom": _contacto(ficha),
        "gender": GENEROS.get(str(ficha.get("genero") or "").lower(), "unknown"),
        "birthDate": momento(ficha.get("fecha_nacimiento")),
        "address": _direccion(ficha),
    }
    documento.paciente = documento.poner("Patient", ficha["id"], recurso, nombre_de(ficha))
    return documento.paciente


def poner_medico(documento: Documento, ficha: Datos | None) -> Recurso | None:
    """A Practitioner, once: whoever is known best comes first. None of whom there is no id."""
    if not ficha or ficha.get("id") is None:
        return None
    if (ya := documento.referencia("Practitioner", ficha["id"])) is not None:
        return ya
    registro = codificado("Registro profesional", (IDENTIFICACIONES, "MD"))
    conocido = ficha.get("registro_profesional")
    recurso = {
        "identifier": [
            {"use": "usual", "value": f"medico-{ficha['id']}"},
            {"use": "official", "type": registro, "value": conocido} if conocido else None,
        ],
        "name": _nombre(ficha) if ficha.get("nombres") else [],
        "qualification": [{"code": codificado(una)} for una in ficha.get("especialidades") or ()],
    }
    return documento.poner("Practitioner", ficha["id"], recurso, nombre_de(ficha))


def poner_centro(documento: Documento, ficha: Datos) -> Recurso:
    """The Organization that keeps the record."""
    nombre = ficha.get("nombre") or "OdontoCare"
    recurso = {
        "identifier": [identificador("ruc", ficha.get("ruc"))],
        "name": nombre,
        "telecom": _contacto(ficha),
        "address": _direccion(ficha),
    }
    return documento.poner("Organization", ficha.get("id", 0), recurso, nombre)


def medico_de(fila: Datos) -> dict[str, Any] | None:
    """Who wrote a row of the record, under whatever name it says so."""
    for campo in ("doctor", "registrado_por", "medico"):
        if isinstance(fila.get(campo), dict):
            return dict(fila[campo])
    return {"id": fila["doctor_id"]} if fila.get("doctor_id") is not None else None
