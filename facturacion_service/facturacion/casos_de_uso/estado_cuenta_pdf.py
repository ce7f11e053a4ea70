"""The account of a patient on paper."""

from __future__ import annotations

from typing import Any

from comun.pdf import NOTE, Cell, Document
from facturacion.casos_de_uso.membretes import dolares, partes
from facturacion.modelos import PacienteRef


def imprimir(cuenta: dict[str, Any]) -> tuple[bytes, str]:
    """The PDF (A4) of an account, and its name. The letterhead is that of the centre of the last movement."""
    paciente: PacienteRef = cuenta["paciente"]
    de_quien = partes(paciente.id, cuenta["centro_id"])
    ahora = de_quien.en_su_reloj()
    documento = Document(
        "Estado de cuenta",
        letterhead=de_quien.membrete,
        subject=de_quien.nombre,
        foot=f"Estado de cuenta del paciente {paciente.id} al {ahora:%d/%m/%Y %H:%M}",
        moment=ahora,
    )
    documento.fields(
        [
            ("Paciente", de_quien.nombre),
            ("Identificación", de_quien.paciente.get("identificacion")),
            ("Período", _periodo(cuenta)),
            ("Emitido", f"{ahora:%d/%m/%Y %H:%M}"),
        ]
    )
    _hoy(documento, cuenta)
    _movimientos(documento, cuenta)
    _pendientes(documento, cuenta)
    documento.paragraph("Este documento no es un comprobante de venta autorizado por el SRI.", style=NOTE)
    return documento.render(), f"estado-cuenta-{paciente.id:06d}.pdf"


def _periodo(cuenta: dict[str, Any]) -> str:
    desde = f"desde {cuenta['desde']:%d/%m/%Y}" if cuenta["desde"] else "desde el inicio"
    return f"{desde} hasta {cuenta['hasta']:%d/%m/%Y}" if cuenta["hasta"] else f"{desde} hasta hoy"


def _hoy(documento: Document, cuenta: dict[str, Any]) -> None:
    rotulos = (
        ("Por pagar", "por_cobrar_paciente"),
        ("Vencido", "vencido"),
        ("A cargo de la aseguradora", "por_cobrar_aseguradora"),
        ("A favor del paciente", "a_favor"),
    )
    documento.heading("Hoy", keep=12)
    documento.fields([(rotulo, dolares(cuenta[campo])) for rotulo, campo in rotulos], columns=4)


def _movimientos(documento: Document, cuenta: dict[str, Any]) -> None:
    documento.heading("Movimientos", keep=14)
    filas: list[list[str | Cell]] = [
        [Cell("Saldo inicial", span=5, bold=True), Cell(dolares(cuenta["saldo_inicial"]), bold=True)]
    ]
    filas += [
        [
            f"{uno.dia:%d/%m/%Y}",
            uno.documento,
            uno.concepto,
            dolares(uno.cargo) if uno.cargo else "",
            dolares(uno.abono) if uno.abono else "",
            dolares(uno.saldo),
        ]
        for uno in cuenta["movimientos"]
    ]
    sumas = [Cell(dolares(cuenta[campo]), bold=True) for campo in ("cargos", "abonos", "saldo_final")]
    filas.append([Cell("Totales y saldo final", span=3, bold=True), *sumas])
    documento.table(
        ["Fecha", "Documento", "Concepto", "Cargo", "Abono", "Saldo"],
        filas,
        widths=[2, 3.2, 4.6, 2, 2, 2.2],
        align="LLLRRR",
    )


def _pendientes(documento: Document, cuenta: dict[str, Any]) -> None:
    if not cuenta["pendientes"]:
        return
    documento.heading("Facturas por pagar", keep=14)
    documento.table(
        ["Factura", "Emisión", "Vence", "Total", "Saldo", "Por pagar", "Vencido"],
        [
            [
                uno.factura.numero,
                f"{uno.factura.fecha_emision:%d/%m/%Y}",
                f"{uno.factura.vence_el:%d/%m/%Y}" if uno.factura.vence_el else "",
                dolares(uno.factura.total),
                dolares(uno.factura.saldo),
                dolares(uno.factura.saldo_paciente),
                dolares(uno.vencido),
            ]
            for uno in cuenta["pendientes"]
        ],
        widths=[3.2, 2, 2, 2, 2, 2, 2],
        align="LLLRRRR",
    )
