"""The report of a till on paper, to be signed by who gives it and who takes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from comun.pdf import Document
from comun.times import zone
from facturacion.dominio.medios import NOMBRES, Medio
from facturacion.extensiones import db
from facturacion.modelos import Caja, CentroRef

_ORIGENES = {
    "manual": "Caja",
    "pago": "Pagos de pacientes",
    "reembolso": "Reembolsos",
    "gasto": "Gastos",
    "liquidacion": "Honorarios",
}


def imprimir(reporte: Mapping[str, Any]) -> bytes:
    """A PDF of what `cajas.reporte` tells; the same bytes for the same data once the till is closed."""
    caja: Caja = reporte["caja"]
    centro = db.session.get_one(CentroRef, caja.centro_id)
    documento = Document(
        f"Caja {caja.id}: {caja.estado}",
        letterhead=[centro.nombre],
        subject=caja.cajero_nombre,
        foot=f"Caja {caja.id}",
        moment=caja.cerrada_en or caja.contada_en,
    )
    documento.fields(_datos(caja, centro.zona_horaria), columns=3)
    documento.heading("Por medio de pago")
    documento.table(
        ["Medio", "Ingresos", "Egresos", "Esperado", "Contado", "Diferencia"],
        [
            [
                NOMBRES[Medio(fila["medio_pago"])],
                *(_dolares(fila[c]) for c in ("ingresos", "egresos", "esperado", "contado", "diferencia")),
            ]
            for fila in reporte["por_medio_pago"]
        ],
        widths=[2, 1, 1, 1, 1, 1],
        align="LRRRRR",
    )
    documento.heading("Por origen")
    documento.table(
        ["Origen", "Transacciones", "Ingresos", "Egresos"],
        [
            [_ORIGENES[f["origen"]], str(f["transacciones"]), _dolares(f["ingresos"]), _dolares(f["egresos"])]
            for f in reporte["por_origen"]
        ],
        widths=[2, 1, 1, 1],
        align="LRRR",
    )
    _billetes(documento, caja)
    if caja.explicacion is not None:
        documento.paragraph(caja.explicacion, label="Explicación de la diferencia")
    documento.signatures([[caja.cajero_nombre, "Entrega"], [None, "Recibe"]])
    return documento.render()


def _datos(caja: Caja, zona: str) -> list[tuple[str, str | None]]:
    def hora(momento: datetime | None) -> str | None:
        return None if momento is None else f"{momento.astimezone(zone(zona)):%d/%m/%Y %H:%M}"

    return [
        ("Cajero", caja.cajero_nombre),
        ("Monto inicial", _dolares(caja.monto_inicial)),
        ("Diferencia", _dolares(caja.diferencia)),
        ("Abierta", hora(caja.abierta_en)),
        ("Contada", hora(caja.contada_en)),
        ("Cerrada", hora(caja.cerrada_en)),
    ]


def _billetes(documento: Document, caja: Caja) -> None:
    if not caja.denominaciones:
        return
    cuantas = sorted(((Decimal(valor), n) for valor, n in caja.denominaciones.items()), reverse=True)
    documento.heading("Billetes y monedas")
    filas = [[_dolares(valor), str(n), _dolares(valor * n)] for valor, n in cuantas]
    documento.table(["Denominación", "Cantidad", "Valor"], filas, align="RRR")


def _dolares(monto: Decimal | None) -> str:
    return "" if monto is None else f"{monto:.2f}"
