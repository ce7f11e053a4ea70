"""The eye exam on paper: both eyes side by side, as doctors read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from comun.pdf import Document
from comun.times import zone
from historia_clinica.casos_de_uso.acceso import Acceso
from historia_clinica.casos_de_uso.examenes_oftalmologicos import zona_de
from historia_clinica.casos_de_uso.fichas import fichas
from historia_clinica.casos_de_uso.partes_oftalmologicas import examen_en_json
from historia_clinica.casos_de_uso.receta_optica_impresa import edad_de, firmante, membrete, nombre_de
from historia_clinica.dominio.examen_en_palabras import diagnostico, renglones
from historia_clinica.extensiones import db
from historia_clinica.modelos import CitaRef, ExamenOftalmologico

DE_AMBOS = (
    ("campo_visual", "Campo visual"),
    ("vision_colores", "Visión de colores"),
    ("vision_binocular", "Visión binocular"),
    ("plan", "Plan"),
    ("observaciones", "Observaciones"),
)


def imprimir(examen: ExamenOftalmologico, acceso: Acceso) -> bytes:
    """A PDF in A4. Unavailable when admin_service, which knows who is who, is down.

    Ends the current transaction, which must not have written.
    """
    cita = db.session.get(CitaRef, examen.cita_id) if examen.cita_id else None
    datos = fichas(acceso.paciente_id, examen.doctor_id, cita and cita.centro_id)
    momento = examen.momento.astimezone(zone(zona_de(cita)))
    nombre = nombre_de(datos.paciente)
    documento = Document(
        "Examen oftalmológico",
        letterhead=membrete(datos.centro),
        subject=nombre,
        foot=f"Examen {examen.id} · " + (f"SHA-256 {examen.huella}" if examen.huella else "borrador sin firmar"),
        moment=examen.firmado_en or examen.momento,
    )
    documento.fields(
        [
            ("Paciente", nombre),
            ("Identificación", datos.paciente.get("identificacion")),
            ("Edad", edad_de(datos.paciente.get("fecha_nacimiento"), momento.date())),
            ("Fecha", f"{momento:%d/%m/%Y %H:%M}"),
        ],
        columns=4,
    )
    if acceso.alertas:
        documento.notice("ALERTAS", [str(alerta["descripcion"]) for alerta in acceso.alertas])
    if examen.firmado_en is None:
        documento.notice("BORRADOR", ["Este examen no está firmado."])
    escribir(documento, examen_en_json(examen))
    documento.signatures([firmante(datos, examen.doctor)])
    return documento.render()


def escribir(documento: Document, examen: Mapping[str, Any]) -> None:
    """Put an exam, as the part `examenes_oftalmologicos` of a record tells it, into a document."""
    if examen["motivo"]:
        documento.paragraph(examen["motivo"], label="Motivo")
    filas = renglones(examen["od"], examen["oi"])
    if filas:
        documento.table(["", "Ojo derecho (OD)", "Ojo izquierdo (OI)"], filas, widths=[2, 4, 4], rules=True)
    if examen["avisos"]:
        documento.notice("Para vigilar", [aviso["descripcion"] for aviso in examen["avisos"]])
    for campo, titulo in DE_AMBOS:
        if examen[campo]:
            documento.paragraph(examen[campo], label=titulo)
    if examen["diagnosticos"]:
        documento.heading("Diagnósticos", 2)
        documento.bullets(_diagnosticos(examen["diagnosticos"]))


def _diagnosticos(dichos: Iterable[Mapping[str, Any]]) -> list[str]:
    return [diagnostico(dicho) for dicho in dichos]
