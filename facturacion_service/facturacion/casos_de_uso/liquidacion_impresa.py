"""A settlement on paper, for the doctor to sign."""

from __future__ import annotations

from collections.abc import Sequence

from comun.pdf import BOLD, Cell, Document
from comun.times import zone
from facturacion.casos_de_uso.dias import ZONA
from facturacion.casos_de_uso.liquidaciones import lineas, por_tratamiento
from facturacion.extensiones import db
from facturacion.modelos import CentroRef, Honorario, Liquidacion

_TITULO = "Liquidación de honorarios"


def imprimir(liquidacion: Liquidacion) -> bytes:
    """The PDF (A4) of a settlement, with each of its lines."""
    centro = db.session.get(CentroRef, liquidacion.centro_id) if liquidacion.centro_id else None
    doctor = liquidacion.doctor
    nombre = f"{doctor.nombres} {doctor.apellidos}" if doctor else f"Médico {liquidacion.doctor_id}"
    numero = f"N.º {liquidacion.id:06d}"
    documento = Document(
        f"{_TITULO} {numero}",
        letterhead=[centro.nombre if centro else "Todos los centros"],
        subject=nombre,
        foot=f"{_TITULO} {numero}",
        moment=liquidacion.creado_en.astimezone(zone(centro.zona_horaria if centro else ZONA)),
    )
    pagada = f", pagada ({liquidacion.medio_pago})" if liquidacion.medio_pago else ""
    documento.fields(
        [
            ("Médico", nombre),
            ("Período", f"{liquidacion.desde:%d/%m/%Y} – {liquidacion.hasta:%d/%m/%Y}"),
            ("Estado", f"{liquidacion.estado}{pagada}"),
            ("Motivo", liquidacion.motivo),
            ("Base", f"USD {liquidacion.base}"),
            ("Total", f"USD {liquidacion.total}"),
        ]
    )
    filas = lineas(liquidacion)
    _por_tratamiento(documento, filas)
    _detalle(documento, filas)
    documento.paragraph(f"Total a pagar: USD {liquidacion.total}", style=BOLD)
    documento.signatures([[nombre, "Recibí conforme"], ["Administración"]])
    return documento.render()


def _por_tratamiento(documento: Document, filas: Sequence[Honorario]) -> None:
    documento.heading("Por tratamiento")
    documento.table(
        ["Tratamiento", Cell("Líneas", align="R"), Cell("Base", align="R"), Cell("Honorario", align="R")],
        [
            [
                (suma["tratamiento"] or {}).get("nombre") or "Otros",
                str(suma["cantidad"]),
                str(suma["base"]),
                str(suma["total"]),
            ]
            for suma in por_tratamiento(filas)
        ],
        widths=[6, 1, 2, 2],
        align="LRRR",
    )


def _detalle(documento: Document, filas: Sequence[Honorario]) -> None:
    documento.heading("Detalle")
    documento.table(
        ["Fecha", "Factura", "Concepto", *(Cell(texto, align="R") for texto in ("Base", "%", "Honorario"))],
        [
            [
                f"{fila.dia:%d/%m/%Y}",
                fila.detalle.factura.numero,
                fila.detalle.descripcion,
                str(fila.base),
                str(fila.porcentaje),
                str(fila.monto),
            ]
            for fila in filas
        ],
        widths=[2, 3, 5, 2, 1.4, 2],
        align="LLLRRR",
    )
