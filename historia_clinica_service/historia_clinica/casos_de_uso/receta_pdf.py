"""A prescription on paper: what the pharmacy hands out, and how the patient takes it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from comun.errors import Conflict
from comun.pdf import NOTE, Document
from comun.times import zone
from historia_clinica.casos_de_uso.acceso import Accion
from historia_clinica.casos_de_uso.fichas import Fichas, fichas
from historia_clinica.casos_de_uso.recetas import alergenos, una_receta
from historia_clinica.dominio.edades import edad
from historia_clinica.dominio.zona import ZONA
from historia_clinica.extensiones import db
from historia_clinica.modelos import CentroRef, Diagnostico, Nota, Receta, RecetaItem


def receta_impresa(receta_id: int) -> tuple[bytes, str]:
    """The PDF (A5) of an issued prescription, and its name.

    Conflict `receta_en_borrador` before its note is signed; Unavailable when admin_service, which knows who they are,
    is down.
    """
    receta, acceso = una_receta(receta_id, Accion.IMPRIMIR)
    if receta.emitida_en is None:
        raise Conflict("receta_en_borrador", "La receta se imprime cuando la nota está firmada.")
    nota = db.session.get_one(Nota, receta.nota_id)
    consulta = select(Diagnostico).where(Diagnostico.nota_id == nota.id).order_by(Diagnostico.orden)
    diagnosticos = db.session.scalars(consulta).all()
    centro = db.session.get(CentroRef, receta.centro_id)
    momento = receta.emitida_en.astimezone(zone(centro.zona_horaria if centro else ZONA))
    quienes = fichas(acceso.paciente_id, receta.doctor_id, receta.centro_id)
    documento = _hoja(receta, nota, quienes, momento)
    _identificacion(documento, quienes, momento, [f"{uno.codigo_cie10} {uno.nombre}" for uno in diagnosticos])
    if alergias := alergenos(acceso.alertas):
        documento.notice("ALERGIAS", [", ".join(alergias)])
    _rp(documento, receta)
    _indicaciones(documento, receta)
    _pie(documento, nota, quienes)
    return documento.render(), f"receta-{receta.numero:06d}.pdf"


def _hoja(receta: Receta, nota: Nota, quienes: Fichas, momento: datetime) -> Document:
    centro = quienes.centro
    lineas = [centro.get("nombre"), centro.get("direccion")]
    lineas += [
        f"{letrero}: {centro[campo]}"
        for letrero, campo in (("Tel.", "telefono"), ("RUC", "ruc"))
        if centro.get(campo)
    ]
    return Document(
        f"Receta médica N.º {receta.numero:06d}",
        letterhead=lineas,
        subject=_nombre(quienes.paciente),
        foot=f"Receta N.º {receta.numero:06d} · nota {nota.id} · SHA-256 {(nota.huella or '')[:16]}",
        size="A5",
        moment=momento,
    )


def _identificacion(documento: Document, quienes: Fichas, momento: datetime, diagnosticos: list[str]) -> None:
    paciente = quienes.paciente
    nacimiento = paciente.get("fecha_nacimiento")
    documento.fields(
        [
            ("Paciente", _nombre(paciente)),
            ("Identificación", paciente.get("identificacion")),
            ("Edad", edad(date.fromisoformat(nacimiento), momento.date()) if nacimiento else None),
            ("Sexo", paciente.get("genero")),
            ("Fecha", f"{momento:%d/%m/%Y %H:%M}"),
            ("Diagnóstico (CIE-10)", "; ".join(diagnosticos) or None),
        ]
    )


def _rp(documento: Document, receta: Receta) -> None:
    documento.heading("Rp.")
    documento.table(
        ["Medicamento (DCI)", "Forma y vía", "Cantidad"],
        [
            [_medicamento(item), f"{item.forma}, vía {_via(item)}", f"{item.cantidad} ({item.cantidad_letras})"]
            for item in receta.items
        ],
        widths=[5, 3, 3],
    )


def _indicaciones(documento: Document, receta: Receta) -> None:
    documento.heading("Indicaciones")
    for item in receta.items:
        como = f"{item.dosis}, {item.frecuencia}, durante {item.duracion}. Vía {_via(item)}."
        documento.paragraph(f"{como} {item.indicaciones or ''}".strip(), label=_medicamento(item))
        documento.space(1)
    if receta.advertencias:
        documento.notice("Advertencias", [receta.advertencias], tone="info")


def _pie(documento: Document, nota: Nota, quienes: Fichas) -> None:
    doctor = quienes.doctor
    registro = doctor.get("registro_profesional")
    documento.signatures(
        [
            [
                nota.firmante or _nombre(doctor),
                ", ".join(doctor.get("especialidades") or []) or None,
                f"Registro {registro}" if registro else None,
                "Firma y sello",
            ]
        ]
    )
    documento.paragraph("Firmada electrónicamente en la historia clínica.", style=NOTE)


def _nombre(persona: Any) -> str:
    return f"{persona.get('nombres', '')} {persona.get('apellidos', '')}".strip()


def _medicamento(item: RecetaItem) -> str:
    return f"{item.medicamento} {item.concentracion or ''}".strip()


def _via(item: RecetaItem) -> str:
    return {"topica": "tópica", "oftalmica": "oftálmica", "otica": "ótica"}.get(item.via, item.via)
