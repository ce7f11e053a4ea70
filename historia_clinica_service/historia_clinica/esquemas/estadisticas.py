"""What an anonymised export is asked for with."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import marshmallow as ma

from comun import fields
from comun.schema import QuerySchema

DIAS_MAXIMOS = 3660


class FiltroEstadisticas(QuerySchema):
    """Attentions from `desde` to `hasta`, both included."""

    desde = fields.Day(required=True)
    hasta = fields.Day(required=True)
    formato = fields.Choice(("csv", "jsonl"), load_default="csv")

    @ma.validates_schema
    def _intervalo(self, data: Mapping[str, Any], **_kwargs: Any) -> None:
        if not timedelta(0) <= data["hasta"] - data["desde"] <= timedelta(days=DIAS_MAXIMOS):
            raise ma.ValidationError({"hasta": ["De `desde` en adelante, hasta diez años."]})
