"""What the materials of treatments had cost, into the ledger, as inventario_service tells it in whatever order.

They count on the day on which the appointment was completed, or on which it was said that what was missing was used
after all. What an appointment that was taken up again had used is taken back on the same days: it used nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from comun.db import insert_if_absent
from comun.errors import Conflict
from comun.money import cents
from facturacion.casos_de_uso.dias import dia_en
from facturacion.casos_de_uso.libro import SISTEMA, Anotacion, asentar, reponer
from facturacion.extensiones import db
from facturacion.modelos import CentroRef, ConsumoRef, Cuenta


def anotar_consumo(datos: Mapping[str, Any]) -> None:
    """What a completed appointment used, by treatment; `datos` as `consumo.registrado.v1`."""
    costos: dict[int, Decimal] = defaultdict(Decimal)
    for linea in datos["lineas"]:
        costos[linea["tratamiento_id"]] += _exacto(linea["costo"])
    _anotar(datos, costos, datetime.fromisoformat(datos["completada_en"]))


def anotar_faltante(datos: Mapping[str, Any], momento: datetime) -> None:
    """What was missing at first and taken from stock later; `datos` as `stock.faltante_resuelto.v1`."""
    _anotar(datos, {datos.get("tratamiento_id", 0): _exacto(datos["costo"])}, momento)


def revertir_consumo(consumo_id: int) -> None:
    """Take back all that was or will be told of it."""
    _bloquear(consumo_id).revertido = True
    reponer(_referencia(consumo_id), [], SISTEMA)


def _anotar(datos: Mapping[str, Any], costos: Mapping[int, Decimal], momento: datetime) -> None:
    if _bloquear(datos["id"]).revertido:
        return
    centro_id = datos["centro_id"]
    if db.session.get(CentroRef, centro_id) is None:
        # Delivered again later: news of the centre come from elsewhere and are on their way.
        raise Conflict("centro_desconocido", "Todavía no se sabe de ese centro.")
    dia = dia_en(centro_id, momento)
    asentar(
        [
            Anotacion(
                Cuenta.MATERIAL,
                cents(costo),
                dia,
                centro_id,
                _referencia(datos["id"]),
                doctor_id=datos["doctor_id"],
                tratamiento_id=tratamiento_id,
            )
            for tratamiento_id, costo in costos.items()
        ],
        SISTEMA,
    )


def _bloquear(consumo_id: int) -> ConsumoRef:
    """What is remembered of it; who has other news of it waits."""
    tabla = ConsumoRef.__table__
    nueva = {"id": consumo_id, "revertido": False}
    insert_if_absent(db.session, tabla, nueva)
    return db.session.scalars(
        db.select(ConsumoRef)
        .where(ConsumoRef.id == consumo_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _referencia(consumo_id: int) -> str:
    return f"consumo/{consumo_id}"


def _exacto(numero: float) -> Decimal:
    # JSON numbers come as floats, whose shortest form is what was written.
    return Decimal(str(numero))
