"""The receipt of a payment: what came in, where it went, what was given back of it."""

from __future__ import annotations

from comun.pdf import Document
from facturacion.casos_de_uso.membretes import Partes, dolares, partes
from facturacion.dominio.medios import NOMBRES, Medio
from facturacion.extensiones import db
from facturacion.modelos import AseguradoraRef, Caja, Pagador, Pago


def recibo(pago: Pago) -> tuple[bytes, str]:
    """The PDF (A5) of a payment that was loaded with all that belongs to it, and its name."""
    aseguradora = db.session.get(AseguradoraRef, pago.aseguradora_id) if pago.aseguradora_id is not None else None
    caja = db.session.get(Caja, pago.caja_id) if pago.caja_id is not None else None
    de_quien = partes(pago.paciente_id, pago.centro_id)
    numero = f"{pago.id:06d}"
    documento = Document(
        f"Recibo N.º {numero}",
        letterhead=de_quien.membrete,
        subject=de_quien.nombre,
        foot=f"Recibo N.º {numero}",
        size="A5",
        moment=pago.momento,
    )
    _lo_recibido(documento, pago, de_quien, aseguradora)
    _aplicado(documento, pago)
    _devuelto(documento, pago, de_quien)
    documento.signatures([["Recibí conforme", caja.cajero_nombre if caja else None], ["Entregué conforme"]])
    documento.notice("Este recibo no es un comprobante de venta autorizado por el SRI.", [], tone="info")
    return documento.render(), f"recibo-{numero}.pdf"


def _lo_recibido(documento: Document, pago: Pago, de_quien: Partes, aseguradora: AseguradoraRef | None) -> None:
    pagador, por_cuenta = de_quien.nombre, None
    if pago.pagador == Pagador.ASEGURADORA:
        pagador, por_cuenta = (aseguradora.nombre if aseguradora else "La aseguradora"), de_quien.nombre
    campos = [("Recibido de", pagador)]
    if por_cuenta is not None:
        campos.append(("Por cuenta de", por_cuenta))
    documento.fields(
        [
            *campos,
            ("Identificación del paciente", de_quien.paciente.get("identificacion")),
            ("Fecha", f"{de_quien.en_su_reloj(pago.momento):%d/%m/%Y %H:%M}"),
            ("Medio de pago", NOMBRES[Medio(pago.medio_pago)]),
            ("Referencia", pago.referencia),
            ("Valor recibido", dolares(pago.monto)),
        ]
    )
    if pago.comentario:
        documento.paragraph(pago.comentario, label="Comentario")


def _aplicado(documento: Document, pago: Pago) -> None:
    if pago.aplicaciones:
        documento.heading("Aplicado a facturas", keep=10)
        documento.table(
            ["Factura", "Aplicado", "Saldo de la factura"],
            [[una.factura.numero or "", dolares(una.monto), dolares(una.factura.saldo)] for una in pago.aplicaciones],
            widths=[3, 2, 2],
            align="LRR",
        )
    if pago.disponible:
        documento.paragraph(dolares(pago.disponible), label="Anticipo disponible")


def _devuelto(documento: Document, pago: Pago, de_quien: Partes) -> None:
    if not pago.reembolsos:
        return
    documento.heading("Devoluciones", keep=10)
    documento.table(
        ["Fecha", "Medio", "Motivo", "Valor"],
        [
            [
                f"{de_quien.en_su_reloj(uno.momento):%d/%m/%Y}",
                NOMBRES[Medio(uno.medio_pago)],
                uno.motivo,
                dolares(uno.monto),
            ]
            for uno in pago.reembolsos
        ],
        widths=[2, 3, 4, 2],
        align="LLLR",
    )
