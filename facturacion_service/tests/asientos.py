"""Entries of the ledger and debts, as the documents that they are of would leave them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from decimal import Decimal as D
from typing import Any

from flask import Flask

from facturacion.casos_de_uso.libro import Anotacion, asentar
from facturacion.dominio.medios import Medio
from facturacion.extensiones import db
from facturacion.modelos import AseguradoraRef, Cuenta, Cuota, EstadoFactura, Factura, Origen, Pago, PuntoEmision


def una(cuenta: Cuenta, importe: str | Decimal, dia: date, centro_id: int = 1, **mas: Any) -> Anotacion:
    """An entry; `referencia` is `prueba/1` unless something is said of it."""
    return Anotacion(cuenta, D(importe), dia, centro_id, mas.pop("referencia", "prueba/1"), **mas)


def cobro(importe: str | Decimal, dia: date, centro_id: int = 1, **mas: Any) -> Anotacion:
    """A payment that came in, in cash unless something is said of it."""
    return _de_caja(Cuenta.INGRESO, Origen.PAGO, importe, dia, centro_id, mas)


def devolucion(importe: str | Decimal, dia: date, centro_id: int = 1, **mas: Any) -> Anotacion:
    """A refund."""
    return _de_caja(Cuenta.EGRESO, Origen.REEMBOLSO, importe, dia, centro_id, mas)


def movimiento(cuenta: Cuenta, origen: Origen, importe: str | Decimal, dia: date, **mas: Any) -> Anotacion:
    """Another transaction of the cash desk."""
    return _de_caja(cuenta, origen, importe, dia, mas.pop("centro_id", 1), mas)


def _de_caja(
    cuenta: Cuenta, origen: Origen, importe: str | Decimal, dia: date, centro_id: int, mas: dict[str, Any]
) -> Anotacion:
    campos = {"medio_pago": str(Medio.EFECTIVO), **mas, "origen": str(origen)}
    return una(cuenta, importe, dia, centro_id, **campos)


def anotar(app: Flask, *anotaciones: Anotacion) -> None:
    """Into the ledger."""
    with app.app_context():
        asentar(anotaciones, "prueba")
        db.session.commit()


def conocer_aseguradora(app: Flask, aseguradora_id: int, nombre: str) -> None:
    """An insurer is known by name."""
    with app.app_context():
        db.session.merge(AseguradoraRef(id=aseguradora_id, nombre=nombre, secuencia=1))
        db.session.commit()


def deber(
    app: Flask,
    punto_id: int,
    total: str | Decimal,
    emitida: date,
    *,
    pagado: str | Decimal = "0",
    cubierto: str | Decimal = "0",
    cuotas: dict[date, str] | None = None,
    **campos: Any,
) -> int:
    """An issued invoice of patient 1 of which something is owed. `cuotas`: day → amount, nothing of it paid."""
    base = D(total)
    saldo = base - D(pagado)
    with app.app_context():
        punto = db.session.get_one(PuntoEmision, punto_id)
        secuencial = (db.session.scalar(db.select(db.func.max(Factura.secuencial))) or 0) + 1
        factura = Factura(
            **{"paciente_id": 1, **campos},
            centro_id=punto.centro_id,
            punto_emision_id=punto.id,
            secuencial=secuencial,
            numero=f"{punto.establecimiento}-{punto.punto}-{secuencial:09d}",
            estado=EstadoFactura.EMITIDA if saldo else EstadoFactura.PAGADA,
            fecha_emision=emitida,
            emitida_en=datetime(emitida.year, emitida.month, emitida.day, 15, tzinfo=UTC),
            creada_por="usuario:1",
            bruto=base,
            subtotal=base,
            total=base,
            pagado=D(pagado),
            saldo=saldo,
            cubierto=D(cubierto),
            saldo_aseguradora=D(cubierto),
            cuotas=[
                Cuota(numero=numero, vence_el=dia, monto=D(monto))
                for numero, (dia, monto) in enumerate((cuotas or {}).items(), 1)
            ],
        )
        db.session.add(factura)
        db.session.commit()
        return factura.id


def anticipar(app: Flask, monto: str | Decimal, dia: date, *, aplicado: str | Decimal = "0", **campos: Any) -> None:
    """A payment of patient 1 at centre 1, so much of which went to invoices."""
    with app.app_context():
        db.session.add(
            Pago(
                **{"paciente_id": 1, "centro_id": 1, **campos},
                medio_pago=Medio.EFECTIVO,
                monto=D(monto),
                aplicado=D(aplicado),
                disponible=D(monto) - D(aplicado),
                dia=dia,
                registrado_por="usuario:1",
            )
        )
        db.session.commit()
