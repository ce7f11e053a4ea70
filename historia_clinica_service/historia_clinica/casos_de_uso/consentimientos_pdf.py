"""A consent in print: what was read, who accepted or refused it and how."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from comun.pdf import NOTE, Document
from comun.times import zone
from historia_clinica.casos_de_uso.acceso import Acceso
from historia_clinica.casos_de_uso.fichas import Fichas, fichas
from historia_clinica.dominio.zona import ZONA
from historia_clinica.extensiones import db
from historia_clinica.modelos import CitaRef, Consentimiento, DoctorRef, PacienteRef, TextoConsentimiento

MEDIOS = {
    "firma_en_papel": "Firma en papel, adjunta a la historia",
    "firma_digital": "Firma dibujada en pantalla",
    "verbal": "De palabra, ante testigo",
}
RELACIONES = {
    "paciente": "Paciente",
    "conyuge": "Cónyuge",
    "hijo": "Hijo o hija",
    "tutor": "Tutor legal",
    "otro_representante": "Otro representante",
}


def imprimir_consentimiento(consentimiento: Consentimiento) -> bytes:
    """The PDF. Asks admin_service for the data of patient, doctor and centre: Unavailable when it is down."""
    cita = db.session.get(CitaRef, consentimiento.cita_id) if consentimiento.cita_id else None
    paciente = db.session.get_one(PacienteRef, consentimiento.paciente_id)
    doctor = db.session.get_one(DoctorRef, consentimiento.doctor_id)
    datos = fichas(consentimiento.paciente_id, consentimiento.doctor_id, cita.centro_id if cita else None)
    nombre = _nombre(datos.paciente) or paciente.nombre_completo
    texto = consentimiento.texto
    documento = Document(
        texto.titulo,
        letterhead=[
            datos.centro.get("nombre") or "OdontoCare",
            *(datos.centro.get(c) for c in ("direccion", "telefono")),
        ],
        subject=nombre,
        foot=f"Consentimiento {consentimiento.id} · SHA-256 {consentimiento.huella}",
        moment=consentimiento.revocado_en or consentimiento.otorgado_en,
    )
    momento = _momento(consentimiento.otorgado_en, datos)
    _cabecera(documento, nombre, datos, momento, consentimiento.procedimiento, consentimiento.pieza)
    if consentimiento.revocado_en:
        _revocacion(documento, consentimiento, datos)
    documento.paragraph(
        f"Texto «{texto.codigo}», versión {texto.edicion}, vigente desde {texto.vigente_desde:%d/%m/%Y}.", NOTE
    )
    _cuerpo(documento, texto.cuerpo)
    if consentimiento.riesgos_propios:
        documento.heading("Riesgos propios de este paciente, que se explicaron", 2)
        documento.paragraph(consentimiento.riesgos_propios)
    _decision(documento, consentimiento, _nombre(datos.doctor) or doctor.nombre_completo, datos)
    return documento.render()


def imprimir_hoja(acceso: Acceso, texto: TextoConsentimiento, procedimiento: str | None, pieza: int | None) -> bytes:
    """A sheet to be signed by hand: the text, with room for the decision and the signatures. Asks as above."""
    datos = fichas(acceso.paciente_id, acceso.medico.id if acceso.medico else None)
    nombre = _nombre(datos.paciente) or acceso.paciente.nombre_completo
    documento = Document(
        texto.titulo,
        letterhead=["OdontoCare"],
        subject=nombre,
        foot=f"Texto {texto.codigo}, versión {texto.edicion} · SHA-256 {texto.huella}",
    )
    _cabecera(documento, nombre, datos, "", procedimiento, pieza)
    _cuerpo(documento, texto.cuerpo)
    documento.heading("Riesgos propios de este paciente", 2, keep=30)
    documento.space(18)
    documento.heading("Decisión", keep=60)
    documento.paragraph("☐  ACEPTO lo que este documento describe.")
    documento.paragraph("☐  NO ACEPTO. Motivo:")
    documento.space(6)
    medico = [_nombre(datos.doctor) or "Profesional que informa", datos.doctor.get("registro_profesional")]
    documento.signatures([["Paciente o representante", "Nombre, identificación y parentesco"], medico, ["Testigo"]])
    return documento.render()


def _cabecera(
    documento: Document, nombre: str, datos: Fichas, momento: str, procedimiento: str | None, pieza: int | None
) -> None:
    campos = [
        ("Paciente", nombre),
        ("Identificación", datos.paciente.get("identificacion")),
        ("Fecha de nacimiento", _fecha(datos.paciente.get("fecha_nacimiento"))),
        ("Fecha y hora", momento),
    ]
    if procedimiento:
        campos.append(("Procedimiento", procedimiento))
    if pieza:
        campos.append(("Pieza (FDI)", str(pieza)))
    documento.fields(campos)


def _cuerpo(documento: Document, cuerpo: str) -> None:
    puntos: list[str] = []
    for linea in (*cuerpo.splitlines(), ""):
        if linea.startswith("- "):
            puntos.append(linea[2:])
            continue
        if puntos:
            documento.bullets(puntos)
            puntos = []
        if linea.startswith("# "):
            documento.heading(linea[2:], 2)
        elif linea.strip():
            documento.paragraph(linea)


def _decision(documento: Document, consentimiento: Consentimiento, medico: str, datos: Fichas) -> None:
    documento.heading("Decisión")
    if consentimiento.acepta:
        documento.notice("ACEPTA", ["Quien firma consiente en lo que este documento describe."], "info")
    else:
        motivo = consentimiento.motivo_negativa
        lineas = ["Quien firma no consiente en lo que este documento describe."]
        documento.notice("NO ACEPTA", [*lineas, *([f"Motivo: {motivo}"] if motivo else [])])
    documento.fields(
        [
            ("Quien decide", consentimiento.firmante_nombre),
            ("Identificación", consentimiento.firmante_identificacion),
            ("En calidad de", _relacion(consentimiento.relacion)),
            ("Medio", MEDIOS[consentimiento.medio]),
        ]
    )
    if consentimiento.firma:
        documento.paragraph("Firma dibujada:", NOTE)
        documento.image(consentimiento.firma, width=60, height=25)
    firmantes: list[list[str | None]] = [
        [consentimiento.firmante_nombre, consentimiento.firmante_identificacion, _relacion(consentimiento.relacion)],
        [medico, datos.doctor.get("registro_profesional"), "Profesional que informa"],
    ]
    if consentimiento.testigo_nombre:
        firmantes.append([consentimiento.testigo_nombre, consentimiento.testigo_identificacion, "Testigo"])
    documento.signatures(firmantes)


def _revocacion(documento: Document, consentimiento: Consentimiento, datos: Fichas) -> None:
    assert consentimiento.revocado_en is not None
    quien = f"{consentimiento.revocado_por} ({consentimiento.identificacion_revocacion})"
    lineas = [
        f"El {_momento(consentimiento.revocado_en, datos)} lo revocó {quien}, "
        f"{_relacion(consentimiento.relacion_revocacion or '').lower()}.",
        f"Motivo: {consentimiento.motivo_revocacion}",
    ]
    documento.notice("CONSENTIMIENTO REVOCADO", lineas)


def _nombre(ficha: Mapping[str, Any]) -> str:
    return f"{ficha.get('nombres') or ''} {ficha.get('apellidos') or ''}".strip()


def _relacion(relacion: str) -> str:
    return RELACIONES.get(relacion, relacion.capitalize())


def _momento(momento: datetime, datos: Fichas) -> str:
    return f"{momento.astimezone(zone(datos.centro.get('zona_horaria') or ZONA)):%d/%m/%Y %H:%M}"


def _fecha(dia: str | None) -> str | None:
    return "/".join(reversed(dia.split("-"))) if dia else None
