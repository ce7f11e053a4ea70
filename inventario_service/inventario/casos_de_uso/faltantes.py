"""What was missing when appointments were completed: a person says what became of it."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from sqlalchemy.orm import contains_eager, joinedload

from comun import audit
from comun.auth.caller import Caller
from comun.errors import Conflict, Forbidden, NotFound
from inventario.casos_de_uso.libro import asentar, bloquear, dias_en, disponibles
from inventario.casos_de_uso.tomas_de_consumo import asientos_de, costos_de
from inventario.eventos.emitidos import anunciar_resolucion
from inventario.extensiones import db
from inventario.modelos import Consumo, ConsumoLinea, Resolucion


class Accion(StrEnum):
    """`consumir`: it was used and is taken from stock now; `descartar`: it was not used, or is counted otherwise."""

    CONSUMIR = "consumir"
    DESCARTAR = "descartar"


def resolver_faltante(linea_id: int, accion: Accion, motivo: str, quien: Caller) -> ConsumoLinea:
    """Say what became of a shortage, once.

    NotFound when there is none such that the caller may see, Forbidden when the caller does not act at its centre,
    Conflict `faltante_resuelto` when it was resolved or its appointment reopened, `stock_insuficiente` when there is
    still too little to take.
    """
    linea = faltante(linea_id, quien)
    consumo = linea.consumo
    if not quien.acts_in(consumo.centro_id):
        raise Forbidden("centro_ajeno", "Ese centro no es de los suyos.")
    # A reopening locks it too.
    db.session.refresh(consumo, with_for_update=True)
    db.session.refresh(linea, ["resuelto_en", "resuelto_por", "resolucion", "motivo_resolucion"])
    if not linea.pendiente:
        raise Conflict("faltante_resuelto", "De ese faltante ya se dijo qué fue.")
    costo = Decimal(0)
    if accion is Accion.CONSUMIR:
        costo = _tomar(linea, quien.actor)
    resolucion = Resolucion.CONSUMIDO if accion is Accion.CONSUMIR else Resolucion.DESCARTADO
    linea.resolver(resolucion, motivo, quien.actor)
    db.session.flush()
    audit.record("consumo_linea", linea.id, {"resolucion": [None, str(resolucion)]})
    anunciar_resolucion(linea, costo)
    return linea


def faltante(linea_id: int, quien: Caller) -> ConsumoLinea:
    """A line of which something was missing, with all that is shown of it; NotFound."""
    linea = db.session.scalar(
        db.select(ConsumoLinea)
        .join(ConsumoLinea.consumo)
        .where(ConsumoLinea.id == linea_id, ConsumoLinea.faltante > 0, Consumo.visibles_para(quien))
        .options(
            contains_eager(ConsumoLinea.consumo),
            joinedload(ConsumoLinea.producto),
            joinedload(ConsumoLinea.tratamiento),
        )
    )
    if linea is None:
        raise NotFound("No existe ese faltante, o no es de su centro.")
    return linea


def _tomar(linea: ConsumoLinea, por: str) -> Decimal:
    """Take what was missing from stock as it is today; what it had cost."""
    consumo = linea.consumo
    stock = bloquear([(linea.producto_id, consumo.centro_id)])
    hoy = dias_en([consumo.centro_id])[consumo.centro_id]
    asientos = asientos_de(consumo, [(linea, linea.faltante)], stock, disponibles(stock), hoy)
    return costos_de(asentar(asientos, por=por, bloqueado=stock)).get(linea.id, Decimal(0))
