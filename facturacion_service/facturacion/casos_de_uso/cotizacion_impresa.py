"""A quote on paper."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from comun.auth.caller import Caller
from comun.db import release
from comun.errors import Conflict
from comun.files import PDF
from comun.pdf import BODY, NOTE, Cell, Document
from comun.times import zone
from facturacion.clientes.admin import admin
from facturacion.extensiones import db
from facturacion.modelos import CentroRef, Cotizacion, CotizacionDetalle

_ANCHOS = (2, 6, 1.6, 2, 2, 1.6, 2.2)
_ALINEACION = "LLRRRRR"


def cotizacion_impresa(cotizacion_id: int, quien: Caller) -> tuple[bytes, str, str]:
    """The PDF of a quote with its media type and name.

    Conflict `cotizacion_sin_lineas`; Unavailable when admin_service, which knows who they are, is down.
    """
    cotizacion = Cotizacion.obtener(cotizacion_id, quien)
    if not cotizacion.detalles:
        raise Conflict("cotizacion_sin_lineas", "La cotización no tiene líneas.")
    centro = db.session.get_one(CentroRef, cotizacion.centro_id)
    release(db.session)
    quienes = admin().fichas(cotizacion.paciente_id, cotizacion.doctor_id, cotizacion.centro_id)
    paciente = quienes.get("paciente") or {}
    momento = cotizacion.creado_en.astimezone(zone(centro.zona_horaria))
    documento = Document(
        f"Cotización N.º {cotizacion.id:06d}",
        letterhead=_membrete(quienes.get("centro") or {"nombre": centro.nombre}),
        subject=_nombre(paciente),
        foot=f"Cotización N.º {cotizacion.id:06d}",
        moment=momento,
    )
    documento.fields(
        [
            ("Paciente", _nombre(paciente)),
            ("Identificación", paciente.get("identificacion")),
            ("Médico", _nombre(quienes.get("doctor") or {})),
            ("Fecha", f"{momento:%d/%m/%Y}"),
            ("Válida hasta", f"{cotizacion.valida_hasta:%d/%m/%Y}"),
        ]
    )
    _detalle(documento, cotizacion)
    if cotizacion.observaciones:
        documento.paragraph(cotizacion.observaciones, label="Observaciones")
    documento.paragraph("Precios en dólares de los Estados Unidos. Este documento no es una factura.", style=NOTE)
    documento.signatures([[_nombre(paciente) or "Paciente", "Acepto esta cotización"]])
    return documento.render(), PDF, f"cotizacion-{cotizacion.id:06d}.pdf"


def _membrete(centro: Mapping[str, Any]) -> list[str | None]:
    rotulos = (("Tel.", "telefono"), ("RUC", "ruc"))
    lineas = [f"{rotulo}: {centro[campo]}" for rotulo, campo in rotulos if centro.get(campo)]
    return [centro.get("nombre"), centro.get("direccion"), *lineas]


def _detalle(documento: Document, cotizacion: Cotizacion) -> None:
    documento.heading("Detalle")
    documento.table(
        ["Código", "Descripción", "Cantidad", "Precio", "Descuento", "IVA %", "Sin IVA"],
        [_fila(linea) for linea in cotizacion.detalles],
        widths=_ANCHOS,
        align=_ALINEACION,
    )
    sumas = [("Subtotal", cotizacion.bruto), ("Descuento", -cotizacion.descuento), ("IVA", cotizacion.iva)]
    for nombre, importe in sumas:
        if importe:
            documento.paragraph(f"{nombre}: {_dolares(importe)}", style=BODY, align="R")
    documento.paragraph(f"Total: {_dolares(cotizacion.total)}", style=BODY.but(bold=True), align="R")


def _fila(linea: CotizacionDetalle) -> list[str | Cell | None]:
    return [
        linea.codigo,
        linea.descripcion,
        _numero(linea.cantidad),
        _precio(linea.precio_unitario),
        _dolares(linea.descuento) if linea.descuento else None,
        _numero(linea.tarifa_iva),
        _dolares(linea.base),
    ]


def _dolares(importe: Decimal) -> str:
    return f"{importe:,.2f}"


def _precio(precio: Decimal) -> str:
    """Unit prices have up to six decimals, two at least."""
    entero, _, decimales = f"{precio:,f}".partition(".")
    return f"{entero}.{decimales.rstrip('0').ljust(2, '0')}"


def _numero(numero: Decimal) -> str:
    return f"{numero.normalize():f}"


def _nombre(persona: Mapping[str, Any]) -> str:
    return f"{persona.get('nombres', '')} {persona.get('apellidos', '')}".strip()
