"""What several schemas of this service have in common."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from comun import fields
from comunicaciones.dominio.patrones import bien_escrito


class Patron(fields.Text):
    """A pattern of event types, such as `cita.*` or `cita.completada`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(80, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        patron = super()._deserialize(value, attr, data, **kwargs)
        if not bien_escrito(patron):
            raise ma.ValidationError("No es un patrón de eventos, como cita.* o cita.completada.")
        return patron
