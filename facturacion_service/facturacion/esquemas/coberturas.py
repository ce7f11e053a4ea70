"""What an insurer takes over of an invoice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from comun import fields
from comun.schema import Schema
from facturacion.esquemas.comunes import Porcentaje


class CoberturaNueva(Schema):
    """How much of it: an amount, or a percentage of the total."""

    aseguradora_id = fields.Id(metadata={"description": "Required for a draft; an issued invoice keeps its insurer."})
    monto = fields.Amount(metadata={"description": "In US dollars, tax included."})
    porcentaje = Porcentaje()
    motivo = fields.Text(300, metadata={"description": "Why it is lowered, such as what the insurer refused."})

    @ma.validates_schema
    def _uno_de_los_dos(self, data: Mapping[str, Any], **_kwargs: Any) -> None:
        if ("monto" in data) == ("porcentaje" in data):
            raise ma.ValidationError("Dé la cobertura en dólares o en porcentaje: una de las dos.", "monto")
