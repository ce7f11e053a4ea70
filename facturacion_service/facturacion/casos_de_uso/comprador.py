"""The buyer whom a document names: as it is given, or the patient as administration knows him."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask import current_app

from comun.db import release
from comun.errors import Conflict, Invalid
from facturacion.casos_de_uso.personas import noticia_de
from facturacion.clientes.admin import admin
from facturacion.dominio.comprador import TipoComprador, columnas_de, comprador_de_ficha
from facturacion.extensiones import db
from facturacion.modelos import Factura


def comprador_de(datos: Mapping[str, Any], paciente_id: int) -> dict[str, Any]:
    """The columns of `Comprador`: of `datos["comprador"]`, as `CompradorForma` reads it, or of the patient.

    Asks admin_service when it has to, and ends the transaction then, which must not have written: Unavailable when it
    is down. Raises Invalid when there is no such patient. What he is known by then holds until the new one ends: who
    is to be forgotten is forgotten with it.
    """
    if (dado := datos.get("comprador")) is not None:
        return columnas_de(dado["tipo"], dado.get("identificacion"), dado.get("nombre"), dado)
    while True:
        antes = noticia_de(paciente_id)
        release(db.session)
        ficha = admin().fichas(paciente_id, None, None)["paciente"]
        if ficha is None:
            raise Invalid({"paciente_id": ["No existe ese paciente."]})
        if noticia_de(paciente_id, hasta_el_fin=True) == antes:
            return comprador_de_ficha(ficha)


def exigir_comprador(factura: Factura) -> None:
    """Conflict `comprador_sin_identificar` when an invoice of that total has to name its buyer, and doesn't."""
    hasta: Decimal = current_app.config["FACTURACION_CONSUMIDOR_FINAL_HASTA"]
    if factura.comprador_tipo is None:
        raise Conflict("comprador_sin_identificar", "Identifique al comprador antes de emitir la factura.")
    if factura.comprador_tipo == TipoComprador.CONSUMIDOR_FINAL and factura.total > hasta:
        raise Conflict(
            "comprador_sin_identificar", f"Por más de {hasta} dólares la factura debe identificar al comprador."
        )


def exigir_que_no_sea_final(factura: Factura) -> None:
    """Conflict `consumidor_final`: what was made out to nobody in particular is neither annulled nor credited."""
    if factura.comprador_tipo == TipoComprador.CONSUMIDOR_FINAL:
        raise Conflict("consumidor_final", "Una factura a consumidor final no se anula ni se acredita.")
