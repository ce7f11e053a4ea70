"""What an insurer takes over of an invoice: the patient owes the rest."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from comun import audit
from comun.auth.caller import Caller
from comun.db import release, upsert_newer
from comun.errors import Conflict, Invalid, NotFound, Unavailable
from comun.money import ZERO, cents
from comun.preconditions import check_version
from facturacion.casos_de_uso.aplicaciones import bloquear_factura
from facturacion.clientes.admin import admin
from facturacion.extensiones import db
from facturacion.modelos import AseguradoraRef, EstadoFactura, Factura

_CIEN = Decimal(100)


def poner_cobertura(factura_id: int, datos: Mapping[str, Any], quien: Caller) -> Factura:
    """So much of the total is the insurer's: an amount in US dollars, or a percentage of the total as it is now.

    Once the invoice is issued it can only be lowered: what the insurer refused is the patient's. The database refuses
    more than the total (`cobertura_excesiva`), and less than what the insurer paid already (`excede_saldo`). Raises
    Invalid, Conflict; Unavailable when admin_service is down and the insurer is not known.
    """
    factura = Factura.obtener(factura_id, quien)
    check_version(factura)
    nombre = None
    if factura.estado == EstadoFactura.BORRADOR:
        nombre = _nombre_de(datos.get("aseguradora_id"))
    factura = bloquear_factura(factura_id, quien)
    check_version(factura)
    monto = datos["monto"] if "monto" in datos else cents(factura.total * datos["porcentaje"] / _CIEN)
    if nombre is not None and factura.estado == EstadoFactura.BORRADOR:
        _cubrir(factura, datos["aseguradora_id"], nombre, monto)
    else:
        _rebajar(factura, datos.get("aseguradora_id"), monto)
        audit.record("factura", factura.id, {"cubierto": str(monto), "motivo": datos.get("motivo")})
    factura.touch()
    return factura


def quitar_cobertura(factura_id: int, quien: Caller) -> None:
    """All of a draft is the patient's again. NotFound when nobody covers it; Conflict once it is issued."""
    factura = bloquear_factura(factura_id, quien)
    check_version(factura)
    if factura.aseguradora_id is None:
        raise NotFound("Ninguna aseguradora cubre la factura.")
    factura.exigir_borrador()
    factura.aseguradora_id, factura.cubierto = None, ZERO
    factura.touch()


def _cubrir(factura: Factura, aseguradora_id: int, nombre: str, monto: Decimal) -> None:
    if monto == 0:
        raise Invalid({"monto": ["Para que no cubra nada, quite la cobertura."]})
    upsert_newer(db.session, AseguradoraRef.__table__, {"id": aseguradora_id, "nombre": nombre, "secuencia": 0})
    factura.aseguradora_id, factura.cubierto = aseguradora_id, monto


def _rebajar(factura: Factura, aseguradora_id: int | None, monto: Decimal) -> None:
    factura.exigir_viva()
    if factura.aseguradora_id is None or aseguradora_id not in (None, factura.aseguradora_id):
        raise Conflict("factura_emitida", "Una factura emitida no cambia de aseguradora.")
    menos = factura.cubierto - monto
    if menos < 0:
        raise Conflict("factura_emitida", "La cobertura de una factura emitida solo se puede rebajar.")
    if menos and factura.cuotas:
        raise Conflict("plan_de_cuotas", "El paciente pasa a deber más: quite antes el plan de cuotas, y rehágalo.")
    factura.cubierto -= menos
    factura.saldo_aseguradora -= menos


def _nombre_de(aseguradora_id: int | None) -> str:
    if aseguradora_id is None:
        raise Invalid({"aseguradora_id": ["Es obligatorio."]})
    conocida = db.session.get(AseguradoraRef, aseguradora_id)
    release(db.session)
    try:
        ficha = admin().aseguradora(aseguradora_id)
    except Unavailable:
        if conocida is None:
            raise
        return conocida.nombre
    if ficha is None:
        raise Invalid({"aseguradora_id": ["No existe esa aseguradora."]})
    if not ficha["activo"]:
        raise Conflict("aseguradora_inactiva", f"«{ficha['nombre']}» está inactiva.")
    return str(ficha["nombre"])
